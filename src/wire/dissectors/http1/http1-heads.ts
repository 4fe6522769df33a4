import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import { type BodyLength, decideBodyLength } from './http1-body.ts'
import { type FramingFields, type Line, readFields, readStartLine } from './http1-fields.ts'
import { noteRequestLine } from './http1-query.ts'
import type { MessageUse } from './message-use.ts'

export interface RequestHead {
  readonly lines: readonly string[]
  readonly method: string
  readonly length: BodyLength
  /** Whether the payload stands in the query. */
  readonly carries: boolean
}

export interface ResponseHead {
  readonly lines: readonly string[]
  readonly status: number
  readonly version: string
  readonly fields: FramingFields
  /** By what was asked: of another request the same head may be for something else. */
  readonly use: MessageUse
}

/** @param start the line that it begins with */
export function* readRequestHead(
  stream: FrameStream,
  { text, lengthBytes }: Line,
  payloadField: string | null,
): Reading<RequestHead> {
  const { method, version } = parseRequestLine(text, stream.rules)
  const carries = noteRequestLine(stream, text, lengthBytes, payloadField)
  const fields = yield* readFields(stream, 'framing', lengthBytes, text)
  const length = decideBodyLength(fields, version, stream.rules)
  return { method, length, carries, lines: fields.lines }
}

/** @param useFor what a response with a status is for */
export function* readResponseHead(
  stream: FrameStream,
  useFor: (status: number) => MessageUse,
): Reading<ResponseHead> {
  const { text, lengthBytes } = yield* readStartLine(stream)
  const { status, version } = parseStatusLine(text, stream.rules)
  const use = useFor(status)
  stream.part(use.head, 'status line', lengthBytes, { text, clause: 'RFC 9112 §4' })
  const fields = yield* readFields(stream, use.head, lengthBytes, text)
  return { status, version, fields, use, lines: fields.lines }
}

function parseRequestLine(line: string, rules: Rules): { method: string; version: string } {
  const strict = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) [\x21-\x7e]+ HTTP\/(1\.[01])$/.exec(line)
  if (strict !== null) return { method: strict[1] as string, version: strict[2] as string }
  const reason = 'the request line is not METHOD target HTTP/1.x (RFC 9112 §3)'
  // A recipient may take any white space for what parts it (RFC 9112 §3).
  const lenient = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+(?=\S).*[ \t]HTTP\/(1\.[0-9])[ \t]*$/.exec(
    line,
  )
  if (lenient === null) throw new MalformedBytes(reason)
  rules.breach(reason)
  return { method: lenient[1] as string, version: lenient[2] as string }
}

function parseStatusLine(line: string, rules: Rules): { status: number; version: string } {
  // The reason phrase may be absent, the space before it not.
  const strict = /^HTTP\/(1\.[01]) ([1-5][0-9]{2}) [\t\x20-\x7e\x80-\xff]*$/.exec(line)
  if (strict !== null) return { version: strict[1] as string, status: Number(strict[2]) }
  const reason = 'the status line is not HTTP/1.x status reason (RFC 9112 §4)'
  const lenient = /^HTTP\/(1\.[0-9])[ \t]+([1-9][0-9]{2})(?![0-9])/.exec(line)
  if (lenient === null) throw new MalformedBytes(reason)
  rules.breach(reason)
  return { version: lenient[1] as string, status: Number(lenient[2]) }
}
