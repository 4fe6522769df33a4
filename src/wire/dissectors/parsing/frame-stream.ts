import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'
import {
  type DissectorSink,
  type Frame,
  type FramePart,
  frameEnd,
  type Verdict,
} from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { MAX_PARTS_NOTED } from './bounded-parts.ts'
import { ByteParser, MalformedBytes, type Reading } from './byte-parser.ts'
import { Rules } from './rules.ts'
import { UnitSearch, type Units } from './unit-search.ts'

/** A value longer than this tells a reader nothing more. */
const MAX_TEXT_CHARACTERS = 100

export interface PartNote {
  text?: string
  clause?: string
  /** Of a value that is or may carry a credential; no text may have it. */
  disclosure?: 'withheld'
}

/** How a stream goes on where something is wrong with it; only lenient readers do. */
export interface Resumption {
  units: Units
  /** `joined`: the first byte is in the middle of something, as a rule. */
  start: 'fresh' | 'joined'
  /** Some units were not read: what they would have changed is not known any more. */
  onLost?(): void
  /** The first unit behind what was not read is at hand. */
  onFound?(): void
}

/**
 * One direction of a connection: a grammar reads its bytes, notes each part,
 * and closes the frame. Parts follow each other without gaps, so frames tile
 * the stream from its first byte up to the first unexplained one. Where the
 * reader is lenient and units can be told from other bytes, it goes on at the
 * next place from which they chain.
 */
export class FrameStream {
  readonly direction: Direction
  /** What is being read, for the reason where the connection ends inside it. */
  unit: string
  readonly rules: Rules
  readonly #sink: DissectorSink
  readonly #grammar: (stream: FrameStream) => Reading<void>
  readonly #resumption: Resumption | null
  readonly #search: UnitSearch | null
  #parser: ByteParser
  /** Up to where it was searched: of the byte that comes next. */
  #searchedEnd = 0
  #frameStart = 0
  /** Up to where the present frame has its parts. */
  #notedEnd = 0
  /** What is missing inside the present frame, in its order. */
  #holes: { at: number; lengthBytes: number }[] = []
  #parts: FramePart[] = []
  /** Of the last frame. */
  #lastParts: FramePart[] = []
  #state: 'reading' | 'searching' | 'stopped' = 'reading'

