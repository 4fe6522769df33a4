import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { createPart } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import type { MeasureUnit } from '../parsing/unit-search.ts'

export type DataOpcode = 'continuation' | 'text' | 'binary'
export type ControlOpcode = 'close' | 'ping' | 'pong'

/** RFC 6455 §5.2; 3–7 and 11–15 are reserved. */
const OPCODES: Readonly<Record<number, DataOpcode | ControlOpcode>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
}

const CONTROL: Readonly<Record<ControlOpcode, { phase: Phase; clause: string }>> = {
  close: { phase: 'close', clause: 'RFC 6455 §5.5.1' },
  ping: { phase: 'idle', clause: 'RFC 6455 §5.5.2' },
  pong: { phase: 'idle', clause: 'RFC 6455 §5.5.3' },
}

const MAX_CONTROL_PAYLOAD_BYTES = 125
const RESERVED = 0x70
const COMPRESSED = 0x40

/** What stands before the payload of a frame. */
export interface FrameHeader<Opcode = DataOpcode | ControlOpcode> {
  /** Whether it is the last frame of its message. */
  readonly fin: boolean
  readonly opcode: Opcode
  /** RSV1: the message is compressed (RFC 7692 §6); only its first frame says so. */
  readonly isCompressed: boolean
  /** Of the length field beyond its seven bits. */
  readonly extendedBytes: number
  /** Of the payload, in bytes. */
  readonly lengthBytes: number
  /** Null from a server, which masks nothing. */
  readonly maskingKey: Uint8Array | null
}

export const isControl = (header: FrameHeader): header is FrameHeader<ControlOpcode> =>
  header.opcode in CONTROL

/** RFC 6455 §5.2, up to the payload. */
export function* readFrameHeader(
  direction: Direction,
  rules: Rules,
  compression: 'none' | 'agreed' | 'unknown',
): Reading<FrameHeader> {
  const [first = 0] = yield take(1)
  const reserved = first & RESERVED
  if (reserved !== 0 && (reserved !== COMPRESSED || compression === 'none')) {
    rules.breach(
      'a reserved bit is set: an extension transforms the message, and none is read here (RFC 6455 §5.2)',
    )
  }
  const opcode = OPCODES[first & 0x0f]
  if (opcode === undefined) {
    throw new MalformedBytes(`opcode ${first & 0x0f} is reserved (RFC 6455 §5.2)`)
  }
  const fin = (first & 0x80) !== 0
  const [second = 0] = yield take(1)
  const isMasked = (second & 0x80) !== 0
  if (isMasked !== (direction === 'up')) {
    rules.breach(
      `${isMasked ? 'a server masks a frame' : 'a client does not mask a frame'} (RFC 6455 §5.1)`,
    )
  }
  const { lengthBytes, extendedBytes } = yield* readPayloadLength(second & 0x7f, rules)
  if (opcode in CONTROL) {
    // It is held whole: one that is longer is none.
    if (lengthBytes > MAX_CONTROL_PAYLOAD_BYTES) {
      throw new MalformedBytes(`a ${opcode} frame is longer than 125 bytes (RFC 6455 §5.5)`)
    }
    if (!fin) rules.breach(`a ${opcode} frame is fragmented (RFC 6455 §5.5)`)
  }
  const maskingKey = isMasked ? yield take(4) : null
  const isCompressed = reserved === COMPRESSED
  return { fin, opcode, isCompressed, lengthBytes, extendedBytes, maskingKey }
}

/** "the minimal number of bytes MUST be used to encode the length" (RFC 6455 §5.2). */
function* readPayloadLength(
  short: number,
  rules: Rules,
): Reading<Pick<FrameHeader, 'lengthBytes' | 'extendedBytes'>> {
  if (short < 126) return { lengthBytes: short, extendedBytes: 0 }
  const extendedBytes = short === 126 ? 2 : 8
  const bytes = yield take(extendedBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const lengthBytes = short === 126 ? view.getUint16(0) : Number(view.getBigUint64(0))
  if (lengthBytes < (short === 126 ? 126 : 65_536)) {
    rules.breach('the length takes more bytes than it needs (RFC 6455 §5.2)')
  }
  if (!Number.isSafeInteger(lengthBytes)) {
    throw new MalformedBytes('the length is more than anybody sends (RFC 6455 §5.2)')
  }
  return { lengthBytes, extendedBytes }
}

/** So much of a text is looked at: what is none soon shows. */
const PROBED_BYTES = 16

/** Whether a frame begins at a place, by its header and what it says at first, and how long it is. */
export function measureFrames(direction: Direction): MeasureUnit {
  const mask = direction === 'up' ? 0x80 : 0
  return (bytes, at) => {
    const [first = 0, second = mask] = bytes.subarray(at, at + 2)
    const opcode = OPCODES[first & 0x0f]
    const reserved = first & RESERVED
    const short = second & 0x7f
    if (opcode === undefined || (second & 0x80) !== mask) return null
    if (reserved !== 0 && (reserved !== COMPRESSED || opcode in CONTROL)) return null
    const fin = (first & 0x80) !== 0
    if (opcode in CONTROL && (!fin || short > MAX_CONTROL_PAYLOAD_BYTES)) return null
    // A piece of nothing: what looks like it is two zeros, as a rule.
    if (short === 0 && (!fin || opcode === 'continuation')) return null
    const extendedBytes = short < 126 ? 0 : short === 126 ? 2 : 8
    const keyAt = at + 2 + extendedBytes
    const contentAt = keyAt + (direction === 'up' ? 4 : 0)
    if (contentAt > bytes.length) return 'more'
    const lengthBytes = extendedBytes === 0 ? short : extendedLength(bytes, at + 2, extendedBytes)
    if (lengthBytes === null) return null
    const content = bytes.subarray(contentAt, contentAt + Math.min(lengthBytes, PROBED_BYTES))
    if (content.length < Math.min(lengthBytes, PROBED_BYTES)) return 'more'
    const key = direction === 'up' ? bytes.subarray(keyAt, contentAt) : null
    const isCredible = reserved !== 0 || isContentOf(opcode, unmask(content, key, 0))
    return isCredible ? contentAt + lengthBytes - at : null
  }
}

/** Null where it has more bytes than it needs, or is more than anybody sends. */
function extendedLength(bytes: Uint8Array, at: number, extendedBytes: number): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, extendedBytes)
  const lengthBytes = extendedBytes === 2 ? view.getUint16(0) : Number(view.getBigUint64(0))
  const isMinimal = lengthBytes >= (extendedBytes === 2 ? 126 : 65_536)
  return isMinimal && Number.isSafeInteger(lengthBytes) ? lengthBytes : null
}

