import type { Injection } from '../model/injection.ts'
import { nowNs, waitAtLeast } from '../system/clock.ts'
import { latin1 } from './numbered.ts'

export interface CountingRequest {
  /** What the messages hold, in turn. */
  payloads: readonly Uint8Array[]
  /** `armed`: a stall that was asked for happens in this stretch. */
  faults: 'armed' | 'unarmed'
}

export interface CollectCountRequest {
  expected: number
  silenceMs: number
  deadlineMs: number
}

/** What arrived in a stretch, by number and content. */
export interface ArrivalTally {
  intact: number
  /** With bytes that no message holds. */
  changed: number
  /** Of the machine's monotonic clock; null while nothing has arrived. */
  lastNs: bigint | null
}

/** So many arrivals are checked between two readings of the clock: more exact is no figure that it goes into. */
const ARRIVALS_A_READING = 64

/**
 * Counts arrivals under load, where keeping each would be what is measured.
 * Payloads repeat there, so a message lost and another doubled cannot be told
 * from none of it; one with other bytes can.
 */
export class ArrivalCounter {
  readonly #only: Buffer | null
  readonly #known: ReadonlySet<string>
  readonly #stall: Injection['stall']
  #handled = 0
  #stalling: Promise<void> | null = null
  #intact = 0
  #changed = 0
  #lastNs: bigint | null = null
  #awaited: { count: number; resolve: () => void } | null = null

  constructor({ payloads, faults }: CountingRequest, injection: Injection) {
    this.#only = payloads.length === 1 ? Buffer.from(payloads[0] as Uint8Array) : null
    this.#known = new Set(payloads.map(latin1))
    this.#stall = faults === 'armed' ? injection.stall : null
  }

  /** While the endpoint stalls, when it is over; null otherwise. To be asked once a message. */
  stall(): Promise<void> | null {
    if (this.#stall === null) return null
    this.#handled += 1
    if (this.#handled === this.#stall.message) {
      this.#stalling = waitAtLeast(this.#stall.durationMs).then(() => {
        this.#stalling = null
      })
    }
    return this.#stalling
  }

  take(payload: Uint8Array): void {
    const isKnown = this.#only?.equals(payload) ?? this.#known.has(latin1(payload))
    if (isKnown) this.#intact += 1
    else this.#changed += 1
    const count = this.#intact + this.#changed
    if (count % ARRIVALS_A_READING === 0) this.#lastNs = nowNs()
    if (this.#awaited !== null && count >= this.#awaited.count) this.#awaited.resolve()
  }

  /** Resolves when so many have arrived, when nothing more has come for `silenceMs`, or at the deadline. */
  async collect({ expected, silenceMs, deadlineMs }: CollectCountRequest): Promise<ArrivalTally> {
    const untilNs = nowNs() + BigInt(Math.round(deadlineMs * 1e6))
    for (;;) {
      const before = this.#count
      if (before >= expected || nowNs() >= untilNs) break
      await this.#reach(expected, silenceMs)
      if (this.#count === before) break
    }
    return { intact: this.#intact, changed: this.#changed, lastNs: this.#lastNs }
  }

  get #count(): number {
    return this.#intact + this.#changed
  }

  async #reach(count: number, deadlineMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs)
      this.#awaited = {
        count,
        resolve: () => {
          clearTimeout(timer)
          this.#lastNs = nowNs()
          resolve()
        },
      }
    })
    this.#awaited = null
  }
}
