import type { DissectorFactory } from '../../../model/wire/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skip, skipRest } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import {
  type BodyLayers,
  decideBodyLength,
  type HttpVersion,
  readChunkedBody,
} from './http1-body.ts'
import { isEventStream, readEventStream } from './http1-event-stream.ts'
import { readFields, readStartLine } from './http1-fields.ts'
import { type GetPurpose, type HeldRequest, inLayer, RequestQueue } from './http1-requests.ts'

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
  /** Set when the connection stopped being HTTP/1.1: by what. */
  leftBy: string | null
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
export const dissectHttp1: DissectorFactory = (sink) => {
  const exchange: Exchange = { outstanding: [], leftBy: null }
  const requests = new RequestQueue(sink)
  const up = new FrameStream('up', 'a request', sink, (stream) =>
    readRequests(stream, exchange, requests),
  )
  const down = new FrameStream('down', 'a response', sink, (stream) =>
    readResponses(stream, exchange, requests),
  )
  return {
    feed: (direction, bytes) => (direction === 'up' ? up : down).feed(bytes),
    end: () => {
      requests.end()
      up.end()
      down.end()
    },
  }
}

function* readRequests(
  stream: FrameStream,
  exchange: Exchange,
  requests: RequestQueue,
): Reading<void> {
  while (true) {
    yield* awaitByte()
    refuseForeignBytes(exchange)
    const line = yield* readStartLine()
    const { method, version } = parseRequestLine(line)
    const lineBytes = line.length + 2
    stream.part('framing', 'request line', lineBytes, { text: line, clause: 'RFC 9112 §3' })
    const length = decideBodyLength(yield* readFields(stream, 'framing', lineBytes), version)
    // Before the body: a server may answer while it is still being sent.
    const request: Outstanding = { method, held: null }
    if (exchange.outstanding.length >= MAX_OUTSTANDING) {
      throw new MalformedBytes(`more than ${MAX_OUTSTANDING} requests wait for their answers`)
    }
    exchange.outstanding.push(request)
    if (length?.kind === 'sized') {
      yield* skip(length.lengthBytes)
      stream.part('payload', 'body', length.lengthBytes, { clause: 'RFC 9112 §6.2' })
    } else if (length?.kind === 'chunked') {
      yield* readChunkedBody(stream, REQUEST)
    } else if (length?.kind === 'unbounded') {
      throw new MalformedBytes(
        'the last transfer coding of a request is not chunked (RFC 9112 §6.3, item 4)',
      )
    }
    const frame = stream.close('steady', 'request', 'RFC 9112 §3')
    if (method === 'GET' && length === null) request.held = requests.hold(frame)
    else requests.add(frame)
  }
}

function* readResponses(
  stream: FrameStream,
  exchange: Exchange,
  requests: RequestQueue,
): Reading<void> {
  while (true) {
    yield* awaitByte()
    refuseForeignBytes(exchange)
    const request = exchange.outstanding[0]
    if (request === undefined) {
      throw new MalformedBytes('bytes arrived, but no request is outstanding (RFC 9112 §9.2)')
    }
    const line = yield* readStartLine()
    const { status, version } = parseStatusLine(line)
    const layers = layersOf(request, status)
    const lineBytes = line.length + 2
    stream.part(layers.framing, 'status line', lineBytes, { text: line, clause: 'RFC 9112 §4' })
    const fields = yield* readFields(stream, layers.framing, lineBytes)
    if (status === 101 && request.held !== null) requests.settle(request.held, 'other')
    if (status < 200) {
      if (status === 101) exchange.leftBy = 'the response 101 (Switching Protocols)'
      stream.frame('steady', 'interim response', 'RFC 9110 §15.2')
      continue
    }
    exchange.outstanding.shift()
    const length = decideBodyLength(fields, version)
    const isStream = layers === FETCHED && length?.kind === 'chunked' && isEventStream(fields)
    if (request.held !== null)
      requests.settle(request.held, isStream ? 'stream' : purposeOf(layers))
    if (isStream) {
      const head = stream.close('setup', 'response', 'RFC 9112 §4')
      stream.tell(inLayer(head, 'setup', 'control'))
      yield* readEventStream(stream)
      continue
    }
    if (request.method === 'CONNECT' && status < 300) {
      exchange.leftBy = 'the answer to CONNECT'
    } else if (request.method === 'HEAD' || status === 204 || status === 304) {
      // No body, whatever the fields say (RFC 9112 §6.3, item 1).
    } else if (length?.kind === 'chunked') {
      yield* readChunkedBody(stream, layers)
    } else if (length?.kind === 'sized') {
      yield* skip(length.lengthBytes)
      noteBody(stream, layers, length.lengthBytes, 'RFC 9112 §6.2')
    } else {
      const start = stream.position
      yield* skipRest()
      noteBody(stream, layers, stream.position - start, 'RFC 9112 §6.3')
    }
    stream.frame(layers === NOTHING ? 'idle' : 'steady', 'response', 'RFC 9112 §4')
  }
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

function parseRequestLine(line: string): { method: string; version: HttpVersion } {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) [\x21-\x7e]+ HTTP\/(1\.[01])$/.exec(line)
  if (match === null) {
    throw new MalformedBytes('the request line is not METHOD target HTTP/1.x (RFC 9112 §3)')
  }
  return { method: match[1] as string, version: match[2] as HttpVersion }
}

function parseStatusLine(line: string): { status: number; version: HttpVersion } {
  // The reason phrase may be absent, the space before it not.
  const match = /^HTTP\/(1\.[01]) ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*$/.exec(line)
  if (match === null) {
    throw new MalformedBytes('the status line is not HTTP/1.x status reason (RFC 9112 §4)')
  }
  return { version: match[1] as HttpVersion, status: Number(match[2]) }
}
