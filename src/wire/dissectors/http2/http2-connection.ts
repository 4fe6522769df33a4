import type { Direction, Phase } from '../../../model/vocabulary.ts'
import type { RequestQueue } from '../http1/http1-requests.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import { HpackDecoder } from './hpack-decoder.ts'
import { ACK, FRAME_CLAUSES, type FrameHeader, type FrameName } from './http2-frames.ts'
import { Http2Streams } from './http2-streams.ts'

/** RFC 9113 §6.5.2: SETTINGS_MAX_FRAME_SIZE before it was said. */
const DEFAULT_MAX_FRAME_BYTES = 16_384

const ON_CONNECTION: ReadonlySet<FrameName> = new Set(['SETTINGS', 'PING', 'GOAWAY'])

/** What one side has sent and announced. */
export class Http2Side {
  /** Of the header blocks that it sends. */
  readonly hpack = new HpackDecoder()
  /** Some of its blocks were not read: what later ones refer to is not known any more. */
  isTableLost = false
  /** The largest frame that it may send: the other side said so. */
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES
  /** Whether it has sent anything on a stream: until then it sets up. */
  hasSentHeaders = false
  /** Its SETTINGS and its PINGs that the other side has still to acknowledge. */
  readonly unacknowledged = { SETTINGS: 0, PING: 0 }
  /** Bytes of DATA that it received and has not given back to the window of the connection. */
  heldBytes = 0
}

/** What both directions of a connection must know of each other. */
export class Http2Connection {
  readonly sides: Readonly<Record<Direction, Http2Side>> = {
    up: new Http2Side(),
    down: new Http2Side(),
  }
  readonly streams = new Http2Streams()
  /** Of the client, in the order in which they were sent. */
  readonly requests: RequestQueue
  /** SETTINGS_ENABLE_PUSH of the client. */
  mayPush = true

  constructor(requests: RequestQueue) {
    this.requests = requests
  }

  opposite(direction: Direction): Http2Side {
    return this.sides[direction === 'up' ? 'down' : 'up']
  }

  /** @throws MalformedBytes where a frame of that header may not come here */
  admit({ direction, rules }: FrameStream, { name, lengthBytes, streamId }: FrameHeader): void {
    const { maxFrameBytes } = this.sides[direction]
    if (lengthBytes > maxFrameBytes && !this.streams.hasLost) {
      throw new MalformedBytes(
        `a frame has ${lengthBytes} bytes; at most ${maxFrameBytes} were announced (RFC 9113 §4.2)`,
      )
    }
    if (name === null || name === 'WINDOW_UPDATE') return
    const belongsToStream = !ON_CONNECTION.has(name)
    if (belongsToStream === streamId > 0) return
    const place = belongsToStream ? 'no stream' : `stream ${streamId}`
    const clause = FRAME_CLAUSES[name]
    rules.breach(
      `${name} is on ${place} (${clause})`,
      `${name} is on ${belongsToStream ? 'no' : 'a'} stream (${clause})`,
    )
  }

  /** Frames that crossed were not read. */
  lose(direction: Direction): void {
    this.streams.hasLost = true
    this.sides[direction].isTableLost = true
    this.requests.release()
  }

  /** The phase of frames that are neither of a kind with a phase of its own nor of a message. */
  phaseOf(direction: Direction): Phase {
    return this.sides[direction].hasSentHeaders ? 'steady' : 'setup'
  }

  /**
   * Counts what waits for its acknowledgement.
   * @returns the frame's label
   * @throws MalformedBytes where it acknowledges what nobody sent
   */
  acknowledge(
    { direction, rules }: FrameStream,
    name: 'SETTINGS' | 'PING',
    { flags }: FrameHeader,
  ): string {
    if (!(flags & ACK)) {
      this.sides[direction].unacknowledged[name] += 1
      return name
    }
    const { unacknowledged } = this.opposite(direction)
    if (unacknowledged[name] === 0 && !this.streams.hasLost) {
      rules.breach(`it acknowledges a ${name} that was not sent (${FRAME_CLAUSES[name]})`)
    }
    unacknowledged[name] = Math.max(0, unacknowledged[name] - 1)
    return `${name} ACK`
  }
}

/** A frame whose header was read and noted. */
export interface Http2Frame {
  readonly header: FrameHeader
  readonly stream: FrameStream
  readonly connection: Http2Connection
}
