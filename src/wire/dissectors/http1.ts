import type { DissectorFactory } from '../../model/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skip, skipRest } from './byte-parser.ts'
import { FrameStream } from './frame-stream.ts'
import {
  type BodyLayers,
  decideBodyLength,
  type HttpVersion,
  readChunkedBody,
} from './http1-body.ts'
import { readFields, readStartLine } from './http1-fields.ts'

/** What both directions of a connection must know of each other. */
interface Exchange {
  /** Methods of the requests whose final response is still to come, oldest first. */
  outstanding: string[]
  /** Set when the connection stopped being HTTP/1.1: by what. */
  leftBy: string | null
}

const REQUEST: BodyLayers = { framing: 'framing', content: 'payload' }
/** On an uplink the whole response is an acknowledgement, its body included. */
const RESPONSE: BodyLayers = { framing: 'acknowledgement', content: 'acknowledgement' }

/**
 * HTTP/1.1 as RFC 9112 frames it. Every byte is `steady`: the byte stream of
 * HTTP/1.1 has no set-up and no goodbye.
 */
export const dissectHttp1: DissectorFactory = (sink) => {
  const exchange: Exchange = { outstanding: [], leftBy: null }
  const up = new FrameStream('up', 'a request', sink, (stream) => readRequests(stream, exchange))
  const down = new FrameStream('down', 'a response', sink, (stream) =>
    readResponses(stream, exchange),
  )
  return {
    feed: (direction, bytes) => (direction === 'up' ? up : down).feed(bytes),
    end: () => {
      up.end()
      down.end()
    },
  }
}

function* readRequests(stream: FrameStream, exchange: Exchange): Reading<void> {
  while (true) {
    yield* awaitByte()
    refuseForeignBytes(exchange)
    const line = yield* readStartLine()
    const { method, version } = parseRequestLine(line)
    const lineBytes = line.length + 2
    stream.part('framing', 'request line', lineBytes, { text: line, clause: 'RFC 9112 §3' })
    const length = decideBodyLength(yield* readFields(stream, 'framing', lineBytes), version)
    // Before the body: a server may answer while it is still being sent.
    exchange.outstanding.push(method)
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
    stream.frame('steady', 'request', 'RFC 9112 §3')
  }
}

function* readResponses(stream: FrameStream, exchange: Exchange): Reading<void> {
  while (true) {
    yield* awaitByte()
    refuseForeignBytes(exchange)
    const method = exchange.outstanding[0]
    if (method === undefined) {
      throw new MalformedBytes('bytes arrived, but no request is outstanding (RFC 9112 §9.2)')
    }
    const line = yield* readStartLine()
    const { status, version } = parseStatusLine(line)
    const lineBytes = line.length + 2
    stream.part('acknowledgement', 'status line', lineBytes, { text: line, clause: 'RFC 9112 §4' })
    const fields = yield* readFields(stream, 'acknowledgement', lineBytes)
    if (status < 200) {
      if (status === 101) exchange.leftBy = 'the response 101 (Switching Protocols)'
      stream.frame('steady', 'interim response', 'RFC 9110 §15.2')
      continue
    }
    exchange.outstanding.shift()
    const length = decideBodyLength(fields, version)
    if (method === 'CONNECT' && status < 300) {
      exchange.leftBy = 'the answer to CONNECT'
    } else if (method === 'HEAD' || status === 204 || status === 304) {
      // No body, whatever the fields say (RFC 9112 §6.3, item 1).
    } else if (length?.kind === 'chunked') {
      yield* readChunkedBody(stream, RESPONSE)
    } else if (length?.kind === 'sized') {
      yield* skip(length.lengthBytes)
      noteBody(stream, length.lengthBytes, 'RFC 9112 §6.2')
    } else {
      const start = stream.position
      yield* skipRest()
      noteBody(stream, stream.position - start, 'RFC 9112 §6.3')
    }
    stream.frame('steady', 'response', 'RFC 9112 §4')
  }
}

function noteBody(stream: FrameStream, lengthBytes: number, clause: string): void {
  if (lengthBytes > 0) stream.part('acknowledgement', 'body', lengthBytes, { clause })
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
