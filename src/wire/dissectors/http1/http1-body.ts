import type { Layer } from '../../../model/vocabulary.ts'
import { MalformedBytes, type Reading, skip, take, takeLine } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import { decodeLatin1, type FramingFields, readFields } from './http1-fields.ts'

export type HttpVersion = '1.0' | '1.1'

/** How the end of a body is found (RFC 9112 §6.3); null where no field says. */
export type BodyLength =
  | { kind: 'sized'; lengthBytes: number }
  | { kind: 'chunked' }
  /** A transfer coding other than chunked comes last: the length cannot be known. */
  | { kind: 'unbounded' }
  | null

/** @throws MalformedBytes where the fields contradict each other or themselves */
export function decideBodyLength(fields: FramingFields, version: HttpVersion): BodyLength {
  const lengthBytes = parseContentLength(fields.contentLength)
  if (fields.transferEncoding.length === 0) {
    return lengthBytes === null ? null : { kind: 'sized', lengthBytes }
  }
  if (lengthBytes !== null) {
    throw new MalformedBytes(
      'both Transfer-Encoding and Content-Length are given (RFC 9112 §6.3, item 3)',
    )
  }
  if (version === '1.0') {
    throw new MalformedBytes('an HTTP/1.0 message has Transfer-Encoding (RFC 9112 §6.1)')
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

export interface BodyLayers {
  framing: Layer
  content: Layer
}

export const CHUNKED = 'RFC 9112 §7.1'
export const CHUNK_END_BYTES = 2
/** Chunk extensions included. */
const MAX_CHUNK_LINE_BYTES = 16 * 1024
/** So many chunks are told apart; a body of millions must not fill the memory with parts. */
const MAX_CHUNKS_NOTED = 1000

/** A chunked body with its trailers (RFC 9112 §7.1). */
export function* readChunkedBody(stream: FrameStream, layers: BodyLayers): Reading<void> {
  const further = { chunks: 0, framing: 0, content: 0 }
  for (let index = 0; ; index += 1) {
    const { lineBytes, sizeBytes } = yield* readChunkSize()
    if (sizeBytes === 0) {
      if (further.chunks > 0) {
        const text = `${further.chunks} further chunks`
        stream.part(layers.framing, 'chunk sizes', further.framing, { text, clause: CHUNKED })
        stream.part(layers.content, 'chunk data', further.content, { text, clause: CHUNKED })
      }
      // An empty body is a message too: the part says so.
      if (index === 0) stream.part(layers.content, 'chunk data', 0, { clause: CHUNKED })
      stream.part(layers.framing, 'last chunk', lineBytes, { text: '0', clause: CHUNKED })
      yield* readFields(stream, layers.framing, 0)
      return
    }
    yield* skip(sizeBytes)
    yield* readChunkEnd()
    if (index >= MAX_CHUNKS_NOTED) {
      further.chunks += 1
      further.framing += lineBytes + CHUNK_END_BYTES
      further.content += sizeBytes
      continue
    }
    const text = String(sizeBytes)
    stream.part(layers.framing, 'chunk size', lineBytes, { text, clause: CHUNKED })
    stream.part(layers.content, 'chunk data', sizeBytes, { clause: CHUNKED })
    stream.part(layers.framing, 'chunk end', CHUNK_END_BYTES, { clause: CHUNKED })
  }
}

export function* readChunkEnd(): Reading<void> {
  const end = yield* take(CHUNK_END_BYTES)
  if (end[0] === 0x0d && end[1] === 0x0a) return
  throw new MalformedBytes(`the data of a chunk is not followed by CRLF (${CHUNKED})`)
}

export function* readChunkSize(): Reading<{ lineBytes: number; sizeBytes: number }> {
  const line = yield* takeLine(
    MAX_CHUNK_LINE_BYTES,
    `a chunk size line is longer than ${MAX_CHUNK_LINE_BYTES} bytes`,
  )
  const digits = /^([0-9A-Fa-f]+)[ \t]*(?:;|$)/.exec(decodeLatin1(line))?.[1]
  const sizeBytes = digits === undefined ? Number.NaN : Number.parseInt(digits, 16)
  if (!Number.isSafeInteger(sizeBytes)) {
    throw new MalformedBytes(`a chunk size is not a hexadecimal number (${CHUNKED})`)
  }
  return { lineBytes: line.length + 2, sizeBytes }
}
