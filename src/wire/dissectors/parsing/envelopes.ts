import type { Frame, FramePart } from '../../../model/wire/frame.ts'

/** One envelope of an outer protocol: what stands before and after the inner bytes that it carries. */
export interface Envelope {
  /** Position of its first byte in the outer stream of its direction. */
  offset: number
  head: readonly FramePart[]
  /** Bytes of the inner stream, at least 1; an envelope without any is a frame of its own. */
  innerBytes: number
  tail: readonly FramePart[]
}

interface Segment extends Envelope {
  tail: readonly FramePart[]
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
  readonly #open: Segment[] = []
  #innerEnd = 0
  #wrappedEnd = 0

  /** Whether every inner byte is in a frame that was wrapped. */
  get isDrained(): boolean {
    return this.#open.length === 0
  }

  /** Call it before the inner bytes of the envelope are dissected. */
  add(envelope: Envelope): void {
    const innerStart = this.#innerEnd
    this.#innerEnd += envelope.innerBytes
    this.#open.push({ ...envelope, innerStart, innerEnd: this.#innerEnd })
  }

  /**
   * Parts that crossed behind the last envelope while an inner frame was under
   * way: they belong to that frame, as its tail does.
   */
  extendLast(parts: readonly FramePart[]): void {
    const last = this.#open.at(-1)
    if (last === undefined) throw new RangeError('no inner frame is under way')
    last.tail = [...last.tail, ...parts]
  }

  /** Where the first inner byte that is in no frame yet stands in the outer stream; null where all are. */
  get unwrappedOffset(): number | null {
    return this.#open.length === 0 ? null : this.offsetOf(this.#wrappedEnd)
  }

  /** An inner frame as it crossed the wire. Frames come in the order of the stream. */
  wrap(frame: Frame): Frame {
    const parts: FramePart[] = []
    const offset = this.offsetOf(frame.offset)
    let at = frame.offset
    for (const part of frame.parts) {
      // A part of no bytes (an empty payload) has no envelope to itself.
      if (part.lengthBytes === 0) parts.push(part)
      const end = at + part.lengthBytes
      while (at < end) {
        const segment = this.#open[0]
        if (segment === undefined) throw new RangeError('an inner frame outran its envelopes')
        if (at === segment.innerStart) parts.push(...segment.head)
        const until = Math.min(end, segment.innerEnd)
        parts.push({ ...part, lengthBytes: until - at })
        at = until
        if (at === segment.innerEnd) {
          parts.push(...segment.tail)
          this.#open.shift()
        }
      }
    }
    this.#wrappedEnd = at
    const lengthBytes = parts.reduce((sum, part) => sum + part.lengthBytes, 0)
    return { ...frame, offset, lengthBytes, parts }
  }

  /** Where an inner byte that was not yet wrapped stands in the outer stream. */
  offsetOf(innerOffset: number): number {
    const segment = this.#open.find(({ innerEnd }) => innerOffset < innerEnd)
    if (segment === undefined) return this.#innerEnd
    if (innerOffset <= segment.innerStart) return segment.offset
    const headBytes = segment.head.reduce((sum, part) => sum + part.lengthBytes, 0)
    return segment.offset + headBytes + (innerOffset - segment.innerStart)
  }
}
