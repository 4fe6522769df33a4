import type { Layer } from '../../../model/vocabulary.ts'
import { MalformedBytes, type Reading, takeLine } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'

/** The longest head or trailer section that is read before it counts as garbage. */
export const MAX_SECTION_BYTES = 1024 * 1024

const TOO_LONG = `the header section is longer than ${MAX_SECTION_BYTES} bytes`

/** Values that are, or may carry, credentials: never stored. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
])

const CLAUSE_OF: Readonly<Record<string, string>> = {
  accept: 'RFC 9110 §12.5.1',
  'accept-encoding': 'RFC 9110 §12.5.3',
  'accept-language': 'RFC 9110 §12.5.4',
  authorization: 'RFC 9110 §11.6.2',
  connection: 'RFC 9110 §7.6.1',
  'content-encoding': 'RFC 9110 §8.4',
  'content-length': 'RFC 9110 §8.6',
  'content-type': 'RFC 9110 §8.3',
  date: 'RFC 9110 §6.6.1',
  expect: 'RFC 9110 §10.1.1',
  host: 'RFC 9110 §7.2',
  'keep-alive': 'RFC 2068 §19.7.1.1',
  'sec-websocket-accept': 'RFC 6455 §11.3.3',
  'sec-websocket-extensions': 'RFC 6455 §11.3.2',
  'sec-websocket-key': 'RFC 6455 §11.3.1',
  'sec-websocket-protocol': 'RFC 6455 §11.3.4',
  'sec-websocket-version': 'RFC 6455 §11.3.5',
  server: 'RFC 9110 §10.2.4',
  trailer: 'RFC 9110 §6.6.2',
  'transfer-encoding': 'RFC 9112 §6.1',
  upgrade: 'RFC 9110 §7.8',
  'user-agent': 'RFC 9110 §10.1.5',
}

/** What of a header section decides the length of the body, and what the body is, as it was written. */
export interface FramingFields {
  contentLength: string[]
  transferEncoding: string[]
  contentType: string[]
}

export const decodeLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

export function* readStartLine(): Reading<string> {
  return decodeLatin1(yield* takeLine(MAX_SECTION_BYTES, TOO_LONG))
}

/**
 * Field lines up to and with the blank line (RFC 9112 §5), each noted as a part.
 * @param spentBytes of the section's limit, by the start line
 */
export function* readFields(
  stream: FrameStream,
  layer: Layer,
  spentBytes: number,
): Reading<FramingFields> {
  const framing: FramingFields = { contentLength: [], transferEncoding: [], contentType: [] }
  let left = MAX_SECTION_BYTES - spentBytes
  while (true) {
    const line = yield* takeLine(left, TOO_LONG)
    const lengthBytes = line.length + 2
    left -= lengthBytes
    if (line.length === 0) {
      stream.part(layer, 'blank line', lengthBytes, { clause: 'RFC 9112 §2.1' })
      return framing
    }
    const { name, value } = parseField(line)
    const key = name.toLowerCase()
    const clause = CLAUSE_OF[key] ?? 'RFC 9112 §5'
    stream.part(
      layer,
      name,
      lengthBytes,
      SECRET_FIELDS.has(key) ? { clause, disclosure: 'withheld' } : { text: value, clause },
    )
    if (key === 'content-length') framing.contentLength.push(value)
    if (key === 'transfer-encoding') framing.transferEncoding.push(value)
    if (key === 'content-type') framing.contentType.push(value)
  }
}

function parseField(line: Uint8Array): { name: string; value: string } {
  const text = decodeLatin1(line)
  if (/^[ \t]/.test(text)) {
    throw new MalformedBytes('a header line begins with white space (RFC 9112 §5.2)')
  }
  const name = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?=:)/.exec(text)?.[0]
  if (name === undefined) {
    throw new MalformedBytes('a header line has no name followed by a colon (RFC 9112 §5)')
  }
  if (line.some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f)) {
    throw new MalformedBytes(`the value of ${name} has a control character (RFC 9110 §5.5)`)
  }
  return { name, value: trimBlanks(text, name.length + 1) }
}

/** Optional white space is SP and HTAB alone (RFC 9110 §5.6.3); `trim()` takes more. */
function trimBlanks(text: string, from: number): string {
  let start = from
  let end = text.length
  while (start < end && isBlank(text[start])) start += 1
  while (end > start && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t'
