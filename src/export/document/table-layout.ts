import {
  type Breaks,
  displayWidth,
  narrowestWidth,
  plainText,
  wrapText,
} from '../../model/text/text-width.ts'
import type { Column, TableBlock, Tone } from './document.ts'
import { BOXED, type CellLine, drawTable, plainStyle } from './draw-table.ts'

/** Colours a text without changing its width. */
export type Paint = (text: string, tone: Tone | undefined) => string

interface Fit {
  widths: number[]
  breaks: Breaks
  gap: number
}

/**
 * The lines of a table that is at most `columns` wide. Wide columns are wrapped
 * between words first, inside ranges last. Where even that is too wide, each
 * row becomes a list: a table that the terminal wraps cannot be read.
 */
export function layoutTable(table: TableBlock, columns: number, paint: Paint): string[] {
  const fit = fitColumns(table, columns)
  return fit === null ? layoutList(table, columns, paint) : fillTable(table, fit, paint)
}

/** Every text of each column. */
function columnTexts({ columns, groups }: TableBlock): string[][] {
  return columns.map((column, index) => [
    plainText(column.title),
    ...groups.flatMap(({ first, rows }) =>
      index === 0
        ? [plainText(first.text)]
        : rows.map((row) => plainText(row[index - 1]?.text ?? '')),
    ),
  ])
}

function fitColumns(table: TableBlock, columns: number): Fit | null {
  const texts = columnTexts(table)
  const natural = texts.map((column) => Math.max(...column.map(displayWidth)))
  const boxed = table.frame === 'boxed'
  // A box has a line and two spaces for each column, and a line at the end.
  const available = (gap: number): number =>
    boxed ? columns - 3 * texts.length - 1 : columns - gap * (texts.length - 1)
  for (const gap of [2, 1]) {
    if (sum(natural) <= available(gap)) return { widths: natural, breaks: 'spaces', gap }
  }
  for (const breaks of ['spaces', 'characters', 'dashes'] as const) {
    const narrowest = texts.map((column, index) => {
      const isWhole = table.columns[index]?.cells === 'whole'
      return Math.max(
        ...column.map((text, at) =>
          isWhole && at > 0 ? displayWidth(text) : narrowestWidth(text, breaks),
        ),
      )
    })
    const widths = shrink(natural, narrowest, available(1))
    if (widths !== null) return { widths, breaks, gap: 1 }
  }
  return null
}

/** Takes from the widest column that can give, until all fit; null where they cannot. */
function shrink(
  natural: readonly number[],
  narrowest: readonly number[],
  available: number,
): number[] | null {
  const widths = [...natural]
  for (let excess = sum(natural) - available; excess > 0; excess -= 1) {
    let widest = -1
    for (const [index, width] of widths.entries()) {
      if (width > (narrowest[index] ?? 0) && width > (widths[widest] ?? 0)) widest = index
    }
    if (widest < 0) return null
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const BLANK: CellLine = { text: '', width: 0 }

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function fillTable(table: TableBlock, { widths, breaks, gap }: Fit, paint: Paint): string[] {
  const cell = (text: string, index: number, tone?: Tone): CellLine[] =>
    wrapText(plainText(text), widths[index] ?? 1, breaks).map((line) => ({
      text: paint(line, tone),
      width: displayWidth(line),
    }))
  const rows = [table.columns.map(({ title }, index) => cell(title, index))]
  for (const { first, rows: own } of table.groups) {
    // The rows of a group are one row of the drawn table, so that no line parts them.
    const drawn: CellLine[][] = table.columns.map(() => [])
    drawn[0] = cell(first.text, 0, first.tone)
    for (const row of own) {
      const cells = row.map(({ text, tone }, index) => cell(text, index + 1, tone))
      const height = Math.max(...cells.map((lines) => lines.length))
      for (const [index, lines] of cells.entries()) {
        const blank = Array.from({ length: height - lines.length }, () => BLANK)
        drawn[index + 1]?.push(...lines, ...blank)
      }
    }
    rows.push(drawn)
  }
  return drawTable(
    rows,
    table.columns.map(({ align }) => align),
    table.frame === 'boxed' ? BOXED : plainStyle(gap),
  )
}

/** `name: value` lines, for a terminal that is too narrow for the table. */
function layoutList({ columns, groups }: TableBlock, width: number, paint: Paint): string[] {
  const lines: string[] = []
  const write = (text: string, indent: string, tone?: Tone): void => {
    const room = Math.max(1, width - indent.length)
    const wrapped = wrapText(plainText(text), room, 'anywhere')
    lines.push(...wrapped.map((line) => indent + paint(line, tone)))
  }
  for (const { first, rows } of groups) {
    write(first.text, '', first.tone)
    for (const row of rows) {
      for (const [index, { text, tone }] of row.entries()) {
        if (text === '') continue
        write(labelled(columns[index + 1], text), '  ', tone)
      }
    }
  }
  return lines
}

function labelled(column: Column | undefined, text: string): string {
  return column === undefined || column.title === '' ? text : `${column.title}: ${text}`
}
