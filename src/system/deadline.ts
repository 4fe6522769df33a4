import { InstrumentError } from '../model/errors.ts'

/** Bounds a piece of work in time, and can end it earlier for a reason that is found on the way. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(deadlineMs: number) {
    this.#timer = setTimeout(
      () => this.cut(new InstrumentError('deadline', `was not done within ${deadlineMs / 1000} s`)),
      deadlineMs,
    )
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The first reason stands. */
  cut(reason: InstrumentError): void {
    clearTimeout(this.#timer)
    this.#controller.abort(reason)
  }

  /**
   * The work's own result, or the reason of the cut even where the work does
   * not heed the signal: nothing that ignores it can hang its caller.
   */
  async bound<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this
    let stop = (): void => {}
    const isCut = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([work(), isCut])
    } catch (error) {
      // What the cut work throws is a consequence.
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
