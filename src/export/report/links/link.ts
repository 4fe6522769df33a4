import type { LinkResult, OverLinkResult, StreamTime } from '../../../model/report/link-result.ts'
import type { Cell, Report, Series } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { type Block, heading, paragraph } from '../../document/document.ts'
import {
  type Figure,
  figureTable,
  reasonBlocks,
  shownFigures,
  type Wording,
} from '../figure-table.ts'
import {
  disturbanceBlocks,
  type RunCell,
  type ScenarioCells,
  scenarioCells,
  timedName,
} from '../scenario-cells.ts'
import {
  describeLink,
  describeReading,
  describeRelay,
  doneSeries,
  formatMs,
  formatSamples,
  steadySeries,
} from './link-text.ts'

const WHAT_IS_SHOWN =
  'milliseconds; in brackets how many round trips of the link that is. cold: from before connecting until the first message is done, on a connection of its own. steady: one message, on a connection that is open. done: acknowledged or answered; where the completion is flushed, nobody hears of it, and the figure is until the endpoint’s application has the message. a median where the sample carries one, otherwise the least and the greatest.'

/** What a run over a link found, in place of the latencies of loopback. */
export function linkBlocks(report: Report): Block[] {
  const { link } = report
  if (link === undefined) return []
  const sections = scenarioCells(report).flatMap((entry) => [
    ...uplinkBlocks(entry, link),
    ...commandBlocks(entry, link),
  ])
  return [
    heading(1, `Over the link: ${link.name}`),
    {
      kind: 'list',
      items: [describeLink(link), describeReading(link), describeRelay(link)].filter(
        (line) => line !== null,
      ),
    },
    ...(sections.length === 0 ? [] : [paragraph(WHAT_IS_SHOWN, 'faint'), ...sections]),
  ]
}

function uplinkBlocks(entry: ScenarioCells, { rttMs }: LinkResult): Block[] {
  const cells = entry.cells.filter(
    (cell): cell is RunCell => cell.status !== 'skipped' && cell.overLink !== undefined,
  )
  if (cells.length === 0 || entry.scenario.flow !== 'uplink') return []
  const messages = formatCount(entry.scenario.messages)
  const figures: Figure[] = [
    { title: 'cold', of: (cell) => seriesText(doneSeries(cell), rttMs) },
    { title: 'steady', of: (cell) => seriesText(steadySeries(cell), rttMs) },
    { title: `${messages}, one in flight`, of: ({ overLink }) => timeText(overLink?.oneInFlight) },
    { title: 'several', of: ({ overLink }) => timeText(overLink?.severalInFlight) },
    { title: 'n', of: samplesText },
  ]
  const notes = severalNotes(cells)
  const scaled = cells.some(({ overLink }) => isScaled(overLink))
  return [
    ...tableBlocks(entry, entry.cells, figures),
    ...(notes.length > 0 ? [{ kind: 'list', items: notes } as const] : []),
    ...(scaled
      ? [
          paragraph(
            '≈: scaled up from the messages that fitted into the time; n says how many: cold, steady, several.',
            'faint',
          ),
        ]
      : []),
  ]
}

function commandBlocks(entry: ScenarioCells, { rttMs }: LinkResult): Block[] {
  const cells = entry.cells.filter((cell) => cell.status !== 'skipped' && cell.latency !== null)
  if (entry.scenario.flow !== 'roundtrip' || cells.length === 0) return []
  return tableBlocks(entry, entry.cells, [
    { title: 'delivery', of: ({ latency }) => seriesText(latency?.delivery ?? null, rttMs) },
    { title: 'full loop', of: ({ latency }) => seriesText(latency?.response ?? null, rttMs) },
    { title: 'n', of: ({ latency }) => formatSamples(latency?.response) },
  ])
}

const COMPLETION: Wording = { title: 'completion', of: ({ completion }) => completion }

const tableBlocks = (
  { scenario }: ScenarioCells,
  cells: readonly Cell[],
  figures: readonly Figure[],
): Block[] => [
  heading(2, `${scenario.name}: ${wordsOf(scenario.title)}`),
  figureTable(cells, shownFigures(cells, figures), [COMPLETION], timedName),
  ...disturbanceBlocks(cells),
  ...reasonBlocks(cells),
]

/** `308 (2.05)`, or `457–465 (3.05–3.10)` where the sample is too small for a median. */
function seriesText(series: Series | null, rttMs: number): string {
  if (series === null) return ''
  const { p50Us, minUs, maxUs } = series
  const valuesMs = (p50Us === null ? [minUs, maxUs] : [p50Us]).map((us) => us / 1_000)
  const range = (texts: readonly string[]): string => [...new Set(texts)].join('–')
  const times = range(valuesMs.map(formatMs))
  if (rttMs === 0) return times
  return `${times} (${range(valuesMs.map((ms) => (ms / rttMs).toFixed(2)))})`
}

function timeText(time: StreamTime | null | undefined): string {
  if (time === null || time === undefined) return ''
  return `${time.basis === 'modelled' ? '≈' : ''}${formatMs(time.totalMs)}`
}

const isScaled = (overLink: OverLinkResult | undefined): boolean =>
  [overLink?.oneInFlight, overLink?.severalInFlight].some((time) => time?.basis === 'modelled')

/** `6, 8, 90`: cold starts, steady messages, messages with several in flight. */
function samplesText(cell: RunCell): string {
  const counts = [
    doneSeries(cell)?.samples,
    steadySeries(cell)?.samples,
    cell.overLink?.severalInFlight?.measured,
  ]
  return counts.flatMap((count) => (count === undefined ? [] : formatCount(count))).join(', ')
}

/** What several in flight means on each transport, those alike on one line. */
function severalNotes(cells: readonly RunCell[]): string[] {
  const byWhat = new Map<string, string[]>()
  for (const { transport, overLink } of cells) {
    const what = severalText(overLink)
    if (what !== null) byWhat.set(what, [...(byWhat.get(what) ?? []), transport])
  }
  return Array.from(byWhat, ([what, transports]) => `several, ${transports.join(', ')}: ${what}`)
}

function severalText(overLink: OverLinkResult | undefined): string | null {
  const time = overLink?.severalInFlight ?? null
  if (time === null) return overLink?.severalReason ?? null
  if (time.inFlight === null) return 'sent as fast as the link takes them: nothing is acknowledged'
  return time.connections === 1
    ? `${time.inFlight} in flight on one connection`
    : `${time.connections} connections, one in flight on each`
}