/** Text is no control characters, nor bytes that UTF-8 never has; a close has a status code (RFC 6455 §7.4). */
function isContentOf(opcode: string, content: Uint8Array): boolean {
  if (opcode === 'close' && content.length > 0) {
    const code = (content[0] ?? 0) * 256 + (content[1] ?? 0)
    return code >= 1000 && code < 5000
  }
  if (opcode !== 'text') return true
  return content.every((byte) => (byte >= 0x20 || isBlank(byte)) && byte !== 0x7f && byte < 0xf5)
}

const isBlank = (byte: number): boolean => byte === 0x09 || byte === 0x0a || byte === 0x0d

/** The fields of a header, in wire order. */
export function headerParts(header: FrameHeader, layer: Layer): FramePart[] {
  const { fin, opcode, isCompressed, lengthBytes, extendedBytes, maskingKey } = header
  const length = { text: String(lengthBytes) }
  const parts = [
    createPart(layer, 'FIN and opcode', 1, {
      text: `${fin ? 'FIN, ' : ''}${opcode}${isCompressed ? ', compressed' : ''}`,
    }),
    createPart(layer, 'MASK and Payload length', 1, extendedBytes === 0 ? length : {}),
  ]
  if (extendedBytes > 0) {
    parts.push(createPart(layer, 'Extended payload length', extendedBytes, length))
  }
  // Of its value there is nothing to tell: it is random (§5.3).
  if (maskingKey !== null) {
    parts.push(createPart(layer, 'Masking-key', 4, { clause: 'RFC 6455 §5.3' }))
  }
  return parts
}

export const sumBytes = (parts: readonly FramePart[]): number =>
  parts.reduce((sum, part) => sum + part.lengthBytes, 0)

/**
 * RFC 6455 §5.3.
 * @param at position of the first byte in the payload of its frame
 */
export function unmask(bytes: Uint8Array, maskingKey: Uint8Array | null, at: number): Uint8Array {
  if (maskingKey === null) return bytes
  const clear = new Uint8Array(bytes.length)
  for (let index = 0; index < bytes.length; index += 1) {
    clear[index] = (bytes[index] as number) ^ (maskingKey[(at + index) & 3] as number)
  }
  return clear
}

/** A control frame with its payload, which is its own affair and no application's. */
export function controlFrame(
  direction: Direction,
  offset: number,
  header: FrameHeader<ControlOpcode>,
  payload: Uint8Array,
  rules: Rules,
): Frame {
  const { phase, clause } = CONTROL[header.opcode]
  const parts = headerParts(header, 'control')
  if (header.opcode === 'close') parts.push(...closeParts(payload, rules))
  else if (payload.length > 0) parts.push(createPart('control', 'Application data', payload.length))
  const lengthBytes = sumBytes(parts)
  return { direction, phase, label: header.opcode, clause, offset, lengthBytes, parts }
}

function closeParts(payload: Uint8Array, rules: Rules): FramePart[] {
  if (payload.length === 0) return []
  const [high = 0, low] = payload
  if (low === undefined) {
    rules.breach('a close frame has half of a status code (RFC 6455 §5.5.1)')
    return [createPart('control', 'half of a status code', 1)]
  }
  const code = { text: String(high * 256 + low), clause: 'RFC 6455 §7.4' }
  const reason = Buffer.from(payload.subarray(2))
  const parts = [createPart('control', 'status code', 2, code)]
  if (reason.length > 0) {
    parts.push(createPart('control', 'reason', reason.length, { text: reason.toString() }))
  }
  return parts
}
