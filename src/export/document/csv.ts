import { stringify } from 'csv-stringify/sync'

export type CsvValue = string | number | null

const DECIMALS = 3

/**
 * RFC 4180: CRLF after every record, fields quoted where they hold a comma, a
 * quote or a line break. Null is an empty field, never 0. Numbers are plain:
 * no separators, at most 3 decimals.
 */
export function renderCsv(header: readonly string[], rows: readonly CsvValue[][]): string {
  return stringify([header, ...rows.map((row) => row.map(plain))], {
    record_delimiter: 'windows',
    // Alone, CR or LF is not the delimiter; RFC 4180 §2.6 wants it quoted all the same.
    quoted_match: /[\r\n]/,
  })
}

function plain(value: CsvValue): string {
  if (typeof value !== 'number') return value ?? ''
  // Number() drops trailing zeros; adding 0 turns −0 into 0.
  return String(Number(value.toFixed(DECIMALS)) + 0)
}
