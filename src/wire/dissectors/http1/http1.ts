import { DIRECTIONS, type Direction, type Phase } from '../../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skipRest } from '../parsing/byte-parser.ts'
import { FrameStream, type Resumption } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import {
  type BodyLayers,
  type BodyLength,
  type Completeness,
  decideBodyLength,
  readChunkedBody,
  skipBody,
} from './http1-body.ts'
import { isEventStream, readEventStream } from './http1-event-stream.ts'
import { readStartLine } from './http1-fields.ts'
import { HandedOver, type Handover, type OpenHandover } from './http1-handover.ts'
import {
  type RequestHead,
  type ResponseHead,
  readRequestHead,
  readResponseHead,
} from './http1-heads.ts'
import { KnownHead } from './http1-known-head.ts'
import { hasQueryValue, READING_IN_QUERY } from './http1-query.ts'
import {
  type GetPurpose,
  type HeldRequest,
  inLayer,
  MAX_HELD_BYTES,
  RequestQueue,
} from './http1-requests.ts'
import { headUnits } from './http1-units.ts'

/** A request whose final response is still to come. */
interface Outstanding {
  readonly method: string
  /** A GET without content, which its answer explains. */
  held: HeldRequest | null
}

/** What both directions of a connection must know of each other. */
interface Exchange {
  /** Oldest first. */
  readonly outstanding: Outstanding[]
  /** Some requests or responses were not read: which belong to each other is not known for all. */
  hasLost: boolean
  /** Set when the connection stopped being HTTP/1.1: by what. */
  leftBy: string | null
  /** What it is now, where somebody reads that. */
  handedOver: HandedOver | null
}

/** More than anybody pipelines; each is held until it is answered. */
const MAX_OUTSTANDING = 4096

const REQUEST: BodyLayers = { framing: 'framing', content: 'payload' }
/** Where the payload went up, the whole response is an acknowledgement, its body included. */
const RESPONSE: BodyLayers = { framing: 'acknowledgement', content: 'acknowledgement' }
/** Where a GET fetched a message, the payload comes down. */
const FETCHED: BodyLayers = { framing: 'framing', content: 'payload' }
/** Nothing was there to fetch. */
const NOTHING: BodyLayers = { framing: 'control', content: 'control' }

/**
 * HTTP/1.1 as RFC 9112 frames it. The byte stream of HTTP/1.1 has no set-up and
 * no goodbye: a message is `steady`, whichever way its content goes. A GET that
 * brings nothing is a device that waits: `idle`. One that opens an event stream
 * is `setup`, and what comes on the stream is a frame an event.
 */
export const dissectHttp1: DissectorFactory = http1Reader(null)

/** @param payloadField the field of a request's query that carries its payload; null where the content does */
export function http1Reader(
  payloadField: string | null,
  openHandover: OpenHandover = () => null,
): DissectorFactory {
  return (sink, start = 'fresh') => openHttp1(sink, start, payloadField, openHandover)
}

function openHttp1(
  sink: DissectorSink,
  start: 'fresh' | 'joined',
  payloadField: string | null,
  openHandover: OpenHandover,
): Dissector {
  const exchange: Exchange = {
    ...{ outstanding: [], hasLost: start === 'joined', leftBy: null, handedOver: null },
  }
  const requests = new RequestQueue(sink)
  const lose = (): void => {
    exchange.hasLost = true
    exchange.outstanding.length = 0
    requests.release()
  }
  const resumption = (direction: Direction): Resumption => ({
    units: headUnits(direction),
    ...{ start, onLost: lose },
    onFound: () => {
      if (direction === 'down') keepLast(exchange, requests)
    },
  })
  const streams = {
    up: new FrameStream(
      ...(['up', 'a request', sink] as const),
      (stream) => readRequests(stream, exchange, requests, payloadField),
      resumption('up'),
    ),
    down: new FrameStream(
      ...(['down', 'a response', sink] as const),
      (stream) => readResponses(stream, exchange, requests, { sink, openHandover }),
      resumption('down'),
    ),
  }
  return {
    feed: (direction, bytes) => streams[direction].feed(bytes),
    missing: (direction, lengthBytes) => {
      // What was held back may be no HTTP/1.1 any more.
      streams[direction].settle()
      const isHandedOver = exchange.handedOver?.missing(direction, lengthBytes) ?? false
      if (!isHandedOver) streams[direction].missing(lengthBytes)
    },
    end: () => {
      const unanswered = exchange.outstanding.length
      requests.end()
      for (const direction of DIRECTIONS) streams[direction].end()
      exchange.handedOver?.end()
      if (unanswered === 0) return
      const text = 'not answered'
      sink.outcome?.({ direction: 'up', unit: 'request', text, verdict: 'unanswered' }, unanswered)
    },
  }
}

