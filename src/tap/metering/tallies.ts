import {
  CONNECTION_ENDS,
  type ConnectionEnd,
  type MeteredTraffic,
  PAYLOAD_BOUNDS,
  QOS_LABELS,
  UNREAD_CAUSES,
  type UnreadCause,
} from '../../model/report/tap/meter-figures.ts'
import { DIRECTIONS, type Direction, PHASES, type Phase } from '../../model/vocabulary.ts'

const BUCKETS = PAYLOAD_BOUNDS.length + 1
const D = DIRECTIONS.length

const MESSAGES = 0
const ROUND_TRIPS = MESSAGES + D * QOS_LABELS.length
const PAYLOADS = ROUND_TRIPS + PHASES.length
const PAYLOAD_BYTES = PAYLOADS + D * BUCKETS
const UNREAD = PAYLOAD_BYTES + D
const ENDED = UNREAD + D * UNREAD_CAUSES.length
const CELLS = ENDED + CONNECTION_ENDS.length

const at = (direction: Direction): 0 | 1 => (direction === 'up' ? 0 : 1)

/** Counts of fixed number, so that any number of connections is added up to the same size. */
export class Tallies {
  readonly #cells = new Float64Array(CELLS)

  addMessage(direction: Direction, qos: string): void {
    this.#add(MESSAGES + at(direction) * QOS_LABELS.length + qosAt(qos), 1)
  }

  addRoundTrips(phase: Phase, count: number): void {
    this.#add(ROUND_TRIPS + PHASES.indexOf(phase), count)
  }

  addPayload(direction: Direction, bytes: number): void {
    let bucket = 0
    while (bucket < PAYLOAD_BOUNDS.length && bytes > (PAYLOAD_BOUNDS[bucket] as number)) bucket += 1
    this.#add(PAYLOADS + at(direction) * BUCKETS + bucket, 1)
    this.#add(PAYLOAD_BYTES + at(direction), bytes)
  }

  addUnread(direction: Direction, cause: UnreadCause, bytes: number): void {
    this.#add(UNREAD + at(direction) * UNREAD_CAUSES.length + UNREAD_CAUSES.indexOf(cause), bytes)
  }

  addEnd(end: ConnectionEnd): void {
    this.#add(ENDED + CONNECTION_ENDS.indexOf(end), 1)
  }

  addAll(other: Tallies): void {
    for (let cell = 0; cell < CELLS; cell += 1) this.#add(cell, other.#cells[cell] as number)
  }

  describe(): Omit<MeteredTraffic, 'protocol' | 'tls' | 'ledger'> {
    const of = (cell: number): number => this.#cells[cell] as number
    const each = <W, T>(base: number, words: readonly W[], make: (w: W, n: number) => T): T[] =>
      words.map((word, index) => make(word, of(base + index)))
    const both = <W, T>(
      base: number,
      words: readonly W[],
      make: (direction: Direction, word: W, n: number) => T,
    ): T[] =>
      DIRECTIONS.flatMap((direction) =>
        each(base + at(direction) * words.length, words, (word, n) => make(direction, word, n)),
      )
    return {
      unread: both(UNREAD, UNREAD_CAUSES, (direction, cause, bytes) => ({
        ...{ direction, cause, bytes },
      })),
      messages: both(MESSAGES, QOS_LABELS, (direction, qos, count) => ({ direction, qos, count })),
      roundTrips: each(ROUND_TRIPS, PHASES, (phase, count) => ({ phase, count })),
      payloads: DIRECTIONS.map((direction) => {
        const from = PAYLOADS + at(direction) * BUCKETS
        const counts = Array.from(this.#cells.subarray(from, from + BUCKETS))
        return { direction, counts, bytes: of(PAYLOAD_BYTES + at(direction)) }
      }),
      ended: Object.fromEntries(
        each(ENDED, CONNECTION_ENDS, (end, count) => [end, count] as const),
      ) as Record<ConnectionEnd, number>,
    }
  }

  #add(cell: number, count: number): void {
    this.#cells[cell] = (this.#cells[cell] as number) + count
  }
}

function qosAt(qos: string): number {
  const index = (QOS_LABELS as readonly string[]).indexOf(qos)
  return index < 0 ? QOS_LABELS.length - 1 : index
}
