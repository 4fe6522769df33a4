import { stringify } from 'csv-stringify/sync'

export type CsvValue = string | number | null

const DECIMALS = 3

/**
 * RFC 4180: CRLF after every record, fields quoted where they hold a comma or a
 * quote. Null is an empty field, never 0. Numbers are plain:
 * no separators, at most 3 decimals.
 */
export function renderCsv(header: readonly string[], rows: readonly CsvValue[][]): string {
  return stringify([header, ...rows.map((row) => row.map(plain))], {
    record_delimiter: 'windows',
  })
}

/** Spreadsheets take a text that begins so for a formula. */
const FORMULA = /^[=+\-@]/

/** Text of other people is text: on one line, without control characters, and no formula. */
function plainCell(text: string): string {
  const line = text
    .replace(/\s*[\r\n\u0085\u2028\u2029]+\s*/gu, ' ')
    .replace(/\t/g, ' ')
    .replace(/\p{Cc}/gu, '\ufffd')
  return FORMULA.test(line) ? `'${line}` : line
}

function plain(value: CsvValue): string {
  if (typeof value !== 'number') return plainCell(value ?? '')
  // Number() drops trailing zeros; adding 0 turns −0 into 0.
  return String(Number(value.toFixed(DECIMALS)) + 0)
}