function* readRequests(
  stream: FrameStream,
  exchange: Exchange,
  requests: RequestQueue,
  payloadField: string | null,
): Reading<void> {
  const { rules } = stream
  const known = new KnownHead<RequestHead>()
  while (true) {
    yield awaitByte()
    if (exchange.handedOver !== null) yield* exchange.handedOver.read(stream)
    refuseForeignBytes(exchange)
    let head = yield* known.again(stream, always)
    if (head === null) {
      const start = yield* readStartLine(stream)
      if (start.text === '') {
        rules.breach('an empty line stands before a request line (RFC 9112 §2.2)')
        stream.part('framing', 'empty line', start.lengthBytes, { clause: 'RFC 9112 §2.2' })
        requests.add(stream.close('steady', 'empty line', 'RFC 9112 §2.2'))
        continue
      }
      head = known.learn(stream, yield* readRequestHead(stream, start, payloadField))
    }
    const { method, length, carries, lines } = head
    // Before the body: a server may answer while it is still being sent.
    const request: Outstanding = { method, held: null }
    awaitAnswer(exchange, request, requests, rules)
    let completeness: Completeness = 'whole'
    if (length?.kind === 'sized') {
      const start = stream.position
      completeness = yield* skipBody(stream, length.lengthBytes)
      stream.part('payload', 'body', stream.position - start, { clause: 'RFC 9112 §6.2' })
    } else if (length?.kind === 'chunked') {
      completeness = yield* readChunkedBody(stream, REQUEST)
    } else if (length?.kind === 'unbounded') {
      throw new MalformedBytes(
        'the last transfer coding of a request is not chunked (RFC 9112 §6.3, item 4)',
      )
    }
    if (length === null && !carries && hasQueryValue(lines[0] ?? '')) {
      rules.note(READING_IN_QUERY)
    }
    const label = labelOf('request', completeness, rules)
    const frame = stream.close('steady', label, 'RFC 9112 §3')
    if (method === 'GET' && length === null && !carries) request.held = requests.hold(frame)
    else requests.add(frame)
    if (completeness === 'unfinished') return
  }
}

const always = (): boolean => true

/** Answers were not read. Few send a request before they have the last answer: the next one is to the last request. */
function keepLast({ outstanding }: Exchange, requests: RequestQueue): void {
  const last = outstanding.at(-1)
  if (last === undefined) return
  outstanding.splice(0, outstanding.length - 1)
  requests.release(last.held)
}

function awaitAnswer(
  exchange: Exchange,
  request: Outstanding,
  requests: RequestQueue,
  rules: Rules,
): void {
  if (exchange.outstanding.length >= MAX_OUTSTANDING || requests.heldBytes > MAX_HELD_BYTES) {
    rules.breach(`more than ${MAX_OUTSTANDING} requests wait for their answers`)
    exchange.outstanding.length = 0
    exchange.hasLost = true
    requests.release()
  }
  exchange.outstanding.push(request)
}

function* readResponses(
  stream: FrameStream,
  exchange: Exchange,
  requests: RequestQueue,
  { sink, openHandover }: { sink: DissectorSink; openHandover: OpenHandover },
): Reading<void> {
  const { rules } = stream
  const handOver = (to: Handover): void => {
    const dissect = openHandover(to)
    if (dissect !== null) exchange.handedOver = new HandedOver(dissect, to, sink)
  }
  const known = new KnownHead<ResponseHead>()
  while (true) {
    yield awaitByte()
    if (exchange.handedOver !== null) yield* exchange.handedOver.read(stream)
    refuseForeignBytes(exchange)
    const request = exchange.outstanding[0]
    if (request === undefined && rules.policy === 'strict') {
      throw new MalformedBytes('bytes arrived, but no request is outstanding (RFC 9112 §9.2)')
    }
    const head =
      (yield* known.again(stream, ({ status, layers }) => layers === layersFor(request, status))) ??
      known.learn(stream, yield* readResponseHead(stream, (status) => layersFor(request, status)))
    const { status, version, fields, layers } = head
    if (status === 101 && request !== undefined && request.held !== null) {
      requests.settle(request.held, 'other')
    }
    if (status < 200) {
      if (status === 101) exchange.leftBy = 'the response 101 (Switching Protocols)'
      stream.frame('steady', 'interim response', 'RFC 9110 §15.2')
      const protocol = status === 101 ? fields.upgrade.join().trim().toLowerCase() : ''
      if (protocol === 'h2c' || protocol === 'websocket') handOver(protocol)
      continue
    }
    if (request === undefined) noteUnasked(status, exchange, rules)
    exchange.outstanding.shift()
    tellStatus(sink, status)
    const length = decideBodyLength(fields, version, rules)
    const isStream = layers === FETCHED && length?.kind === 'chunked' && isEventStream(fields)
    const held = request?.held ?? null
    if (held !== null) requests.settle(held, isStream ? 'stream' : purposeOf(layers))
    if (isStream) {
      const opening = stream.close('setup', 'response', 'RFC 9112 §4')
      stream.tell(inLayer(opening, 'setup', 'control'))
      yield* readEventStream(stream)
      continue
    }
    if (request?.method === 'CONNECT' && status < 300) exchange.leftBy = 'the answer to CONNECT'
    // No body, whatever the fields say (RFC 9112 §6.3, item 1).
    const hasBody =
      exchange.leftBy === null && request?.method !== 'HEAD' && status !== 204 && status !== 304
    const completeness = hasBody ? yield* readBody(stream, length, layers) : 'whole'
    const label = labelOf('response', completeness, rules)
    stream.frame(phaseOf(request, layers), label, 'RFC 9112 §4')
    if (request?.method === 'CONNECT' && status < 300) handOver('tunnel')
    if (completeness === 'unfinished') return
  }
}

