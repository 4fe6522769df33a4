import { isUtf8 } from 'node:buffer'

/**
 * Server-sent events (HTML §9.2) as a carrier of payloads.
 *
 * Text goes as it is, a `data` line for each of its lines. What the format
 * cannot carry, a CR or bytes that are no UTF-8, goes in base64 under the event
 * name `base64`.
 */

export const EVENT_STREAM_TYPE = 'text/event-stream'

/** A comment: it reaches nobody, and keeps the connection from looking dead. */
export const HEARTBEAT = ':\n\n'

const BASE64_EVENT = 'base64'
const LF = 0x0a
const CR = 0x0d

/** One event that carries the payload. */
export function encodeEvent(payload: Uint8Array): Buffer {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
  if (bytes.includes(CR) || !isUtf8(bytes)) {
    return Buffer.from(`event: ${BASE64_EVENT}\ndata: ${bytes.toString('base64')}\n\n`)
  }
  return Buffer.from(`data: ${bytes.toString().replaceAll('\n', '\ndata: ')}\n\n`)
}

/** What comes on an event stream. */
export type StreamItem = { kind: 'payload'; payload: Uint8Array } | { kind: 'comment' }

/** Reads an event stream that comes in pieces, split anywhere. */
export class EventStreamReader {
  #rest: Buffer = Buffer.alloc(0)
  #scanned = 0
  #data: Buffer[] = []
  #eventName = ''

  /** @returns what these bytes complete */
  feed(chunk: Uint8Array): StreamItem[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const items: StreamItem[] = []
    let start = 0
    for (let end = this.#nextEnd(); end !== null; end = this.#nextEnd()) {
      const item = this.#readLine(this.#rest.subarray(start, end.at))
      if (item !== null) items.push(item)
      start = end.at + end.lengthBytes
      this.#scanned = start
    }
    this.#rest = this.#rest.subarray(start)
    this.#scanned -= start
    return items
  }

  /** LF, CR LF or CR; null where none is complete. */
  #nextEnd(): { at: number; lengthBytes: number } | null {
    const bytes = this.#rest
    for (let at = this.#scanned; at < bytes.length; at += 1) {
      if (bytes[at] === LF) return { at, lengthBytes: 1 }
      if (bytes[at] !== CR) continue
      this.#scanned = at
      // An LF that is still to come would belong to it.
      if (at + 1 === bytes.length) return null
      return { at, lengthBytes: bytes[at + 1] === LF ? 2 : 1 }
    }
    this.#scanned = bytes.length
    return null
  }

  #readLine(line: Buffer): StreamItem | null {
    if (line.length === 0) return this.#dispatch()
    const colonAt = line.indexOf(':')
    if (colonAt === 0) return { kind: 'comment' }
    const name = line.toString('latin1', 0, colonAt === -1 ? line.length : colonAt)
    const hasSpace = line[colonAt + 1] === 0x20
    const value = colonAt === -1 ? Buffer.alloc(0) : line.subarray(colonAt + (hasSpace ? 2 : 1))
    if (name === 'data') this.#data.push(value)
    if (name === 'event') this.#eventName = value.toString()
    return null
  }

  #dispatch(): StreamItem | null {
    const [data, isBase64] = [this.#data, this.#eventName === BASE64_EVENT]
    this.#data = []
    this.#eventName = ''
    const [first] = data
    if (first === undefined) return null
    if (isBase64) return { kind: 'payload', payload: Buffer.from(first.toString(), 'base64') }
    if (data.length === 1) return { kind: 'payload', payload: Buffer.from(first) }
    const lines = data.flatMap((line, index) => (index === 0 ? [line] : [LINE_FEED, line]))
    return { kind: 'payload', payload: Buffer.concat(lines) }
  }
}

const LINE_FEED = Buffer.of(LF)
