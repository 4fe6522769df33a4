import { InstrumentError, saidOf } from '../model/errors.ts'
import { type Said, said } from '../model/said/said.ts'

/** Of a wait, where nothing else is said. */
export const SLICES = 5

/**
 * A wait that is cut into slices, each begun when the one before it is over: a
 * process that got no CPU for a while then loses one of them and not its work.
 */
export class SlicedTimer {
  readonly #sliceMs: number
  readonly #slices: number
  readonly #onOver: () => void
  #slicesLeft: number
  #timer: NodeJS.Timeout

  constructor(durationMs: number, onOver: () => void, slices: number = SLICES) {
    this.#sliceMs = durationMs / slices
    this.#slices = slices
    this.#onOver = onOver
    this.#slicesLeft = slices
    this.#timer = this.#nextSlice()
  }

  /** Begins the wait anew, to within a slice. Costs next to nothing. */
  renew(): void {
    this.#slicesLeft = this.#slices
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #nextSlice(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#slicesLeft -= 1
      if (this.#slicesLeft > 0) this.#timer = this.#nextSlice()
      else this.#onOver()
    }, this.#sliceMs)
  }
}

/** Bounds a piece of work in time, and can end it earlier for a reason that is found on the way. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  /** Lets go of whatever could have ended it. */
  readonly #onOver = new AbortController()
  readonly #timer: SlicedTimer

  constructor(
    deadlineMs: number,
    reason: Said = said('notDoneWithin', { seconds: deadlineMs / 1000 }),
  ) {
    this.#timer = new SlicedTimer(deadlineMs, () =>
      this.cut(new InstrumentError('deadline', reason)),
    )
  }

  /** Of work that may take as long as it likes while it gets on: see `renew`. */
  static ofSilence(silenceMs: number, signal?: AbortSignal): Deadline {
    const deadline = new Deadline(silenceMs, said('nothingMoved', { seconds: silenceMs / 1000 }))
    if (signal !== undefined) deadline.#endWith(signal)
    return deadline
  }

  #endWith(signal: AbortSignal): void {
    const stop = (): void => this.cut(new InstrumentError('stopped', saidOf(signal.reason)))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: this.#onOver.signal })
  }

  /** Something moved. Costs next to nothing, so that each byte that passes may say so. */
  readonly renew = (): void => {
    this.#timer.renew()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The first reason stands. */
  cut(reason: InstrumentError): void {
    this.#timer.stop()
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
    this.#timer.stop()
    this.#onOver.abort()
  }
}
