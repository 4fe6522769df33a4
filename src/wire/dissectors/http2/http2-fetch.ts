import type { Frame } from '../../../model/wire/frame.ts'
import { FETCH_USES, purposeOf } from '../http1/message-use.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Http2Connection } from './http2-connection.ts'
import type { HeaderSection } from './http2-fields.ts'
import { FRAME_CLAUSES } from './http2-frames.ts'
import type { Http2Stream } from './http2-streams.ts'

/** Tells of a request; a GET without content waits for the answer that explains it. */
export function tellRequest(
  stream: FrameStream,
  connection: Http2Connection,
  exchange: Http2Stream,
  frame: Frame,
): void {
  const isFetch = exchange.held === null && exchange.isFetch
  if (!isFetch) stream.tell(frame)
  else exchange.held = connection.requests.hold(frame)
}

/** A final response has come: what its stream was for is known. */
export function settleFetch(
  stream: FrameStream,
  connection: Http2Connection,
  exchange: Http2Stream,
  { status }: HeaderSection,
): void {
  const { held } = exchange
  if (status !== null) {
    const verdict = Number(status) < 400 ? 'accepted' : 'refused'
    stream.outcome('response', status, verdict)
  }
  const isKnown = exchange.isPushed || (exchange.hasMethod && status !== null)
  if (!isKnown) stream.rules.note(NOT_READ)
  if (held === null) return
  // One that was given up has a purpose already.
  const purpose = held.purpose ?? purposeOf(Number(status))
  exchange.use = FETCH_USES[purpose]
  connection.requests.settle(held, purpose)
}

const NOT_READ =
  'a response, and what it answers was not read: whether it brings a message is not known'

/** The header section of a response, each part in the layer of what it is for. */
export function inUse(frame: Frame, { use }: Http2Stream, endsStream: boolean): Frame {
  const { phase, head, content } = use
  const parts = frame.parts.map((part) => ({ ...part, layer: head }))
  if (content !== 'payload') return { ...frame, phase, parts }
  // Its payload of no bytes is here.
  const empty = { layer: content, label: 'Data', lengthBytes: 0, clause: FRAME_CLAUSES.DATA }
  if (endsStream) parts.push(empty)
  return { ...frame, phase, parts, message: 'begins' }
}
