import { InstrumentError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario/scenario.ts'

/** As Node's server limits a head. */
export const MAX_HEAD_BYTES = 16 * 1024

/** What a head is held against. */
interface Expected {
  readonly kind: 'request' | 'response'
  /** Method of the request, or status of the response, as the scenario has it. */
  readonly start: string
  /** Path and query, where they are not `{path}`. */
  readonly target: string
  /** Of the content, where the head says it in digits. */
  readonly lengthBytes: number
  /** Whether the message has content. */
  readonly content: 'some' | 'none'
}

/**
 * Checks a head that was captured: what is replayed is exactly this, so it must
 * be one head, of a message that this scenario has.
 * @param name how messages call the file and its key
 * @returns it as text, a character a byte
 * @throws InstrumentError `scenario-invalid`
 */
export function readHead(bytes: Uint8Array, name: string, expected: Expected): string {
  const refuse = (why: string): never => {
    throw new InstrumentError('scenario-invalid', `${name}: ${why}`)
  }
  if (bytes.includes(0)) refuse('has a NUL, which no head has (RFC 9110 §5.5)')
  const text = Buffer.from(bytes).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n')
  const broken = lines.findIndex((line) => /[\r\n]/.test(line))
  if (broken >= 0) refuse(`line ${broken + 1} has a CR or LF alone; each line ends in CRLF`)
  if (end < 0) refuse('has no blank line at its end; a head ends in CRLF CRLF')
  if (text.length > end + 4)
    refuse('has something behind its blank line; the content is the payload')
  const [startLine = '', ...fields] = lines
  checkStart(startLine, expected, refuse)
  const count = new Map<string, string[]>()
  for (const [index, line] of fields.entries()) {
    const [, field, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (field === undefined || value === undefined) {
      return refuse(`line ${index + 2} is no field, such as Host: example.com`)
    }
    const key = field.toLowerCase()
    count.set(key, [...(count.get(key) ?? []), value])
  }
  checkFraming(count, expected, refuse)
  return text
}

type Refuse = (why: string) => never

function checkStart(line: string, { kind, start, target }: Expected, refuse: Refuse): void {
  if (kind === 'response') {
    const [, status] = /^HTTP\/1\.1 (\d{3}) .*$/.exec(line) ?? []
    if (status === undefined) refuse('line 1 is no status line, such as HTTP/1.1 204 No Content')
    if (status !== start)
      refuse(`is of status ${status}, and http.response.status is ${start}; write the same`)
    return
  }
  const [, method, asked] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(line) ?? []
  if (method === undefined) refuse('line 1 is no request line, such as POST {path} HTTP/1.1')
  if (method !== start)
    refuse(`is of ${method}, and http.request.method is ${start}; write the same`)
  if (asked !== '{path}' && asked !== target) {
    refuse(`asks for another path than the scenario; write {path} in its place, or path: as it is`)
  }
}

function checkFraming(
  fields: ReadonlyMap<string, readonly string[]>,
  { kind, lengthBytes, content }: Expected,
  refuse: Refuse,
): void {
  if (kind === 'request' && fields.get('host')?.length !== 1) {
    // RFC 9112 §3.2
    refuse(`has ${fields.has('host') ? 'two of Host' : 'no Host'}; a request has one`)
  }
  if (fields.has('transfer-encoding'))
    refuse('has a Transfer-Encoding; what is replayed has a Content-Length')
  const lengths = fields.get('content-length') ?? []
  if (lengths.length > 1) refuse('has two of Content-Length; a message has one (RFC 9112 §6.3)')
  const [length] = lengths
  if (length === undefined) {
    if (content === 'some') refuse('has no Content-Length; write Content-Length: {length}')
    return
  }
  if (length === '{length}' || length === String(lengthBytes)) return
  refuse(
    /^\d+$/.test(length)
      ? `says ${length} bytes, and its content has ${lengthBytes}; write {length} in their place`
      : 'has a Content-Length that is no number; write {length}',
  )
}

/** What the head of a scenario's requests is held against. */
export const expectedRequest = (
  { http }: Scenario,
  target: string,
  lengthBytes: number | null,
): Expected => ({
  ...{ kind: 'request', start: http.request.method, target, lengthBytes: lengthBytes ?? 0 },
  content: lengthBytes === null ? 'none' : 'some',
})

/** The same of its answers. */
export function expectedResponse({ http }: Scenario): Expected {
  const { status, body } = http.response
  const hasContent = status !== 204 && status !== 304
  return {
    ...{ kind: 'response', start: String(status), target: '' },
    lengthBytes: Buffer.byteLength(body),
    content: hasContent ? 'some' : 'none',
  }
}
