import { InstrumentError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { catalogue, named } from '../model/text/language.ts'

const say = catalogue({
  en: {
    nul: 'has a NUL, which no head has (RFC 9110 §5.5)',
    broken: (line: number) => `line ${line} has a CR or LF alone; each line ends in CRLF`,
    noEnd: 'has no blank line at its end; a head ends in CRLF CRLF',
    behind: 'has something behind its blank line; the content is the payload',
    noField: (line: number) => `line ${line} is no field, such as Host: example.com`,
    noStatusLine: 'line 1 is no status line, such as HTTP/1.1 204 No Content',
    status: (own: string | undefined, wanted: string) =>
      `is of status ${own}, and http.response.status is ${wanted}; write the same`,
    noRequestLine: 'line 1 is no request line, such as POST {path} HTTP/1.1',
    method: (own: string | undefined, wanted: string) =>
      `is of ${own}, and http.request.method is ${wanted}; write the same`,
    otherPath:
      'asks for another path than the scenario; write {path} in its place, or path: as it is',
    noHost: 'has no Host; a request has one',
    hosts: 'has two of Host; a request has one',
    transferEncoding: 'has a Transfer-Encoding; what is replayed has a Content-Length',
    lengths: 'has two of Content-Length; a message has one (RFC 9112 §6.3)',
    noLength: 'has no Content-Length; write Content-Length: {length}',
    otherLength: (length: string, content: number) =>
      `says ${length} bytes, and its content has ${content}; write {length} in their place`,
    oddLength: 'has a Content-Length that is no number; write {length}',
  },
  'zh-TW': {
    nul: '含有 NUL，標頭中不能有（RFC 9110 §5.5）',
    broken: (line) => `第 ${line} 行有單獨的 CR 或 LF；每行都以 CRLF 結束`,
    noEnd: '結尾沒有空行；標頭以 CRLF CRLF 結束',
    behind: '空行之後還有東西；內容就是負載',
    noField: (line) => `第 ${line} 行不是欄位，例如 Host: example.com`,
    noStatusLine: '第 1 行不是狀態列，例如 HTTP/1.1 204 No Content',
    status: (own, wanted) => `狀態碼是 ${own}，而 http.response.status 是 ${wanted}；請寫成一樣`,
    noRequestLine: '第 1 行不是請求列，例如 POST {path} HTTP/1.1',
    method: (own, wanted) => `方法是 ${own}，而 http.request.method 是 ${wanted}；請寫成一樣`,
    otherPath: '請求的路徑與情境不同；請改寫成 {path}，或讓 path: 與它相同',
    noHost: '沒有 Host；請求要有一個',
    hosts: '有兩個 Host；請求只能有一個',
    transferEncoding: '含有 Transfer-Encoding；重播的訊息使用 Content-Length',
    lengths: '有兩個 Content-Length；訊息只能有一個（RFC 9112 §6.3）',
    noLength: '沒有 Content-Length；請寫 Content-Length: {length}',
    otherLength: (length, content) =>
      `寫的是 ${length} 位元組，內容卻有 ${content} 位元組；請改寫成 {length}`,
    oddLength: 'Content-Length 不是數字；請寫 {length}',
  },
})

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
 * @param text of the file, a character a byte
 * @param name how messages call the file and its key
 * @throws InstrumentError `scenario-invalid`
 */
export function checkHead(text: string, name: string, expected: Expected): void {
  const refuse: Refuse = (why) => {
    throw new InstrumentError('scenario-invalid', named(name, why))
  }
  if (text.includes('\0')) refuse(say.nul)
  const end = text.indexOf('\r\n\r\n')
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n')
  const broken = lines.findIndex((line) => /[\r\n]/.test(line))
  if (broken >= 0) refuse(say.broken(broken + 1))
  if (end < 0) refuse(say.noEnd)
  if (text.length > end + 4) refuse(say.behind)
  const [startLine = '', ...fields] = lines
  checkStart(startLine, expected, refuse)
  const count = new Map<string, string[]>()
  for (const [index, line] of fields.entries()) {
    const [, field, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (field === undefined || value === undefined) refuse(say.noField(index + 2))
    const key = field.toLowerCase()
    count.set(key, [...(count.get(key) ?? []), value])
  }
  checkFraming(count, expected, refuse)
}

type Refuse = (why: string) => never

function checkStart(line: string, { kind, start, target }: Expected, refuse: Refuse): void {
  if (kind === 'response') {
    const [, status] = /^HTTP\/1\.1 (\d{3}) .*$/.exec(line) ?? []
    if (status === undefined) refuse(say.noStatusLine)
    if (status !== start) refuse(say.status(status, start))
    return
  }
  const [, method, asked] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(line) ?? []
  if (method === undefined) refuse(say.noRequestLine)
  if (method !== start) refuse(say.method(method, start))
  if (asked !== '{path}' && asked !== target) refuse(say.otherPath)
}

function checkFraming(
  fields: ReadonlyMap<string, readonly string[]>,
  { kind, lengthBytes, content }: Expected,
  refuse: Refuse,
): void {
  if (kind === 'request' && fields.get('host')?.length !== 1) {
    // RFC 9112 §3.2
    refuse(fields.has('host') ? say.hosts : say.noHost)
  }
  if (fields.has('transfer-encoding')) refuse(say.transferEncoding)
  const lengths = fields.get('content-length') ?? []
  if (lengths.length > 1) refuse(say.lengths)
  const [length] = lengths
  if (length === undefined) {
    if (content === 'some') refuse(say.noLength)
    return
  }
  if (length === '{length}' || length === String(lengthBytes)) return
  refuse(/^\d+$/.test(length) ? say.otherLength(length, lengthBytes) : say.oddLength)
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
