import type { Cell, Report } from '../../model/report/report.ts'
import { formatCount } from '../../model/text/format.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  listOf,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { judgedText } from './cost/budgets.ts'
import {
  disturbanceBlocks,
  type RunCell,
  reasonLines,
  type ScenarioCells,
  scenarioHeading,
  timedName,
} from './scenario-cells.ts'

/** One column of figures. */
export interface Figure {
  readonly title: string
  /** What a budget calls it; left out where none can be set. */
  readonly metric?: string
  /** Empty where the cell has none. */
  of(cell: RunCell): string
}

/** What stands left of the figures, beside the transport. */
type Beside = 'completion' | 'nothing'

export const countOrNothing = (count: number | null | undefined): string =>
  count == null ? '' : formatCount(count)

/** The figures that any of the cells has. */
export const shownFigures = (cells: readonly Cell[], figures: readonly Figure[]): Figure[] =>
  figures.filter(({ of }) => cells.some((cell) => cell.status !== 'skipped' && of(cell) !== ''))

/** One row a transport: its name, when a message is done, and its figures, with what budgets say of them; none where it was skipped. */
export function figureTable(
  report: Report,
  cells: readonly Cell[],
  figures: readonly Figure[],
  beside: Beside = 'nothing',
): Block {
  const hasCompletion = beside === 'completion'
  const rowOf = (cell: Cell): CellText[] => [
    ...(hasCompletion ? [cellText(WORDS.completions[cell.completion])] : []),
    ...figures.map(({ of, metric }) =>
      judgedText(cell.status === 'skipped' ? '' : of(cell), metric, cell, report),
    ),
  ]
  return plainTable(
    [WORDS.transport, ...(hasCompletion ? [WORDS.completion] : [])],
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
export const reasonBlocks = (cells: readonly Cell[]): Block[] => listOf(reasonLines(cells), 'bad')

/** The figures of a scenario under its heading, with what marks in them mean and why there are none. */
export const figureBlocks = (
  { scenario, cells }: ScenarioCells,
  report: Report,
  figures: readonly Figure[],
  beside?: Beside,
): Block[] => [
  heading(2, scenarioHeading(scenario)),
  figureTable(report, cells, shownFigures(cells, figures), beside),
  ...disturbanceBlocks(cells),
  ...reasonBlocks(cells),
]
