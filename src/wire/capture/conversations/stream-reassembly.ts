/** Bytes of one direction at their place in its stream. */
export interface StreamBytes {
  /** Position of the first, counted from 0. */
  offset: number
  bytes: Uint8Array
  /** So many bytes of the other direction their sender had acknowledged by then. */
  afterBytes: number
}

/** What became of a segment. */
export interface Arrival {
  /** What can be read now, in order: this segment, and those that waited for it. */
  delivered: StreamBytes[]
  /** Where the segment begins in the stream. */
  offset: number
  /** Bytes of it that had come before. */
  repeatedBytes: number
}

/**
 * Puts the segments of one direction in order (RFC 9293 §3.10.7.4): late ones wait
 * for those before them, what comes a second time is left out, the first copy
 * stands. Sequence numbers go round after 4 GiB; a segment is taken to be within
 * 2 GiB of the one expected.
 */
export class StreamReassembly {
  #base: number | null = null
  #next = 0
  /** Beyond `#next`, in order, without overlaps. */
  #waiting: StreamBytes[] = []
  #waitingBytes = 0

  /** The sequence number of the stream's first byte; null until it is known. */
  get base(): number | null {
    return this.#base
  }

  /** Position up to which everything was delivered or skipped. */
  get position(): number {
    return this.#next
  }

  /** Bytes that were captured behind the first that is missing. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Segments that wait. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Bytes missing before the first that waits; 0 where none waits. */
  get missingBytes(): number {
    return (this.#waiting[0]?.offset ?? this.#next) - this.#next
  }

  /** @param base sequence number of the first byte, where it is known; what was known before stands */
  begin(base: number | null): void {
    this.#base ??= base
  }

  /** Where a sequence number stands in the stream; before its first byte it is negative. */
  offsetOf(sequence: number): number {
    const expected = (this.#base ?? 0) + this.#next
    return this.#next + ((sequence - expected) | 0)
  }

  /**
   * A segment; the first one begins the stream where nothing else has.
   * @param afterBytes what it acknowledges of the other direction
   */
  add(sequence: number, bytes: Uint8Array, afterBytes = 0): Arrival {
    this.#base ??= sequence
    const offset = this.offsetOf(sequence)
    if (offset === this.#next && this.#waiting.length === 0) {
      this.#next += bytes.length
      return { delivered: [{ offset, bytes, afterBytes }], offset, repeatedBytes: 0 }
    }
    const fresh = this.#insert({ offset, bytes, afterBytes })
    this.#waitingBytes += fresh
    return { delivered: this.#deliver(), offset, repeatedBytes: bytes.length - fresh }
  }

  /** Goes on behind what is missing. @returns what can be read now */
  skip(): StreamBytes[] {
    this.#next += this.missingBytes
    return this.#deliver()
  }

  /** Keeps what of a segment is neither delivered nor waiting. @returns how many bytes that is */
  #insert(segment: StreamBytes): number {
    let rest: StreamBytes | null = cutBefore(segment, this.#next)
    // As a rule the segment comes last, and nothing is searched.
    let index = this.#waiting.length
    while (index > 0 && endOf(this.#waiting[index - 1]) > (rest?.offset ?? 0)) index -= 1
    let fresh = 0
    while (rest !== null) {
      const following = this.#waiting[index]
      const until = following?.offset ?? Number.POSITIVE_INFINITY
      if (until > rest.offset) {
        // A copy: what waits must not keep all that was read of the file with it.
        const piece = { ...rest, bytes: rest.bytes.slice(0, until - rest.offset) }
        this.#waiting.splice(index, 0, piece)
        fresh += piece.bytes.length
        index += 1
      }
      rest = following === undefined ? null : cutBefore(rest, endOf(following))
      index += 1
    }
    return fresh
  }

  #deliver(): StreamBytes[] {
    let ready = 0
    for (let next = this.#waiting[0]; next?.offset === this.#next; next = this.#waiting[ready]) {
      this.#next += next.bytes.length
      this.#waitingBytes -= next.bytes.length
      ready += 1
    }
    return this.#waiting.splice(0, ready)
  }
}

const endOf = (segment: StreamBytes | undefined): number =>
  segment === undefined ? 0 : segment.offset + segment.bytes.length

/** What of it stands at or behind a position; null where nothing does. */
function cutBefore(segment: StreamBytes, from: number): StreamBytes | null {
  const { offset, bytes } = segment
  if (offset + bytes.length <= from) return null
  if (offset >= from) return segment
  return { ...segment, offset: from, bytes: bytes.subarray(from - offset) }
}
