import { sayWrong } from './words.ts'

/** Node's server refuses a head above 16 KiB; path and fields together stay below it. */
const MAX_HEADER_BYTES = 8_000

/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * Fields that describe the connection or the framing (RFC 9110 §7.6.1, RFC 9112 §6):
 * the client and the endpoint set them, and a second one would break the message.
 */
const FRAMING_FIELDS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Why this header cannot be sent, or null. */
function findHeaderProblem(name: string, value: string): string | null {
  if (!TOKEN.test(name)) {
    return sayWrong.noHeader
  }
  if (FRAMING_FIELDS.has(name.toLowerCase())) {
    return sayWrong.framing
  }
  // RFC 9110 §5.5: CR, LF and NUL in a value are an injection, not a value.
  if (/[\r\n\0]/.test(value)) return sayWrong.injected
  if (!/^[\t\x20-\x7e]*$/.test(value)) {
    return sayWrong.unprintable
  }
  // RFC 9110 §5.5: a value has no leading or trailing whitespace; clients differ in what they make of it.
  if (value !== value.trim()) return sayWrong.spaces
  return null
}

export interface HeaderProblem {
  /** The name of the field, where it is one field. */
  path: string[]
  message: string
}

/** What keeps header fields from being carried unchanged by any client, server and proxy. */
export function headerProblems(fields: Readonly<Record<string, string>>): HeaderProblem[] {
  const problems: HeaderProblem[] = []
  const seen = new Set<string>()
  let bytes = 0
  for (const [name, value] of Object.entries(fields)) {
    const lowerCase = name.toLowerCase()
    const problem = seen.has(lowerCase) ? sayWrong.headerTwice : findHeaderProblem(name, value)
    if (problem !== null) problems.push({ path: [name], message: problem })
    seen.add(lowerCase)
    bytes += name.length + value.length + ': \r\n'.length
  }
  if (bytes > MAX_HEADER_BYTES) {
    problems.push({ path: [], message: sayWrong.longHeaders(bytes, MAX_HEADER_BYTES) })
  }
  return problems
}

/** Of those of a request: what says the payload's type has a key of its own. */
export function requestHeaderProblems(fields: Readonly<Record<string, string>>): HeaderProblem[] {
  const name = Object.keys(fields).find((key) => key.toLowerCase() === 'content-type')
  const problems = headerProblems(fields)
  return name === undefined
    ? problems
    : [...problems, { path: [name], message: sayWrong.contentType }]
}