  constructor(
    direction: Direction,
    unit: string,
    sink: DissectorSink,
    grammar: (stream: FrameStream) => Reading<void>,
    resumption: Resumption | null = null,
  ) {
    this.direction = direction
    this.unit = unit
    this.#sink = sink
    this.rules = new Rules(sink, direction)
    this.#grammar = grammar
    this.#parser = new ByteParser(grammar(this))
    this.#resumption = this.rules.policy === 'lenient' ? resumption : null
    this.#search = this.#resumption && new UnitSearch(this.#resumption.units)
    if (this.#resumption?.start === 'joined') this.#state = 'searching'
  }

  /** Bytes that the grammar has consumed since the stream began. */
  get position(): number {
    return this.#parser.position
  }

  feed(bytes: Uint8Array): void {
    let rest: Uint8Array | null = bytes
    while (rest !== null && this.#state !== 'stopped') {
      rest = this.#state === 'reading' ? this.#read(rest) : this.#seek(rest)
    }
  }

  /**
   * Bytes that crossed here, and that nobody has. They cost the unit that they
   * hit, unless they are inside of what is skipped anyway.
   * @param lengthBytes 0 where it is not known how many
   */
  missing(lengthBytes: number): void {
    this.settle()
    if (this.#state === 'stopped') return
    if (this.#state === 'reading') {
      const isSkipped = lengthBytes > 0 ? this.#skipMissing(lengthBytes) : false
      if (isSkipped !== false) return
      this.#stop('bytes are missing from the capture')
    }
    this.#searchedEnd += lengthBytes
    this.#search?.clear()
  }

  /** No byte follows: what was held back until it can be told is read. */
  settle(): void {
    if (this.#state === 'searching') this.#finishSearch()
  }

  end(): void {
    this.settle()
    if (this.#state !== 'reading') return
    this.#guard(() => this.#parser.finish())
    const read = this.position - this.#frameStart
    if (this.#state === 'reading' && read > 0) {
      this.#stop(`the connection ended in the middle of ${this.unit}, ${read} bytes into it`)
    }
  }

  /** Notes the next bytes of the present frame. */
  part(layer: Layer, label: string, nominalBytes: number, note: PartNote = {}): void {
    const lengthBytes = nominalBytes - this.#missingIn(nominalBytes)
    const last = this.#parts.at(-1)
    if (this.#parts.length >= MAX_PARTS_NOTED && last?.layer === layer) {
      const { disclosure = note.disclosure } = last
      const merged = createPart(layer, 'further fields', last.lengthBytes + lengthBytes)
      this.#parts[this.#parts.length - 1] = disclosure ? { ...merged, disclosure } : merged
      return
    }
    this.#parts.push(createPart(layer, label, lengthBytes, note))
  }

  /**
   * Notes what was noted before of the same bytes: a unit that is the one before again.
   * @param lengthBytes of all of them; nothing of it is missing
   */
  partsAgain(parts: readonly FramePart[], lengthBytes: number): void {
    for (const part of parts) this.#parts.push(part)
    this.#notedEnd += lengthBytes
  }

  /** The parts of the present frame so far. */
  get parts(): readonly FramePart[] {
    return this.#parts
  }

  /** Closes the frame and tells of it: its parts are what was noted since the last one. */
  frame(phase: Phase, label: string, clause: string, message?: Frame['message']): void {
    this.tell(this.close(phase, label, clause, message))
  }

  /** Closes the frame without telling of it: what it was for is known later. */
  close(phase: Phase, label: string, clause: string, message?: Frame['message']): Frame {
    const offset = this.#frameStart
    const missingBytes = sumOf(this.#holes)
    const lengthBytes = this.position - offset - missingBytes
    const { direction } = this
    const parts = this.#shared()
    this.#begin()
    const frame: Frame = { direction, phase, label, clause, offset, lengthBytes, parts }
    if (missingBytes > 0) frame.missingBytes = missingBytes
    return message === undefined ? frame : { ...frame, message }
  }

  /**
   * Tells of a frame that `close` gave, or that was put together from what an
   * inner protocol found. Frames are told in the order of the stream.
   */
  tell(frame: Frame): void {
    this.#frameStart = Math.max(this.#frameStart, frameEnd(frame))
    this.#sink.frame(frame)
  }

  #skipMissing(lengthBytes: number): boolean | null {
    // Before: the bytes behind may close the frame.
    this.#holes.push({ at: this.position, lengthBytes })
    const isSkipped = this.#guard(() => this.#parser.skipMissing(lengthBytes))
    if (isSkipped === false) this.#holes.pop()
    return isSkipped
  }

  /** Tells what became of something that was asked. */
  outcome(unit: string, text: string, verdict: Verdict): void {
    this.#sink.outcome?.({ direction: this.direction, unit, text, verdict })
  }

  /** Tells a head, where anybody wants to know of heads. */
  head(lines: readonly string[]): void {
    this.#sink.head?.(this.direction, lines)
  }

  /** Gives up the bytes since the last frame: another puts them into its frames. */
  release(): void {
    this.#begin()
  }

  /** The parts of the frame before, where they are the same: whoever adds frames up sees that at a glance. */
  #shared(): FramePart[] {
    // Lenient readers have thousands of connections, and would keep something of each.
    if (this.rules.policy === 'lenient') return this.#parts
    if (!haveSameParts(this.#parts, this.#lastParts)) this.#lastParts = this.#parts
    return this.#lastParts
  }

  #begin(): void {
    this.#frameStart = this.position
    this.#notedEnd = this.position
    this.#parts = []
    if (this.#holes.length > 0) this.#holes = []
  }

  /** How many of the next bytes are missing. */
  #missingIn(lengthBytes: number): number {
    const from = this.#notedEnd
    this.#notedEnd += lengthBytes
    if (this.#holes.length === 0) return 0
    return sumOf(this.#holes.filter(({ at }) => at >= from && at < this.#notedEnd))
  }

  /** @returns what was not read, as reading stopped before it */
  #read(bytes: Uint8Array): Uint8Array | null {
    const from = this.position
    this.#guard(() => this.#parser.feed(bytes))
    if (this.#state !== 'searching') return null
    const rest = bytes.subarray(this.position - from)
    if (this.position === this.#frameStart) {
      // Nothing of it was taken: what looks like a unit, and is refused, is none.
      this.#searchedEnd += 1
      return rest.subarray(1)
    }
    const { field, fieldStart } = this.#parser
    const isWhole = fieldStart === this.#frameStart && fieldStart + field.length === this.position
    if (!isWhole || field.length < 2) return rest
    // Of what broke a rule right at the beginning of a unit, all but the first byte may begin one.
    this.#searchedEnd = fieldStart + 1
    return joinViews(field.subarray(1), rest)
  }

  /** @returns what is to be read, from the first unit on */
  #seek(bytes: Uint8Array): Uint8Array | null {
    const found = this.#search?.add(bytes) ?? null
    this.#searchedEnd += bytes.length
    if (found !== null) this.#resume(found)
    return found
  }

  #finishSearch(): void {
    const found = this.#search?.finish() ?? null
    if (found === null) {
      const isJoined = this.#resumption?.start === 'joined' && this.#frameStart === 0
      if (isJoined && this.#searchedEnd > 0) this.#tellUnexplained(NO_CHAIN)
      return
    }
    this.#resume(found)
    this.feed(found)
  }

  #resume(found: Uint8Array): void {
    const at = this.#searchedEnd - found.length
    if (at > this.#frameStart && this.#resumption?.start === 'joined' && this.#frameStart === 0) {
      this.#tellUnexplained(`the end of ${this.unit} that began before the capture`)
    }
    if (at > this.#frameStart) this.#resumption?.onFound?.()
    this.#parser = new ByteParser(this.#grammar(this), at)
    this.#state = 'reading'
    this.#begin()
  }

  #guard<T>(read: () => T): T | null {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      const at = this.#parser.fieldStart
      this.#stop(
        at > this.#frameStart ? `${error.message as string}, at byte ${at}` : error.message,
      )
      return null
    }
  }

  /** The offset is that of the frame which cannot be closed: every byte before it is in a frame. */
  #stop(reason: WirePhrase): void {
    // Before it is told: what was held back stands before the hole.
    this.#resumption?.onLost?.()
    this.#tellUnexplained(reason)
    this.#state = this.#search === null ? 'stopped' : 'searching'
    this.#searchedEnd = this.position
    this.#parts = []
    this.#holes = []
  }

  #tellUnexplained(reason: WirePhrase): void {
    this.#sink.unexplained({ direction: this.direction, offset: this.#frameStart, reason })
  }
}

