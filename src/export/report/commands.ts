import { findMetric } from '../../model/report/metric.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { formatCount } from '../../model/text/format.ts'
import { wordsOf } from '../../model/text/wording.ts'
import { type Block, heading, paragraph } from '../document/document.ts'
import { type Figure, figureTable, reasonBlocks, shownFigures } from './figure-table.ts'
import { medianText, micros } from './latency.ts'
import { describeVerdict } from './notes.ts'
import {
  disturbanceBlocks,
  type RunCell,
  type ScenarioCells,
  scenarioCellsOf,
  timedName,
} from './scenario-cells.ts'

const WHAT_IS_SHOWN =
  'an app commands a device through a broker or server, and gets the device’s state back: two legs each way, one command in flight. delivery: from due until the device has the command; full loop: from due until the app has the state that it asked for; microseconds, p50 with the 95 % interval of the median. bytes: wire bytes of the device, one command and its state with their acknowledgements. waiting an hour: bytes on its link while no command comes, with the headers of TCP, UDP and IP; waiting, wire: without them; both from one waiting exchange, whose wire bytes were measured.'

const metric = (name: string, cell: Cell): string => {
  const value = findMetric(name)?.of(cell) ?? null
  return value === null ? '' : formatCount(value)
}

const FIGURES: readonly Figure[] = [
  { title: 'delivery p50', of: ({ latency }) => medianText(latency?.delivery ?? null) },
  { title: 'p99', of: ({ latency }) => micros(latency?.delivery?.p99Us) },
  { title: 'full loop p50', of: ({ latency }) => micros(latency?.response?.p50Us) },
  { title: 'n', of: ({ latency }) => formatSamples(latency?.response?.samples) },
  { title: 'bytes', of: (cell) => metric('wire_bytes_per_message', cell) },
  { title: 'waiting an hour', of: (cell) => metric('waiting_link_bytes_per_hour', cell) },
  { title: 'waiting, wire', of: (cell) => metric('waiting_bytes_per_hour', cell) },
  { title: 'lost', of: ({ counts }) => formatSamples(counts?.lost ?? undefined) },
]

const formatSamples = (count: number | undefined): string =>
  count === undefined ? '' : formatCount(count)

/** Commands down and states back, for each scenario that has them. */
export function commandBlocks(report: Report): Block[] {
  const sections = scenarioCellsOf(report, 'roundtrip').flatMap((entry) =>
    scenarioBlocks(entry, report),
  )
  if (sections.length === 0) return []
  return [
    heading(1, 'Commands: app → device → app'),
    paragraph(WHAT_IS_SHOWN, 'faint'),
    ...sections,
  ]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  if (cells.length === 0) return []
  const ran = cells.filter((cell) => cell.status !== 'skipped')
  const waiting = waitingLine(ran)
  // Where there are bytes, their section says why a cell has none.
  const reasons = report.plan.measures.includes('bytes') ? [] : reasonBlocks(cells)
  const claims = report.verdicts
    .filter((verdict) => verdict.scenario === scenario.name)
    .map(describeVerdict)
  return [
    heading(2, `${scenario.name}: ${wordsOf(scenario.title)}`),
    figureTable(cells, shownFigures(cells, FIGURES), [], timedName),
    ...disturbanceBlocks(cells),
    ...(waiting === null ? [] : [paragraph(waiting)]),
    ...reasons,
    ...(claims.length > 0 ? [{ kind: 'notes', items: claims } as const] : []),
  ]
}

/** `waiting: 305 wire bytes every 1 s on http-poll; 4 wire bytes every 60 s on mqtt-qos0, mqtt-qos1` */
function waitingLine(cells: readonly RunCell[]): string | null {
  const transportsOf = new Map<string, string[]>()
  for (const { transport, bytes } of cells) {
    if (bytes?.waiting === undefined) continue
    const { exchangeBytes, everyS } = bytes.waiting
    const how =
      everyS === null ? 'nothing' : `${formatCount(exchangeBytes)} wire bytes every ${everyS} s`
    transportsOf.set(how, [...(transportsOf.get(how) ?? []), transport])
  }
  if (transportsOf.size === 0) return null
  const parts = Array.from(
    transportsOf,
    ([how, transports]) => `${how} on ${transports.join(', ')}`,
  )
  return `waiting: ${parts.join('; ')}`
}
