import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'
import type { DissectorSink, Frame, FramePart } from '../../../model/wire/frame.ts'
import { ByteParser, MalformedBytes, type Reading } from './byte-parser.ts'

/** A value longer than this tells a reader nothing more. */
const MAX_TEXT_CHARACTERS = 100

/** So many parts of a frame are told apart: its size must not depend on what a sender makes up. */
const MAX_PARTS_NOTED = 10_000

export interface PartNote {
  text?: string
  clause?: string
  /** Of a value that is or may carry a credential; no text may have it. */
  disclosure?: 'withheld'
}

/**
 * One direction of a connection: a grammar reads its bytes, notes each part,
 * and closes the frame. Parts follow each other without gaps, so frames tile
 * the stream from its first byte up to the first unexplained one.
 */
export class FrameStream {
  readonly direction: Direction
  /** What is being read, for the reason where the connection ends inside it. */
  unit: string
  readonly #sink: DissectorSink
  readonly #parser: ByteParser
  #frameStart = 0
  #parts: FramePart[] = []
  #stopped = false

  constructor(
    direction: Direction,
    unit: string,
    sink: DissectorSink,
    grammar: (stream: FrameStream) => Reading<void>,
  ) {
    this.direction = direction
    this.unit = unit
    this.#sink = sink
    this.#parser = new ByteParser(grammar(this))
  }

  /** Bytes that the grammar has consumed since the stream began. */
  get position(): number {
    return this.#parser.position
  }

  feed(bytes: Uint8Array): void {
    if (this.#stopped) return
    this.#guard(() => this.#parser.feed(bytes))
  }

  end(): void {
    if (this.#stopped) return
    this.#guard(() => this.#parser.finish())
    const read = this.position - this.#frameStart
    if (!this.#stopped && read > 0) {
      this.#stop(`the connection ended in the middle of ${this.unit}, ${read} bytes into it`)
    }
  }

  /** Notes the next bytes of the present frame. */
  part(layer: Layer, label: string, lengthBytes: number, note: PartNote = {}): void {
    const last = this.#parts.at(-1)
    if (this.#parts.length >= MAX_PARTS_NOTED && last?.layer === layer) {
      const { disclosure = note.disclosure } = last
      const merged = createPart(layer, 'further fields', last.lengthBytes + lengthBytes)
      this.#parts[this.#parts.length - 1] = disclosure ? { ...merged, disclosure } : merged
      return
    }
    this.#parts.push(createPart(layer, label, lengthBytes, note))
  }

  /** Closes the frame and tells of it: its parts are what was noted since the last one. */
  frame(phase: Phase, label: string, clause: string, message?: Frame['message']): void {
    this.tell(this.close(phase, label, clause, message))
  }

  /** Closes the frame without telling of it: what it was for is known later. */
  close(phase: Phase, label: string, clause: string, message?: Frame['message']): Frame {
    const offset = this.#frameStart
    const lengthBytes = this.position - offset
    const { direction } = this
    const parts = this.#parts
    this.#frameStart = this.position
    this.#parts = []
    const frame: Frame = { direction, phase, label, clause, offset, lengthBytes, parts }
    return message === undefined ? frame : { ...frame, message }
  }

  /**
   * Tells of a frame that `close` gave, or that was put together from what an
   * inner protocol found. Frames are told in the order of the stream.
   */
  tell(frame: Frame): void {
    this.#frameStart = Math.max(this.#frameStart, frame.offset + frame.lengthBytes)
    this.#sink.frame(frame)
  }

  /** Gives up the bytes since the last frame: another puts them into its frames. */
  release(): void {
    this.#frameStart = this.position
    this.#parts = []
  }

  #guard(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      const at = this.#parser.fieldStart
      this.#stop(at > this.#frameStart ? `${error.message}, at byte ${at}` : error.message)
    }
  }

  /** The offset is that of the frame which cannot be closed: every byte before it is in a frame. */
  #stop(reason: string): void {
    this.#stopped = true
    this.#parts = []
    this.#sink.unexplained({ direction: this.direction, offset: this.#frameStart, reason })
  }
}

/** A text that nobody could read is left out. */
export function createPart(
  layer: Layer,
  label: string,
  lengthBytes: number,
  note: PartNote = {},
): FramePart {
  const part: FramePart = { layer, label, lengthBytes }
  if (note.text !== undefined && isReadable(note.text)) part.text = note.text
  if (note.clause !== undefined) part.clause = note.clause
  if (note.disclosure !== undefined) part.disclosure = note.disclosure
  return part
}

/** Control characters would reach the terminal of whoever reads the frame. */
const isReadable = (text: string): boolean =>
  text !== '' && text.length <= MAX_TEXT_CHARACTERS && !/\p{Cc}/u.test(text)
