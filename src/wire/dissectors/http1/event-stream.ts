import type { Layer, Phase } from '../../../model/vocabulary.ts'
import type { FramePart } from '../../../model/wire/frame.ts'
import { joinBeyond } from '../parsing/bounded-parts.ts'
import { GrowingBytes } from '../parsing/growing-bytes.ts'

/**
 * Server-sent events as HTML §9.2 has them: blocks of lines, each block ended by
 * a blank line. Here it is only said what each byte of a block is for; the
 * stream that carries it is another matter.
 */

export const EVENT_STREAM = 'HTML §9.2.6'

/** Bytes that this name's data stands for, in base64: what text cannot carry as it is. */
const BASE64_EVENT = 'base64'
/** So many lines of data are told apart; a payload of line feeds must not fill the memory with parts. */
const MAX_DATA_LINES_NOTED = 1000

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const SPACE = 0x20

/** One block explained. */
export interface EventBlock {
  phase: Phase
  label: string
  lengthBytes: number
  parts: FramePart[]
}

/** Cuts a stream into blocks, however it comes in; a blank line included, each ends with one. */
export class BlockSplitter {
  readonly #onBlock: (block: Uint8Array) => void
  readonly #held = new GrowingBytes()
  /** Bytes of the present line so far. */
  #lineBytes = 0
  /** After a CR, an LF belongs to the same line end: only the next byte tells. */
  #afterCr: 'no' | 'line' | 'blank line' = 'no'

  constructor(onBlock: (block: Uint8Array) => void) {
    this.#onBlock = onBlock
  }

  /** Bytes of the block that is not over. */
  get heldBytes(): number {
    return this.#held.length
  }

  feed(bytes: Uint8Array): void {
    let from = 0
    const cut = (until: number): void => {
      this.#held.append(bytes.subarray(from, until))
      from = until
      this.#onBlock(this.#held.take())
    }
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]
      const after = this.#afterCr
      this.#afterCr = 'no'
      if (after === 'blank line') cut(byte === LF ? at + 1 : at)
      if (after !== 'no' && byte === LF) continue
      const isBlank = this.#lineBytes === 0
      if (byte === LF) {
        this.#lineBytes = 0
        if (isBlank) cut(at + 1)
      } else if (byte === CR) {
        this.#lineBytes = 0
        this.#afterCr = isBlank ? 'blank line' : 'line'
      } else {
        this.#lineBytes += 1
      }
    }
    if (this.#afterCr === 'blank line') {
      // No event waits for a byte that may never come; an LF after all would be a blank line.
      this.#afterCr = 'no'
      cut(bytes.length)
    }
    if (from < bytes.length) this.#held.append(bytes.subarray(from))
  }

  /** What is left without its blank line; empty where nothing is. */
  rest(): Uint8Array {
    return this.#held.take()
  }
}

/** What each byte of a block is for. A block without data is no event: it keeps the connection alive. */
export function explainBlock(block: Uint8Array): EventBlock {
  if (block.length === 1) return BLANK_LINE
  const lines = [...splitLines(block)]
  const dataLines = lines.reduce((count, { isData }) => count + (isData ? 1 : 0), 0)
  const lengthBytes = block.length
  if (dataLines === 0) {
    const isComment = lines.every(({ name }) => name === '' || name === ':')
    const parts = joinBeyond(lines.map((line) => wholeLine(line, 'control')))
    return { phase: 'idle', label: isComment ? 'heartbeat' : 'fields', lengthBytes, parts }
  }
  const eventName = lines.findLast(({ name }) => name === 'event')
  const parts: FramePart[] = []
  const further = { lines: 0, payload: 0, framing: 0 }
  let place = 0
  for (const line of lines) {
    if (!line.isData) {
      // A block with data is one message; comments inside it are its packing.
      parts.push(wholeLine(line, 'framing'))
      continue
    }
    place += 1
    const isEncoded = dataLines === 1 && eventName?.text() === BASE64_EVENT && isBase64(line.text())
    const own = dataParts(line, place < dataLines ? 'joined' : 'last', isEncoded)
    if (place <= MAX_DATA_LINES_NOTED) {
      parts.push(...own)
      continue
    }
    further.lines += 1
    for (const { layer, lengthBytes: bytes } of own) {
      further[layer === 'payload' ? 'payload' : 'framing'] += bytes
    }
    if (place < dataLines) continue
    const text = `${further.lines} further lines`
    parts.push({ layer: 'framing', label: 'data', lengthBytes: further.framing, text })
    parts.push({ layer: 'payload', label: 'data', lengthBytes: further.payload, text })
  }
  return { phase: 'steady', label: 'event', lengthBytes, parts: joinBeyond(parts) }
}