function* readBody(
  stream: FrameStream,
  length: BodyLength,
  layers: BodyLayers,
): Reading<Completeness> {
  if (length?.kind === 'chunked') return yield* readChunkedBody(stream, layers)
  const start = stream.position
  if (length?.kind === 'sized') {
    const completeness = yield* skipBody(stream, length.lengthBytes)
    noteBody(stream, layers, stream.position - start, 'RFC 9112 §6.2')
    return completeness
  }
  yield skipRest()
  noteBody(stream, layers, stream.position - start, 'RFC 9112 §6.3')
  return 'whole'
}

/** What was not over when the connection was is told by its name. */
function labelOf(unit: string, completeness: Completeness, rules: Rules): string {
  if (completeness === 'whole') return unit
  rules.breach('the connection, or its capture, ended in a body (RFC 9112 §8)')
  return `unfinished ${unit}`
}

/** RFC 9110 §15.5.9: who closes a connection that nothing is said on may say so. */
const REQUEST_TIMEOUT = 408

const layersFor = (request: Outstanding | undefined, status: number): BodyLayers =>
  request === undefined ? unaskedLayers(status) : layersOf(request, status)

/** What a response was to that nobody is known to have asked for is not known either. */
const unaskedLayers = (status: number): BodyLayers =>
  status === REQUEST_TIMEOUT ? NOTHING : RESPONSE

function noteUnasked(status: number, { hasLost }: Exchange, rules: Rules): void {
  if (status === REQUEST_TIMEOUT) {
    rules.breach('a response 408 that nobody asked for (RFC 9110 §15.5.9)')
  } else {
    rules.breach(
      hasLost
        ? 'a response, and what it answers was not read: whether it brings a message is not known'
        : 'a response to no request (RFC 9112 §9.2)',
    )
  }
}

function phaseOf(request: Outstanding | undefined, layers: BodyLayers): Phase {
  if (layers !== NOTHING) return 'steady'
  return request === undefined ? 'close' : 'idle'
}

function tellStatus(sink: DissectorSink, status: number): void {
  const verdict = status < 400 ? 'accepted' : 'refused'
  sink.outcome?.({ direction: 'down', unit: 'response', text: String(status), verdict })
}

/** Which way the content went, by what was asked and what was answered. */
function layersOf({ held }: Outstanding, status: number): BodyLayers {
  if (held === null || status < 200) return RESPONSE
  if (status === 204 || status === 304) return NOTHING
  return status < 300 ? FETCHED : RESPONSE
}

function purposeOf(layers: BodyLayers): GetPurpose {
  if (layers === FETCHED) return 'message'
  return layers === NOTHING ? 'nothing' : 'other'
}

/** An empty body is noted where it is a message: the part says so. */
function noteBody(
  stream: FrameStream,
  { content }: BodyLayers,
  lengthBytes: number,
  clause: string,
): void {
  if (lengthBytes > 0 || content === 'payload')
    stream.part(content, 'body', lengthBytes, { clause })
}

function refuseForeignBytes(exchange: Exchange): void {
  if (exchange.leftBy !== null) {
    throw new MalformedBytes(`after ${exchange.leftBy} the connection is no longer HTTP/1.1`)
  }
}
