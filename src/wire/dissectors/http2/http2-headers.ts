import type { Direction } from '../../../model/vocabulary.ts'
import type { Frame } from '../../../model/wire/frame.ts'
import { hasQueryValue, READING_IN_QUERY } from '../http1/http1-query.ts'
import { FETCH_USES, purposeOf } from '../http1/message-use.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Http2Connection, Http2Frame } from './http2-connection.ts'
import { notePriority, PRIORITY_BYTES } from './http2-control.ts'
import type { HeaderSection, SectionKind } from './http2-fields.ts'
import { END_STREAM, FRAME_CLAUSES, layerOf, PRIORITY, viewOf } from './http2-frames.ts'
import { HeaderBlock } from './http2-header-block.ts'
import { skipPadding, takePadLength } from './http2-padding.ts'
import type { Http2Stream } from './http2-streams.ts'

/** HEADERS and the CONTINUATIONs behind it: a request, a response or trailers. */
export function* readHeaders(frame: Http2Frame): Reading<void> {
  const { header, stream, connection } = frame
  const { direction } = stream
  const { streamId, flags } = header
  const { streams, sides } = connection
  const exchange =
    direction === 'up'
      ? streams.forRequest(streamId, stream.rules)
      : streams.require('down', streamId, stream.rules)
  const kind = kindOf(exchange, direction)
  const isLast = (flags & END_STREAM) !== 0
  if (kind === 'trailers' && !isLast) {
    stream.rules.breach('trailers do not end their stream (RFC 9113 §8.1)')
  }
  if (direction === 'up') exchange.hasBegun.up = true
  sides[direction].hasSentHeaders = true

  const block = new HeaderBlock(frame, kind, layerOf(header, direction))
  const { section } = block
  const { contentBytes, paddingBytes } = yield* takePadLength(frame, block.layer)
  const priorityBytes = flags & PRIORITY ? PRIORITY_BYTES : 0
  if (contentBytes < priorityBytes) {
    throw new MalformedBytes('HEADERS ends in its priority (RFC 9113 §6.2)')
  }
  if (priorityBytes > 0) notePriority(stream, block.layer, yield take(priorityBytes))
  yield* block.takeFragment(contentBytes - priorityBytes, flags)
  yield* skipPadding(stream, block.layer, paddingBytes)
  const message = kind === 'request' ? noteMessage(stream, section, isLast) : undefined
  const label = labelOf(section, exchange, direction)
  const told = stream.close('steady', label, FRAME_CLAUSES.HEADERS, message)
  if (direction === 'up') {
    if (kind === 'request') {
      exchange.hasMethod = section.method !== null
      exchange.isFetch = isLast && section.method === 'GET'
      if (isLast && hasQueryValue(` ${section.path ?? ''}`)) stream.rules.note(READING_IN_QUERY)
    }
    // A GET without content waits for the answer that explains it.
    if (exchange.isFetch && exchange.held === null) exchange.held = connection.requests.hold(told)
    else stream.tell(told)
  } else {
    const isFinal = kind === 'response' && !section.isInterim
    if (isFinal) settleFetch(stream, connection, exchange, section)
    const isUsed = isFinal || kind === 'trailers'
    stream.tell(isUsed ? inUse(told, exchange, isFinal && isLast) : told)
    if (isUsed) block.layer = exchange.use.head
  }
  yield* block.readContinuations()

  if (direction === 'down' && !section.isInterim) exchange.hasBegun.down = true
  if (isLast) streams.end(direction, streamId)
}

const kindOf = ({ hasBegun }: Http2Stream, direction: Direction): SectionKind =>
  hasBegun[direction] ? 'trailers' : direction === 'up' ? 'request' : 'response'

function labelOf(section: HeaderSection, { isPushed }: Http2Stream, direction: Direction): string {
  if (section.kind === 'trailers') return 'trailers'
  if (direction === 'up') return 'HEADERS'
  // Nobody has waited for what is pushed.
  if (isPushed) return 'pushed HEADERS'
  return section.isInterim ? 'interim response HEADERS' : 'response HEADERS'
}

/** A message begins with its request. Where that is all of it, its payload of no bytes is here. */
function noteMessage(
  stream: FrameStream,
  section: HeaderSection,
  isLast: boolean,
): Frame['message'] {
  if (!isLast) return 'begins'
  // Whose method is not known may be a GET.
  if (!section.expectsContent || section.isUnknown) return undefined
  stream.part('payload', 'Data', 0, { clause: FRAME_CLAUSES.DATA })
  return 'begins'
}

/** A final response has come: what its stream was for is known. */
function settleFetch(
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
function inUse(frame: Frame, { use }: Http2Stream, endsStream: boolean): Frame {
  const { phase, head, content } = use
  const parts = frame.parts.map((part) => ({ ...part, layer: head }))
  if (content !== 'payload') return { ...frame, phase, parts }
  // Its payload of no bytes is here.
  const empty = { layer: content, label: 'Data', lengthBytes: 0, clause: FRAME_CLAUSES.DATA }
  if (endsStream) parts.push(empty)
  return { ...frame, phase, parts, message: 'begins' }
}

const PROMISED_ID_BYTES = 4

/** The request to which the server sends an answer without being asked (RFC 9113 §8.4). */
export function* readPushPromise(frame: Http2Frame): Reading<void> {
  const { header, stream, connection } = frame
  const clause = FRAME_CLAUSES.PUSH_PROMISE
  if (stream.direction === 'up') {
    stream.rules.breach('a client sends PUSH_PROMISE (RFC 9113 §8.4)')
  }
  if (!connection.mayPush) {
    stream.rules.breach('PUSH_PROMISE comes, but the client has turned it off (RFC 9113 §8.4)')
  }
  connection.streams.require('down', header.streamId, stream.rules)
  const { contentBytes, paddingBytes } = yield* takePadLength(frame, 'control')
  if (contentBytes < PROMISED_ID_BYTES) {
    throw new MalformedBytes(`PUSH_PROMISE promises no stream (${clause})`)
  }
  const promisedId = viewOf(yield take(PROMISED_ID_BYTES)).getUint32(0) & 0x7fff_ffff
  connection.streams.promise(promisedId, stream.rules)
  stream.part('control', 'Promised Stream ID', PROMISED_ID_BYTES, {
    text: String(promisedId),
    clause,
  })
  const block = new HeaderBlock(frame, 'request', 'control')
  yield* block.takeFragment(contentBytes - PROMISED_ID_BYTES, header.flags)
  yield* skipPadding(stream, 'control', paddingBytes)
  stream.frame('steady', 'PUSH_PROMISE', clause)
  yield* block.readContinuations()
}
