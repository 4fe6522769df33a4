import { findMetric } from '../../model/report/metric.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { familyOf } from '../../model/scenario/fan-out-family.ts'
import { subscribersOf } from '../../model/scenario/subscribers.ts'
import { formatCount } from '../../model/text/format.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  type Group,
  heading,
  paragraph,
  type Tone,
} from '../document/document.ts'
import { medianText } from './latency.ts'
import { describeVerdict } from './notes.ts'
import {
  disturbanceBlocks,
  disturbanceMark,
  type RunCell,
  reasonLines,
  type ScenarioCells,
  scenarioCellsOf,
} from './scenario-cells.ts'

/** What a row says of one number of subscribers. */
interface Figure {
  title: string
  of(cell: RunCell, subscribers: number): CellText
}

const FIGURES: readonly Figure[] = [
  {
    title: 'to',
    of: (cell, subscribers) =>
      cell.status === 'failed'
        ? cellText(`${formatCount(subscribers)} (failed)${disturbanceMark(cell)}`, 'bad')
        : cellText(`${formatCount(subscribers)}${disturbanceMark(cell)}`),
  },
  { title: 'bytes', of: (cell) => countText(subscriberBytes(cell)) },
  {
    title: 'each',
    of: (cell, subscribers) => {
      const bytes = subscriberBytes(cell)
      return countText(bytes === null ? null : bytes / subscribers)
    },
  },
  { title: 'first p50', of: (cell) => cellText(medianText(cell.latency?.fanout?.first ?? null)) },
  { title: 'last p50', of: (cell) => cellText(medianText(cell.latency?.fanout?.last ?? null)) },
  {
    title: 'lost',
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
  const families = new Map<string, ScenarioCells[]>()
  for (const entry of scenarioCellsOf(report, 'fanout')) {
    const { name } = familyOf(entry.scenario)
    families.set(name, [...(families.get(name) ?? []), entry])
  }
  const sections = Array.from(families.values(), (entries) => familyBlocks(entries, report))
  if (sections.every((section) => section.length === 0)) return []
  return [
    heading(1, 'Fan-out'),
    paragraph(
      'one publisher, and subscribers with a connection of their own each. bytes: of one message on the links of all subscribers, both directions, acknowledgements included, without the publisher’s link; each: on one of those links. first, last: from due until the first and until the last subscriber has the message; microseconds, p50 with the 95 % interval of the median; two legs, publisher → broker → subscriber; the next message is due when all have this one. All subscribers share one process, which takes their messages one after another. lost: deliveries.',
      'faint',
    ),
    ...sections.flat(),
  ]
}

function familyBlocks(entries: readonly ScenarioCells[], report: Report): Block[] {
  const cells = entries.flatMap((entry) => entry.cells)
  const shown = cells.flatMap((cell) => (isShown(cell) ? [cell] : []))
  const [first] = entries
  if (shown.length === 0 || first === undefined) return []
  const rows = shown.map((cell) => FIGURES.map(({ of }) => of(cell, subscribersOf(cell) ?? 0)))
  // What was not asked for has no column.
  const filled = FIGURES.map((_, index) => rows.some((row) => row[index]?.text !== ''))
  const ids = [...new Set(shown.map((cell) => cell.transport))]
  const groupOf = (id: string): Group => {
    const own = rows.filter((_, index) => shown[index]?.transport === id)
    const completion = shown.find((cell) => cell.transport === id)?.completion ?? ''
    return {
      first: cellText(id),
      rows: own.map((row, index) => [
        index === 0 ? cellText(completion) : BLANK,
        ...row.filter((_, column) => filled[column]),
      ]),
    }
  }
  const { name, title } = familyOf(first.scenario)
  // Where there are bytes, their section says why a cell has none. Where a
  // transport has no fan-out, it has none to any number.
  const reasons = report.plan.measures.includes('bytes') ? [] : [...new Set(reasonLines(cells))]
  const names = entries.map(({ scenario }) => scenario.name)
  const claims = report.verdicts
    .filter(({ scenario }) => scenario !== null && names.includes(scenario))
    .map((verdict) => `${verdict.scenario}: ${describeVerdict(verdict)}`)
  return [
    heading(2, name === title ? name : `${name}: ${title}`),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'transport', align: 'left' },
        { title: 'completion', align: 'left' },
        ...FIGURES.filter((_, index) => filled[index]).map(
          (figure) => ({ title: figure.title, align: 'right' }) as const,
        ),
      ],
      groups: ids.map(groupOf),
    },
    ...disturbanceBlocks(shown),
    ...(reasons.length > 0 ? [{ kind: 'list', items: reasons, tone: 'bad' } as const] : []),
    ...(claims.length > 0 ? [{ kind: 'notes', items: claims } as const] : []),
  ]
}

/** What stays inside the process has no bytes; what failed is shown with what it has. */
const isShown = (cell: Cell): cell is RunCell =>
  cell.status === 'failed' ||
  (cell.status === 'measured' && (cell.bytes !== null || cell.latency !== null))
