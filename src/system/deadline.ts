import { describeError, InstrumentError } from '../model/errors.ts'

/**
 * A wait is cut into so many, each begun when the one before it is over: a
 * process that got no CPU for a while then loses one of them and not its work.
 */
const SLICES = 5

/** Bounds a piece of work in time, and can end it earlier for a reason that is found on the way. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  /** Lets go of whatever could have ended it. */
  readonly #onOver = new AbortController()
  readonly #reason: string
  readonly #sliceMs: number
  #timer: NodeJS.Timeout
  #slicesLeft = SLICES

  constructor(deadlineMs: number, reason = `was not done within ${deadlineMs / 1000} s`) {
    this.#reason = reason
    this.#sliceMs = deadlineMs / SLICES
    this.#timer = this.#nextSlice()
  }

  /** Of work that may take as long as it likes while it gets on: see `renew`. */
  static ofSilence(silenceMs: number, signal?: AbortSignal): Deadline {
    const deadline = new Deadline(silenceMs, `nothing moved for ${silenceMs / 1000} s`)
    if (signal !== undefined) deadline.#endWith(signal)
    return deadline
  }

  #endWith(signal: AbortSignal): void {
    const stop = (): void => this.cut(new InstrumentError('stopped', describeError(signal.reason)))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: this.#onOver.signal })
  }

  /** Something moved. Costs next to nothing, so that each byte that passes may say so. */
  readonly renew = (): void => {
    this.#slicesLeft = SLICES
  }

  #nextSlice(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#slicesLeft -= 1
      if (this.#slicesLeft > 0) this.#timer = this.#nextSlice()
      else this.cut(new InstrumentError('deadline', this.#reason))
    }, this.#sliceMs)
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
    this.#onOver.abort()
  }
}
