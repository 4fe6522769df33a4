import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { GrowingBytes } from './growing-bytes.ts'

/**
 * What a grammar asks its parser for next. All have one shape: a capture has
 * millions of them, and code that meets several shapes is slow.
 *
 * - `take`: exactly this many bytes, held in memory: for fields, not for payloads.
 * - `skip`: the same, counted but not held.
 * - `available`: whatever has come, at least one byte and at most this many: for bytes that are passed on.
 * - `same`: these very bytes, if they are the next ones and all of them are here; nothing else is consumed.
 * - `line`: up to and including the next LF, within so many bytes.
 * - `some`: wait until there is a byte, without consuming it.
 * - `rest`: everything until the connection ends, counted but not held.
 */
export interface Demand {
  readonly kind: 'take' | 'skip' | 'available' | 'same' | 'line' | 'some' | 'rest'
  readonly lengthBytes: number
  /** Why a line of more bytes cannot be read. */
  readonly tooLong: WirePhrase
  readonly end: EarlyEnd
  /** Of `same`. */
  readonly bytes: Uint8Array
}

/** `allowed`: where the connection ends before, the grammar is resumed with what came. */
export type EarlyEnd = 'allowed' | undefined

/** A grammar: it yields demands and is resumed with the bytes (empty for `skip`, `some`, `rest`, and for `same` where they are others). */
export type Reading<T> = Generator<Demand, T, Uint8Array>

const NOTHING = new Uint8Array(0)

const demandOf = (
  kind: Demand['kind'],
  lengthBytes: number,
  tooLong: WirePhrase = 'no unit begins there',
  end: EarlyEnd = undefined,
  bytes: Uint8Array = NOTHING,
): Demand => ({ kind, lengthBytes, tooLong, end, bytes })

const BYTE = demandOf('take', 1)
const SOME = demandOf('some', 0)
const REST = demandOf('rest', 0)

export const take = (lengthBytes: number): Demand =>
  lengthBytes === 1 ? BYTE : demandOf('take', lengthBytes)

export const skip = (lengthBytes: number): Demand => demandOf('skip', lengthBytes)

/** How many come at once is the network's business: nothing may depend on it. */
export const takeAvailable = (atMostBytes: number): Demand => demandOf('available', atMostBytes)

/** As `skip`, or fewer where the connection ends before. */
export const skipUpTo = (lengthBytes: number): Demand =>
  demandOf('skip', lengthBytes, undefined, 'allowed')

/** Where a unit may be the one before again: comparing is cheaper than reading. */
export const takeSame = (bytes: Uint8Array): Demand =>
  demandOf('same', bytes.length, undefined, undefined, bytes)

/** The line with its LF; without, where it may end with the connection. */
export const takeLine = (maxBytes: number, tooLong: WirePhrase, end?: EarlyEnd): Demand =>
  demandOf('line', maxBytes, tooLong, end)

export const awaitByte = (): Demand => SOME

export const skipRest = (): Demand => REST

/** Thrown by a grammar, and only inside one: the bytes break a rule of the protocol. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes'
  declare readonly message: WirePhrase

  /** Without a stack: it is caught by whoever reads on, and a sender may have as many made as there are bytes. */
  constructor(message: WirePhrase) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}

const LF = 0x0a

/**
 * Drives a grammar with chunks that may be split anywhere. What is held between
 * two chunks is the unfinished field at most, so that a field fed byte by byte
 * costs no more than linear time and what it holds.
 * A chunk must not be changed after it was fed.
 */
export class ByteParser {
  readonly #reading: Reading<void>
  #demand: Demand | null = null
  /** Of the demanded field, what came so far. */
  readonly #held = new GrowingBytes()
  /** Bytes of the present demand that were consumed, held or not. */
  #served = 0
  #position: number
  #fieldStart: number
  #field: Uint8Array = NOTHING
  #done = false

  /** @param position of the first byte that it will be fed */
  constructor(reading: Reading<void>, position = 0) {
    this.#reading = reading
    this.#position = position
    this.#fieldStart = position
  }

