import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorSink, Frame, Unexplained } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { type Envelope, Envelopes } from './envelopes.ts'

/** So many units inside one inner frame are kept apart. */
const MAX_WAITING = 1024

/**
 * One direction of an outer protocol that carries an inner one: envelopes with
 * inner bytes, and units of the outer protocol's own between them. Gives the
 * frames of both in the order of the outer stream, and none after its first
 * unexplained byte.
 */
export class EnvelopedStream {
  readonly direction: Direction
  readonly #sink: DissectorSink
  readonly #envelopes = new Envelopes()
  /** Whoever listens reads on where something is wrong. */
  readonly #isLenient: boolean
  /** Nothing of the inner protocol follows. */
  #isClosed = false
  /** Own units that crossed while an inner frame was under way: inside it, if it goes on. */
  #waiting: Frame[] = []
  #isStopped = false

  constructor(direction: Direction, sink: DissectorSink) {
    this.direction = direction
    this.#sink = sink
    this.#isLenient = sink.remark !== undefined
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Call it before the inner bytes of the envelope are dissected. */
  addEnvelope(envelope: Envelope): void {
    this.#settle()
    for (const { parts } of this.#waiting) this.#envelopes.extendLast(parts)
    this.#waiting = []
    this.#envelopes.add(envelope)
  }

  /** A unit that carries no inner bytes. */
  addOwn(frame: Frame): void {
    this.#settle()
    if (this.#envelopes.unwrappedOffset === null) this.#sink.frame(frame)
    else this.#waiting.push(frame)
    if (this.#waiting.length < MAX_WAITING) return
    // Taken for a part of the inner frame, as they are if it goes on.
    for (const { parts } of this.#waiting) this.#envelopes.extendLast(parts)
    this.#waiting = []
  }

  /** A frame of the inner protocol. */
  wrap(frame: Frame): void {
    if (this.#isStopped || this.#isClosed) return
    this.#sink.frame(this.#envelopes.wrap(frame))
  }

  /** Bytes that the inner protocol cannot explain; `within` names the outer one. */
  stopInside(gap: Unexplained, within: string): void {
    const reason: WirePhrase = `inside ${within}, ${gap.reason as string}`
    if (this.#isLenient) {
      if (this.#isClosed) return
      const { direction } = this
      this.#sink.unexplained({ direction, offset: this.#envelopes.offsetOf(gap.offset), reason })
      return
    }
    // A frame that its reader holds back is not told of any more.
    const offset = Math.min(
      this.#envelopes.unwrappedOffset ?? Number.POSITIVE_INFINITY,
      this.#envelopes.offsetOf(gap.offset),
    )
    this.#stopAt(offset, reason)
  }

  /**
   * The outer protocol cannot explain what begins at the offset. An inner frame
   * that was under way can then not be closed: its bytes are unexplained with it.
   */
  stop(offset: number, reason: WirePhrase): void {
    this.#settle()
    this.#stopAt(this.#envelopes.unwrappedOffset ?? offset, reason)
  }

  /**
   * The envelopes that follow cannot be opened: an inner frame that is under way
   * will not be closed. Those of the outer protocol are told of by `tell`.
   */
  close(reason: WirePhrase): void {
    const offset = this.#envelopes.unwrappedOffset
    const { direction } = this
    if (offset !== null) this.#sink.unexplained({ direction, offset, reason })
    this.#isClosed = true
    this.#tellWaiting()
  }

  /** Once it is closed. */
  tell(frame: Frame): void {
    this.#sink.frame(frame)
  }

  /** Once it is closed, and what begins at the offset is no envelope. */
  tellUnexplained(offset: number, reason: WirePhrase): void {
    this.#sink.unexplained({ direction: this.direction, offset, reason })
  }

  /** After the inner dissector has ended. */
  end(): void {
    this.#settle()
    if (this.#isLenient) this.#tellWaiting()
  }

  #stopAt(offset: number, reason: WirePhrase): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#waiting = []
    this.#sink.unexplained({ direction: this.direction, offset, reason })
  }

  /** No inner frame is under way any more: what waited came after it. */
  #settle(): void {
    if (this.#isStopped || this.#envelopes.unwrappedOffset !== null) return
    this.#tellWaiting()
  }

  #tellWaiting(): void {
    for (const frame of this.#waiting) this.#sink.frame(frame)
    this.#waiting = []
  }
}
