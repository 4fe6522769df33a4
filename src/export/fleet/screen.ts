import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { listNames } from '../../model/text/language.ts'
import { displayWidth, narrowestWidth } from '../../model/text/text-width.ts'
import { type Block, list, listOf, paragraph, rowGroup } from '../document/document.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { RenderOptions } from '../exporter.ts'
import { budgetText } from '../report/cost/budgets.ts'
import { WORDS } from '../words.ts'
import { answerLines, stepLines } from './answer.ts'
import { legend, marked } from './basis.ts'
import { changeLines } from './change-lines.ts'
import { headBlocks, turnLines } from './document.ts'
import {
  billText,
  bytesOf,
  cloudText,
  fileName,
  hasSecondHand,
  megabytesText,
  nameCell,
} from './figures.ts'
import { sayGround } from './words/ground-words.ts'
import { say } from './words/words.ts'

const LINES = 24
const TONE = 'faint'

/** A column of the screen: by which file, in which cells. */
interface Column {
  readonly kind: 'own' | 'plan' | 'cloud' | 'radio'
  readonly title: string
  readonly cells: readonly string[]
}

/** What a screen has room for, the less important last; each is given up in this order. */
interface Room {
  readonly rows: number
  readonly changes: number
  readonly turns: number
}

/** A fleet on a screen: the answer, one table, what to change, where the answer turns, where the rest is. */
export function renderScreen(report: FleetReport, options: RenderOptions): string {
  const all = report.rows.length
  const rooms: Room[] = [
    ...[2, 1, 0].map((turns) => ({ rows: all, changes: 3, turns })),
    { rows: all, changes: 2, turns: 0 },
    ...Array.from({ length: Math.max(0, all - 2) }, (_, index) => ({
      ...{ rows: all - index, changes: 1, turns: 0 },
    })),
  ]
  let text = ''
  for (const room of rooms) {
    text = renderAsTable(screenBlocks(report, options, room), options)
    if (text.trimEnd().split('\n').length <= LINES) break
  }
  return text
}

function screenBlocks(
  report: FleetReport,
  { summary, columns }: RenderOptions,
  room: Room,
): Block[] {
  const folder = summary?.folder ?? null
  const shown = fewest(report.rows, room.rows)
  const { table, same, left } = tableOfAll(report, shown, columns)
  const more = report.rows.length - shown.length
  const notes = [
    ...(same.length === 0 ? [] : [say.sameForAll(same.join(WORDS.semicolon))]),
    legend(report, basesOf(report)) + (hasSecondHand(report.data) ? say.secondHandMark : ''),
  ]
  const rest = [
    ...(left.length === 0 ? [] : [say.leftOutColumns(listNames(left))]),
    ...(more === 0 ? [] : [say.moreRows(more)]),
    folder === null ? say.restHere : say.rest(folder),
  ]
  return [
    ...headBlocks(report),
    paragraph(answerLines(report).join(say.between)),
    table,
    list(notes, TONE),
    list([
      ...changeLines(report, room.changes),
      ...(room.changes > 1 ? stepLines(report) : []),
      ...turnLines(report).slice(0, room.turns),
    ]),
    ...budgetBlocks(report),
    paragraph(rest.join(WORDS.semicolon), TONE),
  ]
}

const MOST_BROKEN = 2

/** A line for each that is not kept, and how many are. */
function budgetBlocks({ gates }: FleetReport): Block[] {
  if (gates.length === 0) return []
  const kept = gates.filter(({ verdict }) => verdict === 'pass').length
  const others = gates.filter(({ verdict }) => verdict !== 'pass').map(budgetText)
  return [
    ...listOf(others.slice(0, MOST_BROKEN), 'bad'),
    paragraph(sayGround.budgetsKept(kept, gates.length), kept === gates.length ? 'good' : 'mixed'),
  ]
}

/** The least and the most always, in the order of the fleet file. */
function fewest(rows: readonly FleetRow[], count: number): FleetRow[] {
  const sorted = rows.toSorted((a, b) => bytesOf(a) - bytesOf(b))
  const kept = new Set([...sorted.slice(0, Math.max(1, count - 1)), sorted.at(-1)])
  return rows.filter((row) => kept.has(row))
}

