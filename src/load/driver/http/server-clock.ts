/**
 * How far this machine's clock is ahead of a server's, by the `Date` of answers that
 * come anyway (RFC 9110 §6.6.1): whole seconds, rounded down. The least difference
 * seen, soon after a second began, is what clocks differ by and the way of an answer.
 */
export class ServerClock {
  #latest = ''
  #aheadMs: number | null = null

  /** Milliseconds, too large by up to a second where answers came in one second alone; null: none told. */
  get aheadMs(): number | null {
    return this.#aheadMs
  }

  /** @param nowMs since 1970, by the clock of this machine */
  sawDate(value: string, nowMs: number): void {
    if (value === this.#latest) return
    this.#latest = value
    const aheadMs = nowMs - Date.parse(value)
    if (!Number.isNaN(aheadMs)) this.#aheadMs = Math.min(this.#aheadMs ?? aheadMs, aheadMs)
  }

  /** Another stretch begins. */
  forget(): void {
    this.#latest = ''
    this.#aheadMs = null
  }
}
