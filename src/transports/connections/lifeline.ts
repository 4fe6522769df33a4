import type { InstrumentError } from '../../model/errors.ts'
import { stopped } from '../connection-errors.ts'

/**
 * Ties everything that waits on a connection to the life of that connection:
 * once it is cut, all of it rejects, and so does whatever comes after. Protocol
 * clients forget pending callbacks when their socket goes; this does not.
 */
export class Lifeline {
  readonly #waiting = new Set<(reason: InstrumentError) => void>()
  readonly #signal: AbortSignal
  readonly #sever: (reason: InstrumentError) => void
  readonly #abort: () => void
  #reason: InstrumentError | null = null

  /** @param sever called once, when the line is cut: destroys what carries it */
  constructor(signal: AbortSignal, sever: (reason: InstrumentError) => void) {
    this.#signal = signal
    this.#sever = sever
    this.#abort = () => this.cut(stopped(signal))
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort, { once: true })
  }

  /** Why it was cut; null while it holds. */
  get reason(): InstrumentError | null {
    return this.#reason
  }

  /** Whether nothing waits on it. */
  get idle(): boolean {
    return this.#waiting.size === 0
  }

  /** Ends it. The first reason stands; later ones are its consequences. */
  cut(reason: InstrumentError): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#signal.removeEventListener('abort', this.#abort)
    for (const reject of this.#waiting) reject(reason)
    this.#waiting.clear()
    this.#sever(reason)
  }

  /** A promise that rejects when the line is cut before `start` has settled it. */
  wait<T = void>(
    start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T> {
    if (this.#reason !== null) return Promise.reject(this.#reason)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject)
      start(
        (value) => {
          this.#waiting.delete(reject)
          resolve(value)
        },
        (error) => {
          this.#waiting.delete(reject)
          reject(error)
        },
      )
    })
  }
}