  /** Bytes consumed since the stream began. */
  get position(): number {
    return this.#position
  }

  /** Where the field that was read last, or is being read, begins. */
  get fieldStart(): number {
    return this.#fieldStart
  }

  /** The field that was read last, where it was held. */
  get field(): Uint8Array {
    return this.#field
  }

  /** @throws MalformedBytes what the grammar throws; the parser must not be fed again */
  feed(chunk: Uint8Array): void {
    if (this.#demand === null && !this.#done) this.#resume(NOTHING)
    let from = 0
    while (this.#demand !== null) {
      const demand = this.#demand
      const until = this.#reach(demand, chunk, from)
      const pieceBytes = until - from
      const before = this.#served
      this.#served += pieceBytes
      this.#position += pieceBytes
      if (!this.#isServed(demand, pieceBytes, chunk, until)) {
        if (pieceBytes > 0 && isHeld(demand)) this.#held.append(chunk.subarray(from, until))
        return
      }
      if (!isHeld(demand)) this.#resume(NOTHING)
      else if (before === 0) this.#resume(chunk.subarray(from, until))
      else {
        this.#held.append(chunk.subarray(from, until))
        this.#resume(this.#held.take())
      }
      from = until
    }
  }

  /**
   * Bytes that crossed, and that nobody has: counted where they are skipped anyway.
   * @returns whether they were; else nothing more can be read
   * @throws MalformedBytes what the grammar throws
   */
  skipMissing(lengthBytes: number): boolean {
    if (this.#demand?.kind === 'rest') {
      this.#position += lengthBytes
      return true
    }
    if (this.#demand?.kind !== 'skip' || this.#demand.lengthBytes - this.#served < lengthBytes) {
      return false
    }
    this.#served += lengthBytes
    this.#position += lengthBytes
    if (this.#served === this.#demand.lengthBytes) this.#resume(NOTHING)
    return true
  }

  /** The connection ended. @throws MalformedBytes what the grammar throws */
  finish(): void {
    const demand = this.#demand
    if (demand?.kind === 'rest') this.#resume(NOTHING)
    else if (demand?.end === 'allowed') this.#resume(this.#held.take())
  }

  /** How far into the chunk the demand reaches. */
  #reach(demand: Demand, chunk: Uint8Array, from: number): number {
    switch (demand.kind) {
      case 'some':
        return from
      case 'rest':
        return chunk.length
      case 'same': {
        const until = from + demand.lengthBytes
        if (until > chunk.length) return from
        const next = chunk.subarray(from, until)
        return Buffer.compare(demand.bytes, next) === 0 ? until : from
      }
      case 'line': {
        const end = chunk.indexOf(LF, from)
        const until = end === -1 ? chunk.length : end + 1
        if (this.#served + until - from > demand.lengthBytes) {
          this.#fieldStart = this.#position - this.#served
          throw new MalformedBytes(demand.tooLong)
        }
        return until
      }
      default:
        return Math.min(chunk.length, from + demand.lengthBytes - this.#served)
    }
  }

  #isServed(demand: Demand, pieceBytes: number, chunk: Uint8Array, until: number): boolean {
    switch (demand.kind) {
      case 'some':
        return until < chunk.length
      case 'rest':
        return false
      case 'same':
        return true
      case 'line':
        return pieceBytes > 0 && chunk[until - 1] === LF
      case 'available':
        return pieceBytes > 0
      default:
        return this.#served === demand.lengthBytes
    }
  }

  #resume(bytes: Uint8Array): void {
    if (this.#demand !== null) this.#fieldStart = this.#position - this.#served
    this.#served = 0
    this.#field = bytes
    const { done, value } = this.#reading.next(bytes)
    this.#done = done === true
    this.#demand = done ? null : value
  }
}

const isHeld = ({ kind }: Demand): boolean =>
  kind === 'take' || kind === 'line' || kind === 'available' || kind === 'same'
