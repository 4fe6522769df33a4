import type { Received } from '../model/report/reception.ts'
import { latin1, numberOf, topicOf } from './numbered.ts'

export interface ReceptionRequest {
  topic: string
  /** Of all publishers together: of them it takes each `of`-th, from `index` on. */
  connections: number
  index: number
  of: number
  payloads: readonly Uint8Array[]
  /** Whether a payload holds the number of its message. */
  isNumbered: boolean
}

/** What came so far, of all connections together. */
export type ReceptionTally = Omit<Received, 'listeningAt' | 'connections'>

/** A message that comes later than so many after its place is not told from one of the next round. */
const MOST_BACK = 256

/**
 * What a subscriber is told of the messages of many publishers: by number, and by
 * order where they hold one. Of each connection it keeps three numbers and which of
 * its last few messages have come, however many there are.
 *
 * Numbers are those of the payload, so they begin again. What comes is taken for
 * the next of its number, or, up to a quarter of a round and `MOST_BACK` messages
 * back, for one that is late or here again: a loss of more in a row than the rest
 * of a round is not told from a smaller one.
 */
export class Reception {
  readonly #request: ReceptionRequest
  /** By what it holds: which message of a round it is. */
  readonly #places: ReadonlyMap<string, number>
  readonly #back: number
  readonly #messages: Float64Array
  /** After the latest message of the connection, counted from 0 and not by rounds. */
  readonly #next: Float64Array
  /** Of the last `#back` messages of each connection: whether it has come. */
  readonly #came: Uint8Array
  #total = 0
  #bytes = 0
  #corrupted = 0
  #duplicated = 0
  #reordered = 0
  #missing = 0

  constructor(request: ReceptionRequest) {
    const { payloads, connections, index, of } = request
    this.#request = request
    this.#places = new Map(payloads.map((payload, place) => [latin1(payload), place]))
    this.#back = Math.min(MOST_BACK, payloads.length >> 2)
    const own = Math.max(0, Math.ceil((connections - index) / of))
    this.#messages = new Float64Array(own)
    this.#next = new Float64Array(own)
    this.#came = new Uint8Array(request.isNumbered ? own * this.#back : 0)
  }

  /** What it is to subscribe to: no other part has one of these. */
  get topics(): string[] {
    const { topic, index, of } = this.#request
    return Array.from(this.#next, (_, place) => topicOf(topic, place * of + index + 1))
  }

  take(payload: Uint8Array, topic: string): void {
    const { index, of, isNumbered } = this.#request
    const own = (numberOf(topic) - 1 - index) / of
    this.#total += 1
    this.#bytes += payload.length
    this.#messages[own] = (this.#messages[own] ?? 0) + 1
    const place = this.#places.get(latin1(payload))
    if (place === undefined) this.#corrupted += 1
    else if (isNumbered) this.#order(own, place)
  }

  tally(): ReceptionTally {
    const { isNumbered, payloads } = this.#request
    return {
      ...{ messages: this.#total, bytes: this.#bytes, corrupted: this.#corrupted },
      silent: this.#messages.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
      sequence: isNumbered
        ? {
            repeatsAfter: payloads.length,
            ...{ duplicated: this.#duplicated, reordered: this.#reordered, gaps: this.#missing },
          }
        : null,
    }
  }

  #order(own: number, place: number): void {
    const round = this.#request.payloads.length
    const back = this.#back
    const next = this.#next[own] as number
    const ahead = (((place - next) % round) + round) % round
    const behind = round - ahead
    if (ahead < round - back || behind > next) {
      for (let skipped = 0; skipped < Math.min(ahead, back); skipped += 1) {
        this.#came[own * back + ((next + ahead - 1 - skipped) % back)] = 0
      }
      this.#came[own * back + ((next + ahead) % back)] = 1
      this.#missing += ahead
      this.#next[own] = next + ahead + 1
      return
    }
    const at = own * back + ((next - behind) % back)
    if (this.#came[at] === 1) this.#duplicated += 1
    else {
      this.#came[at] = 1
      this.#reordered += 1
      this.#missing -= 1
    }
  }
}