/** A block of one byte is the end of a line, and there may be millions. */
const BLANK_LINE: EventBlock = {
  ...{ phase: 'idle', label: 'heartbeat', lengthBytes: 1 },
  parts: [{ layer: 'control', label: 'blank line', lengthBytes: 1 }],
}

interface Line {
  /** Field name; `:` for a comment, empty for the blank line. */
  name: string
  isData: boolean
  /** Bytes up to the value: the name, the colon and one space where there is one. */
  prefixBytes: number
  valueBytes: number
  /** The value. */
  text: () => string
  endBytes: 1 | 2
}

/** A name that is longer is none that anybody knows. */
const MAX_NAME_BYTES = 100

function* splitLines(block: Uint8Array): Generator<Line> {
  let start = 0
  for (let at = 0; at < block.length; at += 1) {
    if (block[at] !== LF && block[at] !== CR) continue
    const endBytes = block[at] === CR && block[at + 1] === LF ? 2 : 1
    yield readLine(block.subarray(start, at), endBytes)
    at += endBytes - 1
    start = at + 1
  }
}

function readLine(line: Uint8Array, endBytes: 1 | 2): Line {
  const colonAt = line.indexOf(COLON)
  const nameBytes = colonAt === -1 ? line.length : colonAt
  const name = colonAt === 0 ? ':' : latin1(line.subarray(0, Math.min(nameBytes, MAX_NAME_BYTES)))
  // One space after the colon is no part of the value.
  const hasSpace = colonAt !== -1 && line[colonAt + 1] === SPACE
  const prefixBytes = colonAt === -1 ? nameBytes : colonAt + 1 + (hasSpace ? 1 : 0)
  const value = line.subarray(prefixBytes)
  return {
    ...{ name, isData: name === 'data', prefixBytes, endBytes },
    ...{ valueBytes: value.length, text: () => latin1(value) },
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

function wholeLine({ name, prefixBytes, valueBytes, text, endBytes }: Line, layer: Layer) {
  const label = name === '' ? 'blank line' : name === ':' ? 'comment' : name
  const part: FramePart = { layer, label, lengthBytes: prefixBytes + valueBytes + endBytes }
  const value = valueBytes > 0 && valueBytes <= MAX_NAME_BYTES ? text() : ''
  if (/^[\x20-\x7e]+$/.test(value)) part.text = value
  return part
}

/**
 * A line of data. Lines are joined with an LF, which is a byte of the payload:
 * on the wire it is the last byte of the line end.
 */
function dataParts(
  { prefixBytes, valueBytes, text, endBytes }: Line,
  place: 'joined' | 'last',
  isEncoded: boolean,
): FramePart[] {
  const framing = (label: string, lengthBytes: number): FramePart[] =>
    lengthBytes === 0 ? [] : [{ layer: 'framing', label, lengthBytes }]
  const payloadBytes = isEncoded ? Buffer.from(text(), 'base64').length : valueBytes
  const joinBytes = place === 'joined' ? 1 : 0
  return [
    ...framing('data', prefixBytes),
    // Also where it is empty: the part says that there was a message.
    { layer: 'payload', label: 'data', lengthBytes: payloadBytes },
    ...framing('base64', valueBytes - payloadBytes),
    ...framing('line end', endBytes - joinBytes),
    ...(joinBytes > 0
      ? [{ layer: 'payload' as const, label: 'line feed', lengthBytes: joinBytes }]
      : []),
  ]
}

const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
