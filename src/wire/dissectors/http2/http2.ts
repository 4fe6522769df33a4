import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import { RequestQueue } from '../http1/http1-requests.ts'
import { CARRIES } from '../http1/message-use.ts'
import { MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import { Http2Connection, type Http2Frame } from './http2-connection.ts'
import { CONTROL_READERS } from './http2-control.ts'
import {
  ACK,
  END_STREAM,
  FRAME_CLAUSES,
  FRAME_UNITS,
  type FrameName,
  hexadecimal,
  layerOf,
  noteFrameHeader,
  takeFrameHeader,
} from './http2-frames.ts'
import { readHeaders, readPushPromise } from './http2-headers.ts'
import { skipPadding, takePadLength } from './http2-padding.ts'

/** RFC 9113 §3.4: what a client says before its first frame. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const PREFACE_CLAUSE = 'RFC 9113 §3.4'

/**
 * HTTP/2 from its first byte on (RFC 9113): with prior knowledge, or inside a
 * TLS connection that agreed on `h2`. An upgrade from HTTP/1.1 is not. Where
 * frames were not read, or the connection began earlier, fields that refer to
 * those of before stay unknown; frames and lengths do not.
 */
export const dissectHttp2: DissectorFactory = (sink, start) => openHttp2(sink, start, 'begun here')

/** The same behind an upgrade (RFC 7540 §3.2): its request was of HTTP/1.1, and is answered on stream 1. */
export const dissectUpgradedHttp2: DissectorFactory = (sink, start) =>
  openHttp2(sink, start, 'upgraded')

function openHttp2(
  sink: DissectorSink,
  start: 'fresh' | 'joined' = 'fresh',
  opening: 'begun here' | 'upgraded',
): Dissector {
  const requests = new RequestQueue(sink)
  const connection = new Http2Connection(requests)
  if (opening === 'upgraded') connection.streams.takeOver(1)
  if (start === 'joined') for (const direction of DIRECTIONS) connection.lose(direction)
  // What the client says stands behind the requests that wait.
  const upward: DissectorSink = {
    ...{ remark: sink.remark, outcome: sink.outcome, memory: sink.memory },
    frame: (frame) => requests.add(frame),
    unexplained: (gap) => sink.unexplained(gap),
  }
  const open = (direction: Direction): FrameStream =>
    new FrameStream(
      direction,
      direction === 'up' ? 'the connection preface' : 'a frame',
      direction === 'up' ? upward : sink,
      (stream) => readDirection(stream, connection),
      { units: FRAME_UNITS, start, onLost: () => connection.lose(direction) },
    )
  const streams = { up: open('up'), down: open('down') }
  return {
    feed: (direction, bytes) => streams[direction].feed(bytes),
    missing: (direction, lengthBytes) => streams[direction].missing(lengthBytes),
    end: () => {
      const { unanswered } = connection.streams
      requests.end()
      for (const direction of DIRECTIONS) streams[direction].end()
      requests.tellUnanswered(unanswered)
    },
  }
}

const READERS: Readonly<Record<FrameName, (frame: Http2Frame) => Reading<void>>> = {
  ...CONTROL_READERS,
  DATA: readData,
  HEADERS: readHeaders,
  PUSH_PROMISE: readPushPromise,
  CONTINUATION: refuseContinuation,
}

function* readDirection(stream: FrameStream, connection: Http2Connection): Reading<void> {
  const { direction } = stream
  const isFresh = stream.position === 0 && !connection.streams.hasLost
  if (direction === 'up' && isFresh) yield* readPreface(stream)
  for (let isFirst = isFresh; ; isFirst = false) {
    stream.unit = 'a frame header'
    const header = yield* takeFrameHeader()
    const { name, flags } = header
    if (isFirst && (name !== 'SETTINGS' || flags & ACK)) {
      stream.rules.breach(`the first frame is not SETTINGS (${PREFACE_CLAUSE})`)
    }
    connection.admit(stream, header)
    stream.unit = name ?? 'a frame'
    noteFrameHeader(stream, header, layerOf(header, direction))
    const frame = { header, stream, connection }
    yield* name === null ? readExtension(frame) : READERS[name](frame)
  }
}

function* readPreface(stream: FrameStream): Reading<void> {
  // Octet by octet, so that what is none is refused at its first wrong one.
  for (const letter of PREFACE) {
    const [octet] = yield take(1)
    if (octet !== letter.charCodeAt(0)) {
      throw new MalformedBytes(`the connection does not begin as HTTP/2 does (${PREFACE_CLAUSE})`)
    }
  }
  stream.part('control', 'connection preface', PREFACE.length, { clause: PREFACE_CLAUSE })
  stream.frame('setup', 'connection preface', PREFACE_CLAUSE)
}

function* readData(frame: Http2Frame): Reading<void> {
  const { header, stream, connection } = frame
  const { direction } = stream
  const clause = FRAME_CLAUSES.DATA
  const exchange = connection.streams.require(direction, header.streamId, stream.rules)
  const { hasBegun, isPushed } = exchange
  if (!hasBegun[direction] && !connection.streams.hasLost) {
    stream.rules.breach('DATA comes before the header section (RFC 9113 §8.1)')
  }
  // Padding too takes room in the window (RFC 9113 §6.9.1).
  connection.opposite(direction).heldBytes += header.lengthBytes
  const use = direction === 'up' ? CARRIES : exchange.use
  const layer = use.head
  const { contentBytes, paddingBytes } = yield* takePadLength(frame, layer)
  yield skip(contentBytes)
  if (contentBytes > 0 || use.content === 'payload') {
    stream.part(use.content, 'Data', contentBytes, { clause })
  }
  yield* skipPadding(stream, layer, paddingBytes)
  if (header.flags & END_STREAM) connection.streams.end(direction, header.streamId)
  const label = direction === 'up' ? 'DATA' : isPushed ? 'pushed DATA' : 'response DATA'
  stream.frame(use.phase, label, clause, use.content === 'payload' ? 'continues' : undefined)
}

/** What nobody has defined is ignored by its receiver, and counted here (RFC 9113 §5.5). */
function* readExtension({ header, stream, connection }: Http2Frame): Reading<void> {
  const clause = 'RFC 9113 §5.5'
  yield skip(header.lengthBytes)
  if (header.lengthBytes > 0)
    stream.part('control', 'Frame Payload', header.lengthBytes, { clause })
  const label = `frame of type ${hexadecimal(header.type)}`
  stream.frame(connection.phaseOf(stream.direction), label, clause)
}

// A header block reads those that belong to it.
// biome-ignore lint/correctness/useYield: a reader, which refuses before it reads
function* refuseContinuation(): Reading<void> {
  throw new MalformedBytes(
    `CONTINUATION comes without a header block (${FRAME_CLAUSES.CONTINUATION})`,
  )
}
