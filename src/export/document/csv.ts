import { stringify } from 'csv-stringify/sync'

export type CsvValue = string | number | null

const DECIMALS = 3

/** What stands between fields, and what a number's decimals begin with. */
export const CSV_SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const
export const CSV_DECIMALS = { point: '.', comma: ',' } as const

/** For a spreadsheet that takes no other. */
export interface CsvStyle {
  separator: keyof typeof CSV_SEPARATORS
  decimal: keyof typeof CSV_DECIMALS
}

/** Of every file that is written, whoever wrote it. */
const STANDARD: CsvStyle = { separator: 'comma', decimal: 'point' }

/**
 * RFC 4180: CRLF after every record, fields quoted where they hold a separator or a
 * quote. Null is an empty field, never 0. Numbers are plain:
 * no separators, at most 3 decimals.
 */
export function renderCsv(
  header: readonly string[],
  rows: readonly CsvValue[][],
  { separator, decimal }: CsvStyle = STANDARD,
): string {
  const field = (value: CsvValue): string =>
    typeof value === 'number' ? plainNumber(value, CSV_DECIMALS[decimal]) : plainCell(value ?? '')
  return stringify([header, ...rows.map((row) => row.map(field))], {
    delimiter: CSV_SEPARATORS[separator],
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

function plainNumber(value: number, mark: string): string {
  // Number() drops trailing zeros; adding 0 turns −0 into 0.
  return String(Number(value.toFixed(DECIMALS)) + 0).replace('.', mark)
}
