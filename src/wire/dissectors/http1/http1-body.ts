import {
  type EarlyEnd,
  MalformedBytes,
  type Reading,
  skip,
  skipUpTo,
} from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import { type FramingFields, readFields, readLine } from './http1-fields.ts'
import type { MessageUse } from './message-use.ts'

/** How the end of a body is found (RFC 9112 §6.3); null where no field says. */
export type BodyLength =
  | { kind: 'sized'; lengthBytes: number }
  | { kind: 'chunked' }
  /** A transfer coding other than chunked comes last: the length cannot be known. */
  | { kind: 'unbounded' }
  | null

/** @throws MalformedBytes where the fields contradict each other or themselves */
export function decideBodyLength(fields: FramingFields, version: string, rules: Rules): BodyLength {
  if (fields.transferEncoding.length === 0) {
    const lengthBytes = parseContentLength(fields.contentLength)
    return lengthBytes === null ? null : { kind: 'sized', lengthBytes }
  }
  if (fields.contentLength.length > 0) {
    rules.breach('both Transfer-Encoding and Content-Length are given (RFC 9112 §6.3, item 3)')
  }
  if (version === '1.0') {
    rules.breach('an HTTP/1.0 message has Transfer-Encoding (RFC 9112 §6.1)')
  }
  const codings = splitList(fields.transferEncoding).map((coding) => coding.toLowerCase())
  const chunkedAt = codings.indexOf('chunked')
  if (chunkedAt === -1) return { kind: 'unbounded' }
  if (chunkedAt !== codings.length - 1) {
    throw new MalformedBytes('chunked is not the last transfer coding (RFC 9112 §6.1)')
  }
  return { kind: 'chunked' }
}

/** One value, however often it is repeated (RFC 9112 §6.3, item 5). */
function parseContentLength(values: readonly string[]): number | null {
  if (values.length === 0) return null
  const lengths = new Set<number>()
  for (const value of splitList(values)) {
    const lengthBytes = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isSafeInteger(lengthBytes)) {
      throw new MalformedBytes('Content-Length is not a number of bytes (RFC 9110 §8.6)')
    }
    lengths.add(lengthBytes)
  }
  const [lengthBytes] = lengths
  if (lengthBytes === undefined || lengths.size > 1) {
    throw new MalformedBytes('Content-Length is given with different values (RFC 9112 §6.3)')
  }
  return lengthBytes
}

const splitList = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(',')).map((item) => item.trim())

export const CHUNKED = 'RFC 9112 §7.1'
const CHUNK_END_BYTES = 2
/** Chunk extensions included. */
const MAX_CHUNK_LINE_BYTES = 16 * 1024
/** So many chunks are told apart; a body of millions must not fill the memory with parts. */
const MAX_CHUNKS_NOTED = 1000

/** Whether a message came to its end, or the connection came to its own before. */
export type Completeness = 'whole' | 'unfinished'

/** Where the reader is lenient, what the connection ends in may be unfinished. */
const earlyEnd = ({ rules }: FrameStream): EarlyEnd =>
  rules.policy === 'lenient' ? 'allowed' : undefined

/** A body of a known length, or what there is of it; it is noted by whoever knows what it is for. */
export function* skipBody(stream: FrameStream, lengthBytes: number): Reading<Completeness> {
  const start = stream.position
  yield earlyEnd(stream) === 'allowed' ? skipUpTo(lengthBytes) : skip(lengthBytes)
  return stream.position - start < lengthBytes ? 'unfinished' : 'whole'
}

/** A chunked body with its trailers (RFC 9112 §7.1). */
export function* readChunkedBody(stream: FrameStream, use: MessageUse): Reading<Completeness> {
  const further = { chunks: 0, framing: 0, content: 0 }
  const noteFurther = (): void => {
    if (further.chunks === 0) return
    const text = `${further.chunks} further chunks`
    stream.part(use.head, 'chunk sizes', further.framing, { text, clause: CHUNKED })
    stream.part(use.content, 'chunk data', further.content, { text, clause: CHUNKED })
  }
  for (let index = 0; ; index += 1) {
    const { lineBytes, sizeBytes } = yield* readChunkSize(stream)
    if (sizeBytes === null) {
      noteFurther()
      if (lineBytes > 0) stream.part(use.head, 'unfinished chunk size', lineBytes)
      return 'unfinished'
    }
    if (sizeBytes === 0) {
      noteFurther()
      // An empty body is a message too: the part says so.
      if (index === 0) stream.part(use.content, 'chunk data', 0, { clause: CHUNKED })
      stream.part(use.head, 'last chunk', lineBytes, { text: '0', clause: CHUNKED })
      yield* readFields(stream, use.head, 0)
      return 'whole'
    }
    const start = stream.position
    if ((yield* skipBody(stream, sizeBytes)) === 'unfinished') {
      noteFurther()
      const text = String(sizeBytes)
      stream.part(use.head, 'chunk size', lineBytes, { text, clause: CHUNKED })
      const lengthBytes = stream.position - start
      stream.part(use.content, 'unfinished chunk data', lengthBytes, { clause: CHUNKED })
      return 'unfinished'
    }
    const endBytes = yield* readChunkEnd(stream)
    if (index >= MAX_CHUNKS_NOTED) {
      further.chunks += 1
      further.framing += lineBytes + endBytes
      further.content += sizeBytes
      continue
    }
    const text = String(sizeBytes)
    stream.part(use.head, 'chunk size', lineBytes, { text, clause: CHUNKED })
    stream.part(use.content, 'chunk data', sizeBytes, { clause: CHUNKED })
    stream.part(use.head, 'chunk end', endBytes, { clause: CHUNKED })
  }
}

/** @returns its length: that of CRLF, or of LF alone */
export function* readChunkEnd(stream: FrameStream): Reading<number> {
  const tooLong = `the data of a chunk is not followed by CRLF (${CHUNKED})`
  const { text, lengthBytes } = yield* readLine(stream, CHUNK_END_BYTES, tooLong)
  if (text !== '') throw new MalformedBytes(tooLong)
  return lengthBytes
}

/** @returns no size where the connection ended before it was whole */
export function* readChunkSize(
  stream: FrameStream,
): Reading<{ lineBytes: number; sizeBytes: number | null }> {
  const tooLong = `a chunk size line is longer than ${MAX_CHUNK_LINE_BYTES} bytes`
  const line = yield* readLine(stream, MAX_CHUNK_LINE_BYTES, tooLong, earlyEnd(stream))
  if (!line.isWhole) return { lineBytes: line.lengthBytes, sizeBytes: null }
  const digits = /^([0-9A-Fa-f]+)[ \t]*(?:;|$)/.exec(line.text)?.[1]
  const sizeBytes = digits === undefined ? Number.NaN : Number.parseInt(digits, 16)
  if (!Number.isSafeInteger(sizeBytes)) {
    throw new MalformedBytes(`a chunk size is not a hexadecimal number (${CHUNKED})`)
  }
  return { lineBytes: line.lengthBytes, sizeBytes }
}
