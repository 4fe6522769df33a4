import { groupBy } from '../../model/group-by.ts'
import { findMetric } from '../../model/report/metric.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { familyOf, subscribersOf } from '../../model/scenario/fan-out-family.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  type Group,
  heading,
  listOf,
  notesOf,
  paragraph,
  plainTable,
  rowGroup,
  type Tone,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { judgedText } from './cost/budgets.ts'
import { medianText } from './latency.ts'
import { describeVerdict } from './notes.ts'
import {
  disturbanceBlocks,
  disturbanceMark,
  type RunCell,
  reasonLines,
  type ScenarioCells,
  scenarioCellsOf,
  scenarioHeading,
} from './scenario-cells.ts'

/** What a row says of one number of subscribers. */
interface Figure {
  title: string
  /** What a budget calls it; left out where none can be set. */
  metric?: string
  of(cell: RunCell, subscribers: number): CellText
}

const say = catalogue({
  en: {
    fanOut: 'Fan-out',
    whatIsShown:
      'one publisher, and subscribers with a connection of their own each. bytes: of one message on the links of all subscribers, both directions, acknowledgements included, without the publisher’s link; each: on one of those links. first, last: from due until the first and until the last subscriber has the message; microseconds, p50 with the 95 % interval of the median; two legs, publisher → broker → subscriber; the next message is due when all have this one. All subscribers share one process, which takes their messages one after another. lost: deliveries.',
    columns: {
      to: 'to',
      bytes: 'bytes',
      each: 'each',
      first: 'first p50',
      last: 'last p50',
      lost: 'lost',
    },
  },
  'zh-TW': {
    fanOut: '一對多發布',
    whatIsShown:
      '一個發布者，訂閱者各有自己的連線。位元組：一則訊息在所有訂閱者鏈路上的位元組，含兩個方向與確認，不含發布者的鏈路；每個：其中一條鏈路上。最先、最後：從應送出到第一個與最後一個訂閱者拿到訊息；微秒，p50 附中位數的 95 % 區間；兩段路：發布者 → 代理伺服器 → 訂閱者；所有訂閱者都拿到這一則，下一則才送出。所有訂閱者在同一個程序，逐一收取訊息。遺失：未送達的份數。',
    columns: {
      to: '對',
      bytes: '位元組',
      each: '每個',
      first: '最先 p50',
      last: '最後 p50',
      lost: '遺失',
    },
  },
})

const fanOutFigures = (): readonly Figure[] => [
  {
    title: say.columns.to,
    of: (cell, subscribers) =>
      cell.status === 'failed'
        ? cellText(
            formatCount(subscribers) + WORDS.inBrackets(WORDS.failed) + disturbanceMark(cell),
            'bad',
          )
        : cellText(`${formatCount(subscribers)}${disturbanceMark(cell)}`),
  },
  {
    title: say.columns.bytes,
    metric: 'subscriber_bytes_per_message',
    of: (cell) => countText(subscriberBytes(cell)),
  },
  {
    title: say.columns.each,
    of: (cell, subscribers) => {
      const bytes = subscriberBytes(cell)
      return countText(bytes === null ? null : bytes / subscribers)
    },
  },
  {
    title: say.columns.first,
    metric: 'delivery_first_p50_us',
    of: (cell) => cellText(medianText(cell.latency?.fanout?.first)),
  },
  {
    title: say.columns.last,
    metric: 'delivery_last_p50_us',
    of: (cell) => cellText(medianText(cell.latency?.fanout?.last)),
  },
  {
    title: say.columns.lost,
    of: ({ counts }) =>
      countText(counts?.lost ?? null, (counts?.lost ?? 0) > 0 ? 'bad' : undefined),
  },
]

const subscriberBytes = (cell: Cell): number | null =>
  findMetric('subscriber_bytes_per_message')?.of(cell) ?? null

const countText = (count: number | null, tone?: Tone): CellText =>
  count === null ? BLANK : cellText(formatCount(count), tone)

/** One publisher, many subscribers: what leaves the broker, and when the first and the last has it. */
export function fanOutBlocks(report: Report): Block[] {
  const families = groupBy(
    scenarioCellsOf(report, 'fanout'),
    ({ scenario }) => familyOf(scenario).name,
  )
  const sections = Array.from(families.values(), (entries) => familyBlocks(entries, report))
  if (sections.every((section) => section.length === 0)) return []
  return [heading(1, say.fanOut), paragraph(say.whatIsShown, 'faint'), ...sections.flat()]
}

function familyBlocks(entries: readonly ScenarioCells[], report: Report): Block[] {
  const cells = entries.flatMap((entry) => entry.cells)
  const shown = cells.flatMap((cell) => (isShown(cell) ? [cell] : []))
  const [first] = entries
  if (shown.length === 0 || first === undefined) return []
  const figures = fanOutFigures()
  const rows = shown.map((cell) =>
    figures.map(({ of, metric }) => {
      const figure = of(cell, subscribersOf(cell) ?? 0)
      return metric === undefined ? figure : judgedText(figure.text, metric, cell, report)
    }),
  )
  // What was not asked for has no column.
  const filled = figures.map((_, index) => rows.some((row) => row[index]?.text !== ''))
  const ids = [...new Set(shown.map((cell) => cell.transport))]
  const groupOf = (id: string): Group => {
    const own = rows.filter((_, index) => shown[index]?.transport === id)
    const completion = shown.find((cell) => cell.transport === id)?.completion
    return rowGroup(
      id,
      ...own.map((row, index) => [
        index === 0 && completion !== undefined ? WORDS.completions[completion] : '',
        ...row.filter((_, column) => filled[column]),
      ]),
    )
  }
  const family = familyOf(first.scenario)
  // Where there are bytes, their section says why a cell has none. Where a
  // transport has no fan-out, it has none to any number.
  const reasons = report.plan.measures.includes('bytes') ? [] : [...new Set(reasonLines(cells))]
  const names = entries.map(({ scenario }) => scenario.name)
  const claims = report.verdicts
    .filter(({ scenario }) => scenario !== null && names.includes(scenario))
    .map((verdict) => WORDS.named(verdict.scenario ?? '', describeVerdict(verdict)))
  return [
    heading(2, family.name === family.title ? family.name : scenarioHeading(family)),
    plainTable(
      [WORDS.transport, WORDS.completion],
      figures.filter((_, index) => filled[index]).map(({ title }) => title),
      ids.map(groupOf),
    ),
    ...disturbanceBlocks(shown),
    ...listOf(reasons, 'bad'),
    ...notesOf(claims),
  ]
}

/** What stays inside the process has no bytes; what failed is shown with what it has. */
const isShown = (cell: Cell): cell is RunCell =>
  cell.status === 'failed' ||
  (cell.status === 'measured' && (cell.bytes !== null || cell.latency !== null))
