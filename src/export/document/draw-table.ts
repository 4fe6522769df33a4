import { displayWidth } from '../../model/text/text-width.ts'
import type { Column } from './document.ts'

/** What stands left of a line, between its cells, and right of it. */
interface Frame {
  left: string
  between: string
  right: string
}

export interface TableStyle {
  /** On each side of a cell's text. */
  padding: string
  line: Frame
  /** Filled with what they begin and end with; null: no such rule. */
  top: Frame | null
  underHead: Frame | null
  betweenRows: Frame | null
  bottom: Frame | null
}

export const BOXED: TableStyle = {
  padding: ' ',
  line: { left: '│', between: '│', right: '│' },
  top: { left: '┌', between: '┬', right: '┐' },
  underHead: { left: '├', between: '┼', right: '┤' },
  betweenRows: { left: '├', between: '┼', right: '┤' },
  bottom: { left: '└', between: '┴', right: '┘' },
}

/** Columns `gap` spaces apart, and one rule under the head. */
export function plainStyle(gap: number): TableStyle {
  const spaced = { left: '', between: ' '.repeat(gap), right: '' }
  return {
    padding: '',
    line: spaced,
    top: null,
    underHead: spaced,
    betweenRows: null,
    bottom: null,
  }
}

const BARE: TableStyle = { ...plainStyle(2), underHead: null }

/** One line of a cell, and how wide it is shown: colours take no width. */
export interface CellLine {
  text: string
  width: number
}

export type DrawnRow = readonly (readonly CellLine[])[]

export const cellLine = (text: string): CellLine => ({ text, width: displayWidth(text) })

/**
 * The lines of a table whose cells are laid out already. What a cell holds was
 * measured once, where it was wrapped: nothing is measured again for each line.
 * @param rows the head first
 */
export function drawTable(
  rows: readonly DrawnRow[],
  aligns: readonly (Column['align'] | undefined)[],
  style: TableStyle,
): string[] {
  const widths = aligns.map((_, index) =>
    Math.max(1, ...rows.flatMap((row) => row[index]?.map(({ width }) => width) ?? [])),
  )
  const lines: string[] = []
  const rule = (frame: Frame | null): void => {
    if (frame === null) return
    const bars = widths.map((width) => '─'.repeat(width + 2 * style.padding.length))
    lines.push(frame.left + bars.join(frame.between) + frame.right)
  }
  for (const [index, row] of rows.entries()) {
    rule(index === 0 ? style.top : index === 1 ? style.underHead : style.betweenRows)
    lines.push(...rowLines(row, widths, aligns, style))
  }
  rule(style.bottom)
  return lines.map((line) => line.trimEnd())
}

function rowLines(
  row: DrawnRow,
  widths: readonly number[],
  aligns: readonly (Column['align'] | undefined)[],
  { padding, line }: TableStyle,
): string[] {
  const height = Math.max(1, ...row.map((cell) => cell.length))
  return Array.from({ length: height }, (_, index) => {
    const cells = widths.map((width, column) => {
      const { text, width: taken } = row[column]?.[index] ?? { text: '', width: 0 }
      const room = ' '.repeat(width - taken)
      return padding + (aligns[column] === 'right' ? room + text : text + room) + padding
    })
    return line.left + cells.join(line.between) + line.right
  })
}

/** Columns without any frame, aligned by what a terminal shows: a Chinese character takes two cells. */
export function drawColumns(
  rows: readonly (readonly string[])[],
  aligns: readonly (Column['align'] | undefined)[],
): string[] {
  return drawTable(
    rows.map((row) => row.map((text) => [cellLine(text)])),
    aligns,
    BARE,
  )
}
