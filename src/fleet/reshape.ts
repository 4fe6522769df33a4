import type { Frame, FramePart } from '../model/wire/frame.ts'
import type { Script } from './script.ts'

/** Remaining Length and its like: seven bits a byte (MQTT 3.1.1 §2.2.3). */
const variableLength = (value: number): number => {
  let bytes = 1
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}

type Change = (part: FramePart, frame: Frame) => number

/** Each part of a size that a change says; what holds a length follows. */
function reshape(frames: readonly Frame[], sizeOf: Change): Frame[] {
  return frames.map((frame) => {
    const parts = frame.parts.map((part) => ({ ...part, lengthBytes: sizeOf(part, frame) }))
    const sized = withLengths(frame, parts)
    const lengthBytes = sized.reduce((sum, part) => sum + part.lengthBytes, 0)
    return { ...frame, parts: sized, lengthBytes }
  })
}

function withLengths({ parts: before }: Frame, parts: FramePart[]): FramePart[] {
  const sum = (of: readonly FramePart[], which: (part: FramePart) => boolean): number =>
    of.reduce((all, part) => all + (which(part) ? part.lengthBytes : 0), 0)
  const isPayload = ({ layer }: FramePart): boolean => layer === 'payload'
  const [had, has] = [sum(before, isPayload), sum(parts, isPayload)]
  const at = parts.findIndex(({ label }) => label === 'Remaining Length')
  return parts.map((part, index) => {
    if (/^content-length$/i.test(part.label)) {
      const digits = String(has).length - String(had).length
      return { ...part, lengthBytes: part.lengthBytes + digits }
    }
    if (index !== at) return part
    // What follows it, less what TLS adds behind.
    const rest = sum(parts.slice(at + 1), ({ layer }) => layer !== 'security')
    return { ...part, lengthBytes: variableLength(rest) }
  })
}

const everyMessage = (script: Script, sizeOf: Change): Script => ({
  ...script,
  first: reshape(script.first, sizeOf),
  further: reshape(script.further, sizeOf),
})

/** The same messages with a payload of so many bytes. */
export const withPayload = (script: Script, bytes: number): Script =>
  everyMessage(script, (part, { message }) =>
    part.layer === 'payload' && message !== 'continues' ? bytes : part.lengthBytes,
  )

/** With a topic of so many bytes, where it is longer; null where there is none. */
export function withTopic(script: Script, bytes: number): Script | null {
  const isTopic = ({ label }: FramePart): boolean => label === 'Topic Name'
  const longest = Math.max(
    0,
    ...script.first.flatMap(({ parts }) => parts.filter(isTopic).map((part) => part.lengthBytes)),
  )
  if (longest <= bytes) return null
  return everyMessage(script, (part) =>
    isTopic(part) ? Math.min(part.lengthBytes, bytes) : part.lengthBytes,
  )
}

/** RFC 9112 §3, §6.2, RFC 9110 §7.2: what a request with content cannot do without; the type is the receiver's. */
const NECESSARY = /^(request line|host|content-length|content-type|connection|blank line)$/i
const NECESSARY_BACK = /^(status line|content-length|connection|blank line)$/i

/** HTTP/1.1 without the header fields that it does not need; null where there are none. */
export function withoutHeaders(script: Script): { script: Script; bytes: number } | null {
  if (script.protocol !== 'http/1.1') return null
  let bytes = 0
  const count = new Set(script.first)
  const changed = everyMessage(script, (part, frame) => {
    const necessary = frame.direction === 'up' ? NECESSARY : NECESSARY_BACK
    const isHeader = part.layer === 'framing' || part.layer === 'acknowledgement'
    if (!isHeader || necessary.test(part.label)) return part.lengthBytes
    if (count.has(frame)) bytes += part.lengthBytes
    return 0
  })
  const of = script.further === script.first ? bytes / 2 : bytes
  return bytes === 0 ? null : { script: changed, bytes: of }
}
