import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'

/**
 * Tells when a message has reached every subscriber, and then waits for the
 * next one: so a fan-out has one message in flight, whatever its completion
 * proves. It sets the pace alone; which message it was that arrived, and
 * whether it is the right one, is found out by its content.
 */
export class DeliveryBarrier implements ArrivalNotices {
  readonly #subscribers: number
  readonly #deadlineMs: number
  readonly #reached = new Set<number>()
  #waiting: (() => void) | null = null

  /** @param deadlineMs how long `next` waits for the last subscriber */
  constructor(subscribers: number, deadlineMs: number) {
    this.#subscribers = subscribers
    this.#deadlineMs = deadlineMs
  }

  /** A subscriber has a message; the same one twice counts once. */
  arrived(subscriber: number): void {
    this.#reached.add(subscriber)
    if (this.#isComplete) this.#waiting?.()
  }

  /** Forgets what arrived of an earlier block. */
  reset(): void {
    this.#reached.clear()
  }

  /** Resolves when every subscriber has one more message; false when some did not in time. */
  async next(): Promise<boolean> {
    if (!this.#isComplete) await this.#waitForLast()
    const isComplete = this.#isComplete
    this.reset()
    return isComplete
  }

  get #isComplete(): boolean {
    return this.#reached.size >= this.#subscribers
  }

  #waitForLast(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiting = null
        resolve()
      }
      const timer = setTimeout(settle, this.#deadlineMs)
      this.#waiting = settle
    })
  }
}
