import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory } from '../../../model/wire/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skipRest } from '../parsing/byte-parser.ts'
import { FrameStream, type Resumption } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import {
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
import { type HeldRequest, inLayer, MAX_HELD_BYTES, RequestQueue } from './http1-requests.ts'
import { headUnits } from './http1-units.ts'
import { ACKNOWLEDGES, CARRIES, FETCH_USES, type MessageUse, purposeOf } from './message-use.ts'

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
  readonly requests: RequestQueue
  /** Some requests or responses were not read: which belong to each other is not known for all. */
  hasLost: boolean
  /** Set when the connection stopped being HTTP/1.1: by what. */
  leftBy: string | null
  /** What it is now, where somebody reads that. */
  handedOver: HandedOver | null
}

/** More than anybody pipelines; each is held until it is answered. */
const MAX_OUTSTANDING = 4096

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
  return (sink, start = 'fresh') => {
    const exchange: Exchange = {
      ...{ outstanding: [], requests: new RequestQueue(sink) },
      ...{ hasLost: start === 'joined', leftBy: null, handedOver: null },
    }
    const handOver = (to: Handover): void => {
      const dissect = openHandover(to)
      if (dissect !== null) exchange.handedOver = new HandedOver(dissect, to, sink)
    }
    const resumption = (direction: Direction): Resumption => ({
      units: headUnits(direction),
      ...{ start, onLost: () => loseTrack(exchange) },
      onFound: () => {
        if (direction === 'down') keepLast(exchange)
      },
    })
    const streams = {
      up: new FrameStream(
        ...(['up', 'a request', sink] as const),
        (stream) => readRequests(stream, exchange, payloadField),
        resumption('up'),
      ),
      down: new FrameStream(
        ...(['down', 'a response', sink] as const),
        (stream) => readResponses(stream, exchange, handOver),
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
        exchange.requests.end()
        for (const direction of DIRECTIONS) streams[direction].end()
        exchange.handedOver?.end()
        exchange.requests.tellUnanswered(unanswered)
      },
    }
  }
}

function* readRequests(
  stream: FrameStream,
  exchange: Exchange,
  payloadField: string | null,
): Reading<void> {
  const { rules } = stream
  const { requests } = exchange
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
    awaitAnswer(exchange, request, rules)
    if (length?.kind === 'unbounded') {
      throw new MalformedBytes(
        'the last transfer coding of a request is not chunked (RFC 9112 §6.3, item 4)',
      )
    }
    const completeness = length === null ? 'whole' : yield* readBody(stream, length, CARRIES)
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
function keepLast({ outstanding, requests }: Exchange): void {
  const last = outstanding.at(-1)
  if (last === undefined) return
  outstanding.splice(0, outstanding.length - 1)
  requests.release(last.held)
}

/** Which answer belongs to which request is not known any more. */
function loseTrack(exchange: Exchange): void {
  exchange.hasLost = true
  exchange.outstanding.length = 0
  exchange.requests.release()
}

function awaitAnswer(exchange: Exchange, request: Outstanding, rules: Rules): void {
  const { outstanding, requests } = exchange
  if (outstanding.length >= MAX_OUTSTANDING || requests.heldBytes > MAX_HELD_BYTES) {
    rules.breach(`more than ${MAX_OUTSTANDING} requests wait for their answers`)
    loseTrack(exchange)
  }
  outstanding.push(request)
}

function* readResponses(
  stream: FrameStream,
  exchange: Exchange,
  handOver: (to: Handover) => void,
): Reading<void> {
  const { rules } = stream
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
      (yield* known.again(stream, ({ status, use }) => use === useOf(request, status))) ??
      known.learn(stream, yield* readResponseHead(stream, (status) => useOf(request, status)))
    const { status, version, fields, use } = head
    const held = request?.held ?? null
    if (status === 101 && held !== null) exchange.requests.settle(held, 'other')
    if (status < 200) {
      if (status === 101) exchange.leftBy = 'the response 101 (Switching Protocols)'
      stream.frame('steady', 'interim response', 'RFC 9110 §15.2')
      const protocol = status === 101 ? fields.upgrade.join().trim().toLowerCase() : ''
      if (protocol === 'h2c' || protocol === 'websocket') handOver(protocol)
      continue
    }
    if (request === undefined) noteUnasked(status, exchange, rules)
    exchange.outstanding.shift()
    stream.outcome('response', String(status), status < 400 ? 'accepted' : 'refused')
    const length = decideBodyLength(fields, version, rules)
    const isStream = use === CARRIES && length?.kind === 'chunked' && isEventStream(fields)
    if (held !== null) exchange.requests.settle(held, isStream ? 'stream' : purposeOf(status))
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
    const completeness = hasBody ? yield* readBody(stream, length, use) : 'whole'
    const label = labelOf('response', completeness, rules)
    stream.frame(use.phase, label, 'RFC 9112 §4')
    if (request?.method === 'CONNECT' && status < 300) handOver('tunnel')
    if (completeness === 'unfinished') return
  }
}

function* readBody(
  stream: FrameStream,
  length: BodyLength,
  use: MessageUse,
): Reading<Completeness> {
  if (length?.kind === 'chunked') return yield* readChunkedBody(stream, use)
  const start = stream.position
  const isSized = length?.kind === 'sized'
  const completeness = isSized ? yield* skipBody(stream, length.lengthBytes) : 'whole'
  if (!isSized) yield skipRest()
  const lengthBytes = stream.position - start
  const clause = isSized ? 'RFC 9112 §6.2' : 'RFC 9112 §6.3'
  // An empty body is noted where it is a message: the part says so.
  if (lengthBytes > 0 || use.content === 'payload') {
    stream.part(use.content, 'body', lengthBytes, { clause })
  }
  return completeness
}

/** What was not over when the connection was is told by its name. */
function labelOf(unit: string, completeness: Completeness, rules: Rules): string {
  if (completeness === 'whole') return unit
  rules.breach('the connection, or its capture, ended in a body (RFC 9112 §8)')
  return `unfinished ${unit}`
}

/** RFC 9110 §15.5.9: who closes a connection that nothing is said on may say so. */
const REQUEST_TIMEOUT = 408

const TIMED_OUT: MessageUse = { phase: 'close', head: 'control', content: 'control' }

/**
 * What a response is for, by what was asked and what was answered. Where nobody is
 * known to have asked, that is not known either.
 */
function useOf(request: Outstanding | undefined, status: number): MessageUse {
  if (request === undefined && status === REQUEST_TIMEOUT) return TIMED_OUT
  return request?.held ? FETCH_USES[purposeOf(status)] : ACKNOWLEDGES
}

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

function refuseForeignBytes(exchange: Exchange): void {
  if (exchange.leftBy !== null) {
    throw new MalformedBytes(`after ${exchange.leftBy} the connection is no longer HTTP/1.1`)
  }
}
