/** Longer than a busy machine keeps a process from running, as a rule. */
const SILENCE_MS = 5_000
/** With the silence before the first, the endpoint has 15 s. */
const MAX_UNANSWERED_PINGS = 2

export interface LivenessSettings {
  /** Whether the endpoint owes this side an answer. */
  isOwed(): boolean
  /** Sends a CoAP ping (RFC 7252 §4.3). */
  ping(): void
  /** The endpoint is taken for gone. */
  giveUp(): void
}

/**
 * UDP does not say that the other side is gone, and whoever has had an empty
 * acknowledgement waits for the response without sending anything. So where an
 * answer is owed and nothing was heard for 5 s, a ping asks whether anybody is
 * there: a port that is closed refuses it, a host that is silent is given up
 * after 15 s. An endpoint that answers in time is never pinged, so this costs no
 * byte of a measurement; one that is held back longer shows its pings as idle.
 */
export class Liveness {
  readonly #settings: LivenessSettings
  #timer: NodeJS.Timeout | null = null
  #unanswered = 0

  constructor(settings: LivenessSettings) {
    this.#settings = settings
  }

  /** Something was asked or heard: the silence begins anew. */
  touch(): void {
    this.#unanswered = 0
    if (this.#timer === null) this.#timer = setTimeout(() => this.#ask(), SILENCE_MS)
    else this.#timer.refresh()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #ask(): void {
    if (!this.#settings.isOwed()) return
    if (this.#unanswered === MAX_UNANSWERED_PINGS) {
      this.#settings.giveUp()
      return
    }
    this.#unanswered += 1
    this.#settings.ping()
    this.#timer?.refresh()
  }
}