function basesOf({ rows }: FleetReport) {
  const [row] = rows
  const isPriced = row !== undefined && row.plans.length + row.clouds.length > 0
  return [
    'modelled' as const,
    ...(isPriced ? (['price'] as const) : []),
    ...(row !== undefined && row.radios.length > 0 ? (['radio'] as const) : []),
  ]
}

/** What is by a data file: a column each, where ways of talking differ in it. */
function fileColumns(report: FleetReport): Column[] {
  const { rows } = report
  const [first] = rows
  if (first === undefined) return []
  const unit = (money: unknown, currency: string | null): string =>
    money === null || currency === null ? '' : ` ${currency}`
  return [
    ...first.plans.map(({ plan, total, currency }, at): Column => {
      const name = fileName(report, 'plan', plan) + unit(total, currency)
      const cells = rows.map(({ plans }) => billText(plans[at]))
      return { kind: 'plan', title: marked(name, 'price'), cells }
    }),
    ...first.clouds.map(({ cloud, total, currency }, at): Column => {
      const name = fileName(report, 'cloud', cloud) + unit(total, currency)
      const cells = rows.map(({ clouds }) => cloudText(clouds[at]))
      return { kind: 'cloud', title: marked(name, 'price'), cells }
    }),
    ...first.radios.map(({ radio }, at): Column => {
      const cells = rows.map(({ radios }) => formatCount(radios[at]?.mAhADay ?? 0, 1))
      return { kind: 'radio', title: marked(radio, 'radio'), cells }
    }),
  ]
}

/** The first of each kind before the second of any. */
function byTurns(columns: readonly Column[]): Column[] {
  const rank = (column: Column): number =>
    columns.filter(({ kind }) => kind === column.kind).indexOf(column)
  return columns.toSorted((a, b) => rank(a) - rank(b))
}

const GAP = 1
/** Cells stay on one line; a title may take several. */
const widthOf = ({ title, cells }: Pick<Column, 'title' | 'cells'>): number =>
  Math.max(narrowestWidth(title, 'spaces'), ...cells.map(displayWidth))

/** One table of all, as wide as the terminal: what differs by way of talking; the rest is said in a line. */
function tableOfAll(report: FleetReport, shown: readonly FleetRow[], width: number) {
  const { rows } = report
  const all: Column[] = [
    { title: say.columns.megabytes, cells: rows.map((row) => megabytesText(bytesOf(row))) },
    {
      title: say.columns.wakeUp,
      cells: rows.map((row) => `${formatCount(Math.round(row.wakeUpBytes))} B`),
    },
    { title: say.columns.wakeUps, cells: rows.map((row) => formatCount(row.wakeUpsADay)) },
  ].map(({ title, cells }) => ({ kind: 'own', title: marked(title, 'modelled'), cells }))
  const isSame = ({ cells }: Column): boolean =>
    rows.length > 1 && cells.every((text) => text === cells[0])
  const byFile = fileColumns(report)
  const own = all.filter((column) => !isSame(column))
  const names = { title: say.columns.transport, cells: rows.map((row) => nameCell(row, rows).text) }
  const kept = new Set(own)
  let room = width - [names, ...own].reduce((sum, column) => sum + widthOf(column) + GAP, 0)
  const left: string[] = []
  for (const column of byTurns(byFile.filter((each) => !isSame(each)))) {
    const takes = widthOf(column) + GAP
    if (takes <= room) {
      kept.add(column)
      room -= takes
    } else left.push(column.title)
  }
  const columns = [...own, ...byFile].filter((column) => kept.has(column))
  const groups = shown.map((row) =>
    rowGroup(
      nameCell(row, rows),
      columns.map(({ cells, kind }, index) => ({
        text: cells[rows.indexOf(row)] ?? '',
        ...(kind === 'own' && index === 0 && { tone: 'strong' as const }),
      })),
    ),
  )
  return {
    table: {
      ...{ kind: 'table' as const, frame: 'plain' as const, groups },
      columns: [names, ...columns].map(({ title }, index) => ({
        ...{ title, align: index === 0 ? ('left' as const) : ('right' as const) },
        cells: 'whole' as const,
      })),
    },
    // Bills that are the same are told with the reason, in the answer.
    same: [...all, ...byFile]
      .filter((column) => column.kind !== 'plan' && isSame(column))
      .map(({ title, cells }) => `${title} ${cells[0] ?? ''}`),
    left,
  }
}
