import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { appendBounded, joinBeyond } from './bounded-parts.ts'

/** One envelope of an outer protocol: what stands before and after the inner bytes that it carries. */
export interface Envelope {
  /** Position of its first byte in the outer stream of its direction. */
  offset: number
  head: readonly FramePart[]
  /** Bytes of the inner stream, at least 1; an envelope without any is a frame of its own. */
  innerBytes: number
  tail: readonly FramePart[]
}

/** An inner frame in more envelopes is meant to fill the memory: those beyond are taken for one. */
const MAX_OPEN = 2048
/** Parts behind the inner bytes of one envelope that are told apart. */
const MAX_TAIL_PARTS = 1024

interface Segment extends Envelope {
  tail: FramePart[]
  innerStart: number
  innerEnd: number
}

/**
 * One direction of a byte stream that travels in envelopes (TLS records,
 * WebSocket messages). An inner frame is given back as it crossed the wire: the
 * head of an envelope belongs to the frame whose byte follows it, the tail to
 * the frame whose byte precedes it, and a part that crosses envelopes is cut
 * where they meet. So the frames tile the outer stream as they tiled the inner.
 */
export class Envelopes {
  #open: Segment[] = []
  /** So many of them are behind all that was wrapped. */
  #closed = 0
  /** Where the last frame ended in the outer stream, if it ended inside an envelope. */
  #outerEnd: number | null = null
  #innerEnd = 0
  #wrappedEnd = 0

  /** Whether every inner byte is in a frame that was wrapped. */
  get isDrained(): boolean {
    return this.#closed === this.#open.length
  }

  /** Call it before the inner bytes of the envelope are dissected. */
  add({ offset, head, innerBytes, tail }: Envelope): void {
    const innerStart = this.#innerEnd
    this.#innerEnd += innerBytes
    const last = this.#open.at(-1)
    if (last !== undefined && this.#open.length - this.#closed >= MAX_OPEN) {
      appendBounded(last.tail, head, MAX_TAIL_PARTS)
      appendBounded(last.tail, tail, MAX_TAIL_PARTS)
      last.innerBytes += innerBytes
      last.innerEnd = this.#innerEnd
      return
    }
    const innerEnd = this.#innerEnd
    this.#open.push({ offset, head, innerBytes, tail: [...tail], innerStart, innerEnd })
  }

  /**
   * Parts that crossed behind the last envelope while an inner frame was under
   * way: they belong to that frame, as its tail does.
   */
  extendLast(parts: readonly FramePart[]): void {
    const last = this.#open.at(-1)
    if (last === undefined || this.isDrained) throw new RangeError('no inner frame is under way')
    appendBounded(last.tail, parts, MAX_TAIL_PARTS)
  }

  /** Where the first inner byte that is in no frame yet stands in the outer stream; null where all are. */
  get unwrappedOffset(): number | null {
    return this.isDrained ? null : (this.#outerEnd ?? this.offsetOf(this.#wrappedEnd))
  }

  /** What is in no frame yet will be in none. */
  abandon(): void {
    this.#skipTo(this.#innerEnd)
  }

  /** An inner frame as it crossed the wire. Frames come in the order of the stream. */
  wrap(frame: Frame): Frame {
    if (frame.offset > this.#wrappedEnd) this.#skipTo(frame.offset)
    const parts: FramePart[] = []
    const offset = this.#outerEnd ?? this.offsetOf(frame.offset)
    let at = frame.offset
    for (const part of frame.parts) {
      // A part of no bytes (an empty payload) has no envelope to itself.
      if (part.lengthBytes === 0) parts.push(part)
      const end = at + part.lengthBytes
      while (at < end) {
        const segment = this.#open[this.#closed]
        if (segment === undefined) throw new RangeError('an inner frame outran its envelopes')
        if (at === segment.innerStart) parts.push(...segment.head)
        const until = Math.min(end, segment.innerEnd)
        const lengthBytes = until - at
        parts.push(lengthBytes === part.lengthBytes ? part : { ...part, lengthBytes })
        at = until
        if (at === segment.innerEnd) {
          parts.push(...segment.tail)
          this.#closed += 1
        }
      }
    }
    this.#wrappedEnd = at
    this.#forget()
    const lengthBytes = parts.reduce((sum, part) => sum + part.lengthBytes, 0)
    const isInside = !this.isDrained && at > (this.#open[this.#closed]?.innerStart ?? at)
    this.#outerEnd = isInside ? offset + lengthBytes : null
    const { direction, phase, label, clause, missingBytes, message } = frame
    // Not as a copy of the other: there is one for each event, and copies are slow.
    const whole = joinBeyond(parts)
    const wrapped: Frame = { direction, phase, label, clause, offset, lengthBytes, parts: whole }
    if (missingBytes !== undefined) wrapped.missingBytes = missingBytes
    if (message !== undefined) wrapped.message = message
    return wrapped
  }

  /** Many at a time: taking one off the front moves all others. */
  #forget(): void {
    if (this.#closed < MAX_OPEN && this.#closed < this.#open.length) return
    this.#open = this.#open.slice(this.#closed)
    this.#closed = 0
  }

  /** What stands before the inner offset is in no frame. */
  #skipTo(innerOffset: number): void {
    const keep = this.#open.findIndex(
      ({ innerEnd }, index) => index >= this.#closed && innerOffset < innerEnd,
    )
    this.#closed = keep === -1 ? this.#open.length : keep
    this.#outerEnd = null
    this.#wrappedEnd = innerOffset
  }

  /** Where an inner byte that was not yet wrapped stands in the outer stream. */
  offsetOf(innerOffset: number): number {
    const segment = this.#open.find(
      ({ innerEnd }, index) => index >= this.#closed && innerOffset < innerEnd,
    )
    if (segment === undefined) return this.#innerEnd
    if (innerOffset <= segment.innerStart) return segment.offset
    const headBytes = segment.head.reduce((sum, part) => sum + part.lengthBytes, 0)
    return segment.offset + headBytes + (innerOffset - segment.innerStart)
  }
}
