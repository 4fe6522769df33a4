import type { Layer } from '../../../model/vocabulary.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { type EarlyEnd, MalformedBytes, type Reading, takeLine } from '../parsing/byte-parser.ts'
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
  'authentication-info',
  // A redirect may hand a token on in its query.
  'location',
  'content-location',
  'x-api-key',
  'x-auth-token',
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
  webSocketExtensions: string[]
  upgrade: string[]
  /** The head that it ends, its start line first; none of trailers. */
  lines: readonly string[]
}

export const decodeLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** A line without its end. */
export interface Line {
  text: string
  /** With its end, in bytes. */
  lengthBytes: number
  /** False where the connection ended in it. */
  isWhole: boolean
}

const CR = 0x0d
const LF = 0x0a

/** Of chunks there may be a million lines of a character or none. */
function startOf(line: Uint8Array, length: number): string {
  if (length === 0) return ''
  if (length === 1) return String.fromCharCode(line[0] as number)
  return decodeLatin1(line.subarray(0, length))
}

/** RFC 9112 §2.2: a recipient may take a single LF for the end of a line. */
export function* readLine(
  stream: FrameStream,
  maxBytes: number,
  tooLong: WirePhrase,
  end?: EarlyEnd,
): Reading<Line> {
  const whole = yield takeLine(maxBytes, tooLong, end)
  const isWhole = whole[whole.length - 1] === LF
  const hasCr = whole[whole.length - 2] === CR
  if (isWhole && !hasCr) stream.rules.breach('a line ends in LF without CR (RFC 9112 §2.2)')
  const endBytes = isWhole ? (hasCr ? 2 : 1) : 0
  const text = startOf(whole, whole.length - endBytes)
  return { text, lengthBytes: whole.length, isWhole }
}

export const readStartLine = (stream: FrameStream): Reading<Line> =>
  readLine(stream, MAX_SECTION_BYTES, TOO_LONG)

/**
 * Field lines up to and with the blank line (RFC 9112 §5), each noted as a part.
 * @param spentBytes of the section's limit, by the start line
 * @param startLine of the head that they belong to; none of trailers
 */
export function* readFields(
  stream: FrameStream,
  layer: Layer,
  spentBytes: number,
  startLine: string | null = null,
): Reading<FramingFields> {
  const lines = startLine === null ? null : [startLine]
  const framing: FramingFields = {
    ...{ contentLength: [], transferEncoding: [], contentType: [] },
    ...{ webSocketExtensions: [], upgrade: [], lines: lines ?? [] },
  }
  let left = MAX_SECTION_BYTES - spentBytes
  let last: Field | null = null
  while (true) {
    const line = yield* readLine(stream, left, TOO_LONG)
    left -= line.lengthBytes
    if (line.text === '') {
      stream.part(layer, 'blank line', line.lengthBytes, { clause: 'RFC 9112 §2.1' })
      if (lines !== null) stream.head(lines)
      return framing
    }
    lines?.push(line.text)
    const field: Field = parseField(stream, line.text, last)
    const key = field.name.toLowerCase()
    const clause = CLAUSE_OF[key] ?? 'RFC 9112 §5'
    stream.part(
      layer,
      field.name,
      line.lengthBytes,
      SECRET_FIELDS.has(key) ? { clause, disclosure: 'withheld' } : { text: field.value, clause },
    )
    const values = FRAMING_FIELDS[key] && framing[FRAMING_FIELDS[key]]
    if (field.isFolded) values?.push(`${values.pop() ?? ''} ${field.value}`.trim())
    else values?.push(field.value)
    last = field
  }
}

const FRAMING_FIELDS: Readonly<Record<string, Exclude<keyof FramingFields, 'lines'> | undefined>> =
  {
    __proto__: null as never,
    'content-length': 'contentLength',
    'transfer-encoding': 'transferEncoding',
    'content-type': 'contentType',
    'sec-websocket-extensions': 'webSocketExtensions',
    upgrade: 'upgrade',
  }

interface Field {
  name: string
  value: string
  /** The line goes on with the value of the one before. */
  isFolded: boolean
}

function parseField({ rules }: FrameStream, text: string, last: Field | null): Field {
  if (/^[ \t]/.test(text)) {
    rules.breach('a header line begins with white space (RFC 9112 §5.2)')
    return {
      name: last?.name ?? 'white space',
      value: trimBlanks(text, 0),
      isFolded: last !== null,
    }
  }
  const [, name, blanks = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)([ \t]*):/.exec(text) ?? []
  if (name === undefined) {
    throw new MalformedBytes('a header line has no name followed by a colon (RFC 9112 §5)')
  }
  if (blanks !== '') rules.breach('white space stands before a colon (RFC 9112 §5.1)')
  if (CONTROLS.test(text)) {
    rules.breach(
      `the value of ${name} has a control character (RFC 9110 §5.5)`,
      'a value has a control character (RFC 9110 §5.5)',
    )
  }
  const value = trimBlanks(text, name.length + blanks.length + 1)
  return { name, value, isFolded: false }
}

/** All but HTAB. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/

/** Optional white space is SP and HTAB alone (RFC 9110 §5.6.3); `trim()` takes more. */
function trimBlanks(text: string, from: number): string {
  let start = from
  let end = text.length
  while (start < end && isBlank(text[start])) start += 1
  while (end > start && isBlank(text[end - 1])) end -= 1
  return text.slice(start, end)
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t'
