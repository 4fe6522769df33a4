import { readFields, readStartLine } from '../http1/http1-fields.ts'
import { noteRequestLine } from '../http1/http1-query.ts'
import { awaitByte, MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'

/** How far a connection has come from HTTP to WebSocket; both directions look at it. */
export interface Handshake {
  state: 'silent' | 'requested' | 'accepted'
  /** What the answer agreed to: permessage-deflate, with what limits; null where not. */
  deflate: string | null
  /** Something of it was not seen. */
  isPartial: boolean
}

/** RFC 6455 §4.1: a GET that asks to be upgraded. */
export function* readUpgradeRequest(stream: FrameStream, handshake: Handshake): Reading<void> {
  stream.unit = 'the upgrade request'
  const { text: line, lengthBytes } = yield* readStartLine(stream)
  if (!/^GET [\x21-\x7e]+ HTTP\/1\.1$/.test(line)) {
    throw new MalformedBytes('the request line is not GET target HTTP/1.1 (RFC 6455 §4.1)')
  }
  noteRequestLine(stream, line, lengthBytes, null, 'control')
  yield* readFields(stream, 'control', lengthBytes)
  stream.frame('setup', 'upgrade request', 'RFC 6455 §4.1')
  if (handshake.state === 'silent') handshake.state = 'requested'
}

/** RFC 6455 §4.2.2: 101 accepts; with any other status there is no WebSocket. */
export function* readUpgradeResponse(stream: FrameStream, handshake: Handshake): Reading<void> {
  stream.unit = 'the upgrade response'
  yield awaitByte()
  if (handshake.state !== 'requested' && !handshake.isPartial) {
    stream.rules.breach('bytes arrived, but no upgrade was requested (RFC 6455 §4.1)')
  }
  const { text: line, lengthBytes } = yield* readStartLine(stream)
  if (!/^HTTP\/1\.1 101 [\t\x20-\x7e\x80-\xff]*$/.test(line)) {
    const [, status] = /^HTTP\/1\.[01] (\d{3})\b/.exec(line) ?? []
    const is = status === undefined ? 'is' : `is ${status}, and`
    throw new MalformedBytes(
      `the answer to the upgrade request ${is} not 101 Switching Protocols (RFC 6455 §4.2.2)`,
    )
  }
  stream.part('control', 'status line', lengthBytes, { text: line, clause: 'RFC 9112 §4' })
  const { webSocketExtensions } = yield* readFields(stream, 'control', lengthBytes)
  handshake.deflate =
    webSocketExtensions
      .join(',')
      .split(',')
      .find((extension) => /^\s*permessage-deflate\s*(;|$)/.test(extension)) ?? null
  stream.frame('setup', 'upgrade response', 'RFC 6455 §4.2.2')
  handshake.state = 'accepted'
}
