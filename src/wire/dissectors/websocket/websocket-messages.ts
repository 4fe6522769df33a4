import type { Layer } from '../../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { appendBounded, joinBeyond } from '../parsing/bounded-parts.ts'
import { GrowingBytes } from '../parsing/growing-bytes.ts'
import type { MessageInflater } from './inflate.ts'
import { type DataOpcode, type FrameHeader, headerParts } from './websocket-frames.ts'
import type { DataReader } from './websocket-stream.ts'

/** What is held of a message until it is over: more is no message of a device. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024
const MAX_FRAMES = 100_000
/** Of control frames between two frames of a message. */
const MAX_PARTS_BEFORE = 1024

/** A complete message (RFC 6455 §5.6). */
export interface Message {
  readonly type: 'text' | 'binary'
  /** As they crossed: of a compressed one, less than it says. */
  readonly lengthBytes: number
  readonly isCompressed: boolean
  /** Whether its beginning was read. */
  readonly extent: 'whole' | 'rest'
  /**
   * The content of a text message, where it is to be read; else, of a binary one,
   * and where it cannot be unpacked, it is counted, not held.
   */
  readonly text: Buffer | null
}

/** Where the frames of a unit stand, and what its content looks like in them. */
export interface MessageFrames {
  /** Of the first frame's first byte. */
  readonly offset: number
  /**
   * The unit's content as it crossed the wire: before each piece the header of
   * its frame, and a part that crosses frames is cut where they meet.
   * @param layer of the headers
   */
  weave(layer: Layer, content: readonly FramePart[]): FramePart[]
}

interface Fragment {
  /** Control frames that came before it. */
  readonly before: readonly FramePart[]
  readonly header: FrameHeader
}

/** What it takes to read the content of text messages. */
interface TextReading {
  /** Some are compressed. */
  inflater: MessageInflater
  /** Messages that crossed were not read. */
  onLost(): void
}

/** Says whether the unit is over: until then the frames of the messages that follow belong to it. */
type OnMessage = (message: Message, frames: MessageFrames) => 'over' | 'goes on'

/** Reads whole messages, however they were fragmented. */
export class MessageReader implements DataReader {
  failure: WirePhrase | null = null
  readonly #onMessage: OnMessage
  #fragments: Fragment[] = []
  #before: FramePart[] = []
  #offset = 0
  #type: Message['type'] = 'text'
  #lengthBytes = 0
  readonly #text = new GrowingBytes()
  #isCompressed = false
  #extent: Message['extent'] = 'whole'
  readonly #reading: TextReading | null

  /** @param reading null where the content of text messages is only counted */
  constructor(onMessage: OnMessage, reading: TextReading | null = null) {
    this.#onMessage = onMessage
    this.#reading = reading
  }

  get isInside(): boolean {
    return this.#fragments.length > 0
  }

  begin(header: FrameHeader<DataOpcode>, offset: number): void {
    if (!this.isInside) this.#offset = offset
    const isRest = header.opcode === 'continuation' && !this.isInside
    // One that begins inside of another, which it may not, goes on with that.
    const isUnfinished = this.#fragments.at(-1)?.header.fin === false
    if ((header.opcode !== 'continuation' && !isUnfinished) || isRest) {
      this.#type = header.opcode === 'text' ? 'text' : 'binary'
      this.#extent = isRest ? 'rest' : 'whole'
      this.#isCompressed = header.isCompressed
      this.#lengthBytes = 0
      this.#text.take()
    }
    this.#fragments.push({ before: this.#before, header })
    this.#before = []
    this.#lengthBytes += header.lengthBytes
    if (this.#fragments.length > MAX_FRAMES)
      this.failure = `a message has over ${MAX_FRAMES} frames`
    else if (this.#holdsText && this.#lengthBytes > MAX_TEXT_BYTES) {
      this.failure = `a text message is longer than ${MAX_TEXT_BYTES} bytes`
    }
  }

  payload(bytes: Uint8Array): void {
    if (this.#holdsText) this.#text.append(bytes)
  }

  finish(): void {
    const fragments = this.#fragments
    if (fragments.at(-1)?.header.fin !== true) return
    const raw = this.#holdsText ? bufferOf(this.#text.take()) : null
    const isCompressed = this.#isCompressed
    const text = raw !== null && isCompressed ? (this.#reading?.inflater.inflate(raw) ?? null) : raw
    const [type, lengthBytes, extent] = [this.#type, this.#lengthBytes, this.#extent]
    const isOver = this.#onMessage(
      { type, lengthBytes, isCompressed, extent, text },
      { offset: this.#offset, weave: (layer, content) => weave(fragments, layer, content) },
    )
    if (isOver === 'over') this.#fragments = []
  }

  lose(): void {
    this.#fragments = []
    this.#before = []
    this.#reading?.inflater.lose()
    this.#reading?.onLost()
  }

  interject({ parts }: Frame): void {
    appendBounded(this.#before, parts, MAX_PARTS_BEFORE)
  }

  get #holdsText(): boolean {
    return this.#reading !== null && this.#type === 'text'
  }
}

function weave(
  fragments: readonly Fragment[],
  layer: Layer,
  content: readonly FramePart[],
): FramePart[] {
  const parts: FramePart[] = []
  const rest = content.map((part) => ({ ...part }))
  for (const { before, header } of fragments) {
    parts.push(...before, ...headerParts(header, layer))
    let left = header.lengthBytes
    // A part of no bytes (an empty payload) stands in the frame of no bytes that carries it.
    const takesEmpty = left === 0
    while (true) {
      const [next] = rest
      if (next === undefined || (left === 0 && (next.lengthBytes > 0 || !takesEmpty))) break
      const here = Math.min(left, next.lengthBytes)
      parts.push({ ...next, lengthBytes: here })
      left -= here
      next.lengthBytes -= here
      if (next.lengthBytes === 0) rest.shift()
    }
  }
  return joinBeyond(parts)
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length)
