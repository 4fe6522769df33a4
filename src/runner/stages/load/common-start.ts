import { setTimeout } from 'node:timers/promises'
import { nowNs, wallClock } from '../../../system/clock.ts'

/** Long enough before the instant for an endpoint to be asked what it has used, and to start counting. */
const READY_MS = 200
/** Longer timers wrap around; nobody is woken that seldom anyhow. */
const LONGEST_SLEEP_MS = 3_600_000

/**
 * The instant at which all parts of a load begin. It is of the first measured
 * stretch alone: what follows begins when its predecessor is over.
 */
export class CommonStart {
  #atMs: number | null
  readonly #signal: AbortSignal

  /** @param atMs since 1970, by this machine's clock; null: everything begins at once */
  constructor(atMs: number | null, signal: AbortSignal) {
    this.#atMs = atMs
    this.#signal = signal
  }

  /** The instant that is still to come; null where there is none. */
  get at(): Date | null {
    return this.#atMs === null ? null : new Date(this.#atMs)
  }

  /**
   * Until so long before it: connections need not stand idle until then.
   * @throws the reason of a stop
   */
  async comeWithin(leadMs: number): Promise<void> {
    for (;;) {
      const leftMs = this.#atMs === null ? 0 : this.#atMs - wallClock().getTime() - leadMs
      if (leftMs <= 0) return
      await setTimeout(Math.min(leftMs, LONGEST_SLEEP_MS), undefined, {
        signal: this.#signal,
      }).catch(() => {})
      this.#signal.throwIfAborted()
    }
  }

  /**
   * Waits until it is about to come.
   * @returns the instant by the monotonic clock, which may be over; null where none is left
   */
  async take(): Promise<bigint | null> {
    await this.comeWithin(READY_MS)
    const atMs = this.#atMs
    this.#atMs = null
    return atMs === null ? null : nowNs() + BigInt(atMs - wallClock().getTime()) * 1_000_000n
  }
}