function sumOf(holes: readonly { lengthBytes: number }[]): number {
  let sum = 0
  for (const { lengthBytes } of holes) sum += lengthBytes
  return sum
}

function haveSameParts(these: readonly FramePart[], those: readonly FramePart[]): boolean {
  if (these.length !== those.length) return false
  for (let place = 0; place < these.length; place += 1) {
    const [one, other] = [these[place] as FramePart, those[place] as FramePart]
    if (one !== other && !isSamePart(one, other)) return false
  }
  return true
}

const isSamePart = (one: FramePart, other: FramePart): boolean =>
  one.lengthBytes === other.lengthBytes &&
  one.text === other.text &&
  one.label === other.label &&
  one.layer === other.layer &&
  one.clause === other.clause &&
  one.disclosure === other.disclosure

/** Without copying, where one follows the other in memory. */
function joinViews(first: Uint8Array, then: Uint8Array): Uint8Array {
  const isNext = first.buffer === then.buffer && first.byteOffset + first.length === then.byteOffset
  if (!isNext) return Buffer.concat([first, then])
  return new Uint8Array(first.buffer, first.byteOffset, first.length + then.length)
}

const NO_CHAIN = 'it began before the capture, and nowhere do units follow each other'

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

/** Of Unicode, category Cc; by its name the bundle would make the expression anew for each text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x1f\x7f-\x9f]/

/** Control characters would reach the terminal of whoever reads the frame. */
const isReadable = (text: string): boolean =>
  text !== '' && text.length <= MAX_TEXT_CHARACTERS && !CONTROLS.test(text)
