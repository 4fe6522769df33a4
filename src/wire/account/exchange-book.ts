import type { Frame } from '../../model/wire/frame.ts'
import { formatFrameShape, shapeOf } from '../../model/wire/frame-shape.ts'

/** An annotated exchange is for reading; whoever subscribes to a thousand topics still gets a readable one. */
const MAX_EXCHANGE_FRAMES = 64

/**
 * The frames of a cell that are worth reading: all of set-up, idle and close, and
 * those of the first message. The second message is kept beside it where its
 * frames are of other sizes: where a header table is filled, or a topic alias
 * set, it is the second that shows what every further message costs.
 */
export class ExchangeBook {
  readonly #frames: Frame[] = []
  readonly #second: Frame[] = []
  /** Frames that came before the second message. */
  #beforeSecond = 0

  /** @param begun messages of the device that have begun, the one of this frame included */
  add(frame: Frame, begun: number): void {
    // A message is over where the next begins. That is exact with one message in
    // flight, which is how bytes are measured.
    const isOfSecond = frame.phase === 'steady' && begun === 2
    if (frame.phase === 'steady' && begun > 2) return
    if (isOfSecond && this.#second.length === 0) this.#beforeSecond = this.#frames.length
    const kept = isOfSecond ? this.#second : this.#frames
    if (kept.length < MAX_EXCHANGE_FRAMES) kept.push(frame)
  }

  /** In the order in which they crossed, as many as can be read. */
  frames(): Frame[] {
    const first = this.#frames.filter(({ phase }) => phase === 'steady')
    const second = shapesOf(first) === shapesOf(this.#second) ? [] : this.#second
    return this.#frames.toSpliced(this.#beforeSecond, 0, ...second).slice(0, MAX_EXCHANGE_FRAMES)
  }
}

const shapesOf = (frames: readonly Frame[]): string =>
  frames.map((frame) => formatFrameShape(shapeOf(frame))).join('\n')
