import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'
import { describeErrorCode } from '../../../model/wire/http2-errors.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Http2Connection, Http2Frame } from './http2-connection.ts'
import { FRAME_CLAUSES, type FrameName, viewOf } from './http2-frames.ts'
import { readSettings } from './http2-settings.ts'

/** Frames that carry nothing of a message: layer `control`. */
export const CONTROL_READERS = {
  PRIORITY: readPriority,
  RST_STREAM: readReset,
  SETTINGS: readSettings,
  PING: readPing,
  GOAWAY: readGoaway,
  WINDOW_UPDATE: readWindowUpdate,
} satisfies Partial<Record<FrameName, (frame: Http2Frame) => Reading<void>>>

function* readPriority(frame: Http2Frame): Reading<void> {
  const { stream, connection } = frame
  notePriority(stream, 'control', yield* takeFixed(frame, PRIORITY_BYTES))
  stream.frame(connection.phaseOf(stream.direction), 'PRIORITY', FRAME_CLAUSES.PRIORITY)
}

/** @throws MalformedBytes where the frame is not that long (RFC 9113 §4.2) */
function* takeFixed({ header }: Http2Frame, lengthBytes: number): Reading<Uint8Array> {
  if (header.lengthBytes !== lengthBytes) {
    throw new MalformedBytes(
      `${header.name} has ${header.lengthBytes} bytes, not ${lengthBytes} (RFC 9113 §4.2)`,
    )
  }
  return yield take(lengthBytes)
}

export const PRIORITY_BYTES = 5

/** Of PRIORITY, and of HEADERS with that flag: deprecated (RFC 9113 §5.3), and still sent. */
export function notePriority(stream: FrameStream, layer: Layer, bytes: Uint8Array): void {
  const clause = FRAME_CLAUSES.PRIORITY
  const view = viewOf(bytes)
  const dependency = view.getUint32(0)
  const exclusive = dependency >= 0x8000_0000 ? ', exclusive' : ''
  const text = `${dependency & 0x7fff_ffff}${exclusive}`
  stream.part(layer, 'Stream Dependency', 4, { text, clause })
  // One is added, so that it runs from 1 to 256.
  stream.part(layer, 'Weight', 1, { text: String(view.getUint8(4) + 1), clause })
}

function* readReset(frame: Http2Frame): Reading<void> {
  const { stream, connection, header } = frame
  const clause = FRAME_CLAUSES.RST_STREAM
  connection.streams.refuseIdle(header.streamId, stream.rules)
  const view = viewOf(yield* takeFixed(frame, 4))
  stream.part('control', 'Error Code', 4, { text: describeErrorCode(view.getUint32(0)), clause })
  const given = connection.streams.reset(stream.direction, header.streamId)
  if (given !== null) connection.requests.settle(given, 'other')
  stream.frame('steady', 'RST_STREAM', clause)
}

function* readPing(frame: Http2Frame): Reading<void> {
  const { stream, connection, header } = frame
  const clause = FRAME_CLAUSES.PING
  yield* takeFixed(frame, 8)
  stream.part('control', 'Opaque Data', 8, { clause })
  stream.frame('idle', connection.acknowledge(stream, 'PING', header), clause)
}

function* readGoaway({ header, stream }: Http2Frame): Reading<void> {
  const clause = FRAME_CLAUSES.GOAWAY
  const debugBytes = header.lengthBytes - 8
  if (debugBytes < 0) {
    throw new MalformedBytes(`GOAWAY has ${header.lengthBytes} bytes, less than 8 (${clause})`)
  }
  const view = viewOf(yield take(header.lengthBytes))
  const lastStreamId = view.getUint32(0) & 0x7fff_ffff
  stream.part('control', 'Last-Stream-ID', 4, { text: String(lastStreamId), clause })
  stream.part('control', 'Error Code', 4, { text: describeErrorCode(view.getUint32(4)), clause })
  if (debugBytes > 0) stream.part('control', 'Additional Debug Data', debugBytes, { clause })
  stream.frame('close', 'GOAWAY', clause)
}

function* readWindowUpdate(frame: Http2Frame): Reading<void> {
  const { header, stream, connection } = frame
  const { streamId } = header
  const clause = FRAME_CLAUSES.WINDOW_UPDATE
  if (streamId > 0) connection.streams.refuseIdle(streamId, stream.rules)
  const view = viewOf(yield* takeFixed(frame, 4))
  const increment = view.getUint32(0) & 0x7fff_ffff
  if (increment === 0) stream.rules.breach(`the increment of a window is 0 (${clause})`)
  const text = String(increment)
  stream.part('control', 'Window Size Increment', 4, { text, clause })
  const phase = streamId > 0 ? 'steady' : phaseOfWindow(increment, stream.direction, connection)
  stream.frame(phase, 'WINDOW_UPDATE', clause)
}

/**
 * What is given back of the DATA that came is part of the messages; a window
 * that is opened beyond that, whenever it happens, is part of setting up.
 */
function phaseOfWindow(
  increment: number,
  direction: Direction,
  connection: Http2Connection,
): Phase {
  const side = connection.sides[direction]
  if (increment > side.heldBytes) return 'setup'
  side.heldBytes -= increment
  return 'steady'
}
