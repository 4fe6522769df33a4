import type { Direction } from '../../../model/vocabulary.ts'
import type { HeldRequest } from '../http1/http1-requests.ts'
import { ACKNOWLEDGES, type MessageUse } from '../http1/message-use.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { Rules } from '../parsing/rules.ts'

/** One request and its response. */
export interface Http2Stream {
  readonly id: number
  /** Promised by the server, and asked for by nobody (RFC 9113 §8.4). */
  readonly isPushed: boolean
  /** Whether that side may still send on it. */
  readonly isOpen: Record<Direction, boolean>
  /** Whether request and final response have begun: what may follow are content and trailers. */
  readonly hasBegun: Record<Direction, boolean>
  /** The request says its method; it may be of a table that is not known. */
  hasMethod: boolean
  /** Whether it is a GET without content, which its answer explains. */
  isFetch: boolean
  /** That, once it was read. */
  held: HeldRequest | null
  /** What its response is for. */
  use: MessageUse
}

/** Far more than peers allow each other (RFC 9113 §5.1.2); each is held until both sides end it. */
const MAX_OPEN_STREAMS = 16_384

/** The streams of a connection (RFC 9113 §5.1), as both sides made them. */
export class Http2Streams {
  readonly #open = new Map<number, Http2Stream>()
  /** Of the streams that the client (`up`) and the server (`down`) began. */
  readonly #highestId: Record<Direction, number> = { up: 0, down: 0 }
  /** Streams were begun and ended of which nothing is known. */
  hasLost = false

  /**
   * The stream on which a client sends HEADERS: one that it has, or a new one.
   * @throws MalformedBytes where it is closed, or its id is not the client's (§5.1.1)
   */
  forRequest(id: number, rules: Rules): Http2Stream {
    if (id <= this.#highestId.up || id % 2 === 0) return this.require('up', id, rules)
    return this.#begin('up', id)
  }

  /** The request was sent before HTTP/2 began. */
  takeOver(id: number): void {
    const stream = this.#begin('up', id)
    stream.isOpen.up = false
    stream.hasBegun.up = true
    stream.hasMethod = true
  }

  /** @throws MalformedBytes where the id is not a server's, or was used (§5.1.1) */
  promise(id: number, rules: Rules): void {
    if (id % 2 !== 0 || id <= this.#highestId.down) {
      rules.breach(
        `stream ${id} cannot be promised (RFC 9113 §5.1.1)`,
        'a stream cannot be promised (RFC 9113 §5.1.1)',
      )
    }
    this.#begin('down', id).isOpen.up = false
  }

  #begin(by: Direction, id: number): Http2Stream {
    if (this.#open.size >= MAX_OPEN_STREAMS) {
      throw new MalformedBytes(`more than ${MAX_OPEN_STREAMS} streams are open`)
    }
    const isOpen = { up: true, down: true }
    const hasBegun = { up: false, down: false }
    const stream: Http2Stream = {
      ...{ id, isPushed: by === 'down', isOpen, hasBegun },
      ...{ hasMethod: false, isFetch: false, held: null, use: ACKNOWLEDGES },
    }
    this.#highestId[by] = Math.max(this.#highestId[by], id)
    this.#open.set(id, stream)
    return stream
  }

  /** @throws MalformedBytes where this side cannot send on the stream (any more) (§5.1), and the rules are strict */
  require(direction: Direction, id: number, rules: Rules): Http2Stream {
    this.refuseIdle(id, rules)
    const stream = this.#open.get(id)
    if (stream?.isOpen[direction]) return stream
    if (!this.hasLost) {
      rules.breach(
        `stream ${id} was closed before (RFC 9113 §5.1)`,
        'something comes on a stream that was closed before (RFC 9113 §5.1)',
      )
    }
    return stream ?? this.#begin(id % 2 === 1 ? 'up' : 'down', id)
  }

  /** @throws MalformedBytes where nobody has begun the stream (§5.1), and the rules are strict */
  refuseIdle(id: number, rules: Rules): void {
    if (this.hasLost || id <= this.#highestId[id % 2 === 1 ? 'up' : 'down']) return
    rules.breach(
      `stream ${id} was not begun (RFC 9113 §5.1)`,
      'something comes on a stream that was not begun (RFC 9113 §5.1)',
    )
  }

  /** Requests whose final response has not begun. */
  get unanswered(): number {
    const open = [...this.#open.values()]
    return open.filter(({ isPushed, hasBegun }) => !isPushed && hasBegun.up && !hasBegun.down)
      .length
  }

  /** @returns what a reset stream had asked for, where that is not known */
  reset(direction: Direction, id: number): HeldRequest | null {
    const held = this.#open.get(id)?.held ?? null
    this.end(direction, id)
    return held?.purpose === null ? held : null
  }

  /**
   * This side sends no more on it: END_STREAM or RST_STREAM. After a reset the
   * other side may not know yet, so what it has under way is still expected.
   */
  end(direction: Direction, id: number): void {
    const stream = this.#open.get(id)
    if (stream === undefined) return
    stream.isOpen[direction] = false
    if (!stream.isOpen.up && !stream.isOpen.down) this.#open.delete(id)
  }
}
