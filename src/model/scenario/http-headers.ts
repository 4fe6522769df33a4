import * as z from 'zod'
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

/** Header fields that any client, server and proxy carries unchanged. */
export const headers = z.record(z.string(), z.string()).superRefine((fields, context) => {
  const seen = new Set<string>()
  let bytes = 0
  for (const [name, value] of Object.entries(fields)) {
    const lowerCase = name.toLowerCase()
    const problem = seen.has(lowerCase) ? sayWrong.headerTwice : findHeaderProblem(name, value)
    if (problem !== null) context.addIssue({ code: 'custom', path: [name], message: problem })
    seen.add(lowerCase)
    bytes += name.length + value.length + ': \r\n'.length
  }
  if (bytes > MAX_HEADER_BYTES) {
    context.addIssue({
      code: 'custom',
      message: sayWrong.longHeaders(bytes, MAX_HEADER_BYTES),
    })
  }
})

/** Those of a request: what says the payload's type has a key of its own. */
export const requestHeaders = headers.superRefine((fields, context) => {
  const name = Object.keys(fields).find((key) => key.toLowerCase() === 'content-type')
  if (name === undefined) return
  context.addIssue({
    code: 'custom',
    path: [name],
    message: sayWrong.contentType,
  })
})
