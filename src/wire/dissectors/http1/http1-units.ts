import type { Direction } from '../../../model/vocabulary.ts'
import type { MeasureUnit, Units } from '../parsing/unit-search.ts'
import { decodeLatin1 } from './http1-fields.ts'

/** A head that is longer is not found again. */
const MAX_HEAD_BYTES = 8 * 1024
const MAX_LINE_BYTES = 2 * 1024

/** Any token may be a method, but not where one is looked for. */
const METHODS =
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH NOTIFY SUBSCRIBE M-SEARCH'.split(' ')

/** What may begin where another unit ended. */
const STARTS = {
  up: new RegExp(`^(?:${METHODS.join('|')}) \\S`),
  down: /^HTTP\/1\.[01] [1-5]/,
} as const
const LINES = {
  up: /^[A-Z-]+ \S+ HTTP\/1\.[01]$/,
  down: /^HTTP\/1\.[01] [1-5][0-9]{2}(?: |$)/,
} as const
const LONGEST_START_BYTES = 12
const LF = 0x0a

/** The heads of requests or responses (RFC 9112 §2.1): a whole one looks like nothing else. */
const measureHeads =
  (direction: Direction): MeasureUnit =>
  (bytes, at) => {
    const start = decodeLatin1(bytes.subarray(at, at + LONGEST_START_BYTES))
    if (!STARTS[direction].test(start)) {
      return start.length < LONGEST_START_BYTES && mayBegin(direction, start) ? 'more' : null
    }
    const tooShort = (maxBytes: number) => (bytes.length - at < maxBytes ? 'more' : null)
    const lineEnd = bytes.subarray(at, at + MAX_LINE_BYTES).indexOf(LF)
    if (lineEnd === -1) return tooShort(MAX_LINE_BYTES)
    const line = decodeLatin1(bytes.subarray(at, at + lineEnd)).replace(/\r$/, '')
    if (!LINES[direction].test(line)) return null
    const head = decodeLatin1(bytes.subarray(at, at + MAX_HEAD_BYTES))
    const end = /\r?\n\r?\n/.exec(head)
    return end === null ? tooShort(MAX_HEAD_BYTES) : end.index + end[0].length
  }

/** One is enough: how long its body is, a chunked one does not say. */
export const headUnits = (direction: Direction): Units => ({
  measure: measureHeads(direction),
  ...{ chain: 1, last: 1 },
})

/** What is there may be the beginning of a start. */
function mayBegin(direction: Direction, start: string): boolean {
  const words =
    direction === 'up' ? METHODS.map((method) => `${method} `) : ['HTTP/1.1 ', 'HTTP/1.0 ']
  return words.some((word) => word.startsWith(start) || start === word)
}
