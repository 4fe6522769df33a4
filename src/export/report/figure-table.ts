import type { Cell, Report } from '../../model/report/report.ts'
import {
  type Block,
  type CellText,
  cellText,
  listOf,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { judgedText } from './cost/budgets.ts'
import { type RunCell, reasonLines, timedName } from './scenario-cells.ts'

/** One column of figures. */
export interface Figure {
  readonly title: string
  /** What a budget calls it; left out where none can be set. */
  readonly metric?: string
  /** Empty where the cell has none. */
  of(cell: RunCell): string
}

/** What stands left of the figures, beside the transport. */
export interface Wording {
  readonly title: string
  of(cell: Cell): string
}

/** The figures that any of the cells has. */
export const shownFigures = (cells: readonly Cell[], figures: readonly Figure[]): Figure[] =>
  figures.filter(({ of }) => cells.some((cell) => cell.status !== 'skipped' && of(cell) !== ''))

/** One row a transport: its name, what is said of it, and its figures, with what budgets say of them; none where it was skipped. */
export function figureTable(
  report: Report,
  cells: readonly Cell[],
  figures: readonly Figure[],
  wordings: readonly Wording[] = [],
): Block {
  const rowOf = (cell: Cell): CellText[] => [
    ...wordings.map(({ of }) => cellText(of(cell))),
    ...figures.map(({ of, metric }) =>
      judgedText(cell.status === 'skipped' ? '' : of(cell), metric, cell, report),
    ),
  ]
  return plainTable(
    [WORDS.transport, ...wordings.map(({ title }) => title)],
    figures.map(({ title }) => title),
    cells.map((cell) =>
      rowGroup(
        cellText(timedName(cell), cell.status === 'measured' ? undefined : 'bad'),
        rowOf(cell),
      ),
    ),
  )
}

/** Why cells were skipped or failed; nothing where all were measured. */
export function reasonBlocks(cells: readonly Cell[]): Block[] {
  const reasons = reasonLines(cells)
  return listOf(reasons, 'bad')
}
