import { groupBy } from '../../../model/group-by.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { type CellText, cellText, type TableBlock, type Tone } from '../../document/document.ts'
import { clipText } from '../../document/fit-screen.ts'
import { WORDS } from '../../words.ts'
import { claimUnit, TONE_OF } from '../claims/comparison.ts'
import { rangeText } from '../claims/figures.ts'
import { judgedText } from '../cost/budgets.ts'
import { verdictWord } from '../notes.ts'
import { disturbanceMark, type RunCell } from '../scenario-cells.ts'
import { type FigureOf, rangeOf } from './sides.ts'

/** A line of a screen. */
export interface Told {
  readonly text: string
  readonly tone: Tone
}

/** A column: what a row has of it, empty where it has nothing. */
export interface ShortFigure {
  readonly title: string
  /** What a budget calls it; left out where none can be set. */
  readonly metric?: string
  readonly text: (cells: readonly RunCell[]) => string
  /** Right, as figures are, if left out. */
  readonly align?: 'left' | 'right'
}

/** A column of figures; their range where cells are told together. */
export const shortFigure = (
  title: string,
  of: FigureOf,
  format: (value: number) => string,
  metric?: string,
): ShortFigure => ({
  title,
  text: (cells) => rangeOf(cells.flatMap(of), format),
  ...(metric !== undefined && { metric }),
})

/** The cells of a row, and what it is called. */
interface Row {
  readonly scenario: string
  readonly name: string
  readonly cells: readonly RunCell[]
}

/** More than these are read as a list. */
const MOST_ROWS = 8

/**
 * A row for each cell; where they are many, those together that differ in their
 * QoS alone, whose figures are then ranges, unless each is to have its own. What
 * no cell has, has no column.
 */
export function shortTable(
  report: Report,
  cells: readonly RunCell[],
  figures: readonly ShortFigure[],
  nameColumns: number,
  many: 'by QoS' | 'a row each' = 'by QoS',
): TableBlock[] {
  const shown = figures.filter(({ text }) => cells.some((cell) => text([cell]) !== ''))
  if (shown.length === 0) return []
  const rows =
    cells.length > MOST_ROWS && many === 'by QoS'
      ? withoutQos(cells)
      : cells.map((cell) => ({ scenario: cell.scenario, name: cell.transport, cells: [cell] }))
  return [tableOf(report, rows, shown, nameColumns)]
}

/** `mqtt-qos0` to `mqtt-qos2` as `mqtt-qos0/1/2`. */
function withoutQos(cells: readonly RunCell[]): Row[] {
  const rows = groupBy(
    cells,
    ({ scenario, transport }) => `${scenario} ${transport.replace(QOS, '')}`,
  )
  return Array.from(rows.values(), (alike) => {
    const [first, ...others] = alike as [RunCell, ...RunCell[]]
    const levels = others.map(({ transport }) => `/${QOS.exec(transport)?.[1] ?? ''}`)
    return { scenario: first.scenario, name: first.transport + levels.join(''), cells: alike }
  })
}

const QOS = /-qos(\d)$/

function tableOf(
  report: Report,
  rows: readonly Row[],
  figures: readonly ShortFigure[],
  nameColumns: number,
): TableBlock {
  const severalContents = new Set(rows.map(({ scenario }) => scenario)).size > 1
  const figureOf = ({ cells }: Row, { text, metric }: ShortFigure): CellText => {
    const [only, ...others] = cells
    return only === undefined || others.length > 0
      ? cellText(text(cells))
      : judgedText(text(cells), metric, only, report)
  }
  const nameOf = ({ scenario }: Row, index: number): CellText[] =>
    severalContents
      ? [cellText(scenario === rows[index - 1]?.scenario ? '' : clipText(scenario, nameColumns))]
      : []
  return {
    kind: 'table',
    frame: 'plain',
    columns: [
      { title: WORDS.transport, align: 'left', cells: 'whole' },
      ...(severalContents ? [{ title: WORDS.scenario, align: 'left' as const }] : []),
      ...figures.map(({ title, align = 'right' }) => ({ title, align, cells: 'whole' as const })),
    ],
    groups: rows.map((row, index) => ({
      first: cellText(row.name + markOf(row.cells)),
      rows: [[...nameOf(row, index), ...figures.map((figure) => figureOf(row, figure))]],
    })),
  }
}

const markOf = (cells: readonly Cell[]): string =>
  cells.map(disturbanceMark).find((mark) => mark !== '') ?? ''

/** What became of claims of these scenarios, and the figures that each was held against. */
export function claimsInShort({ verdicts }: Report, scenarios: readonly string[]): Told[] {
  return verdicts.flatMap((verdict) => {
    if (verdict.scenario === null || !scenarios.includes(verdict.scenario)) return []
    const values = verdict.evidence.map(({ value }) => value)
    const figures = rangeText(values, claimUnit(verdict))
    // Which figure it is of: the table beside it may have another percentile.
    const of = figures === '' ? '' : figures + WORDS.inBrackets(verdict.metric)
    const judged = [verdictWord(verdict), of].filter(Boolean).join(WORDS.comma)
    const text = WORDS.named(WORDS.quoted(wordsOf(verdict.says)), judged)
    return [{ text, tone: TONE_OF[verdict.verdict] }]
  })
}
