/** Nanoseconds of a monotonic clock, from any one origin. */
export type LinkClock = () => number

const NS_PER_MS = 1e6
/** A timer counts whole milliseconds, and may be late by one more; the rest is waited turn by turn. */
const TIMER_SLACK_MS = 1.5
/** Linux lets a wait end later by a thousandth of it, by five of them in a niced process: so a long one is cut short, and waited out anew. */
const SLEPT_SHARE = 0.99

/**
 * Calls back at an instant, to within a turn of the event loop: with a timer up
 * to just before it, then turn by turn. Nothing ticks while nothing is awaited.
 */
export class LinkTimer {
  readonly #now: LinkClock
  readonly #onDue: () => void
  #timer: NodeJS.Timeout | undefined
  #turn: NodeJS.Immediate | undefined
  #dueNs = Number.POSITIVE_INFINITY

  constructor(now: LinkClock, onDue: () => void) {
    this.#now = now
    this.#onDue = onDue
  }

  /** Never calls before it returns. Of several instants that are asked for the earliest counts. */
  callAt(dueNs: number): void {
    if (dueNs >= this.#dueNs) return
    this.stop()
    this.#dueNs = dueNs
    this.#wait()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#turn)
    this.#dueNs = Number.POSITIVE_INFINITY
  }

  #wait(): void {
    const leftMs = (this.#dueNs - this.#now()) / NS_PER_MS
    if (leftMs > TIMER_SLACK_MS) {
      this.#timer = setTimeout(
        () => this.#look(),
        Math.floor(leftMs * SLEPT_SHARE - TIMER_SLACK_MS),
      )
    } else {
      this.#turn = setImmediate(() => this.#look())
    }
  }

  #look(): void {
    if (this.#now() < this.#dueNs) {
      this.#wait()
      return
    }
    this.stop()
    this.#onDue()
  }
}
