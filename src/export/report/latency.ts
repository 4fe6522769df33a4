import type { Cell, LatencyResult, Report, Series } from '../../model/report/report.ts'
import { formatCount, formatMicrosNumber } from '../../model/text/format.ts'
import { wordsOf } from '../../model/text/wording.ts'
import { type Block, type CellText, cellText, heading, paragraph } from '../document/document.ts'
import {
  disturbanceBlocks,
  reasonLines,
  type ScenarioCells,
  scenarioCellsOf,
  timedName,
} from './scenario-cells.ts'

const latencyOf = (cell: Cell): LatencyResult | null =>
  cell.status === 'skipped' ? null : cell.latency

/** Response and delivery latency of each scenario, with the completion beside it. */
export function latencyBlocks(report: Report): Block[] {
  const reasonsToldAbove = report.plan.measures.includes('bytes')
  const sections = scenarioCellsOf(report, 'uplink').flatMap((entry) =>
    scenarioBlocks(entry, reasonsToldAbove ? 'told above' : 'told here'),
  )
  if (sections.length === 0) return []
  return [
    heading(1, 'Latency'),
    paragraph(
      `microseconds; p50 with the 95 % interval of the median; closed loop, one in flight; ${legsOf(report)}. response: from due to the completion named (none where it is flushed); delivery: from due until the endpoint’s application has the message.`,
      'faint',
    ),
    ...sections,
  ]
}

/** Which legs the figures cover: a broker that is not our own hands over to a subscriber. */
function legsOf({ cells }: Report): string {
  const two = cells.filter(
    (cell) => cell.flow === 'uplink' && cell.legs === 2 && latencyOf(cell) !== null,
  )
  const ids = [...new Set(two.map((cell) => cell.transport))]
  const oneLeg = 'one leg: device → endpoint'
  if (ids.length === 0) return oneLeg
  return `${oneLeg}; two legs, device → broker → subscriber, for the delivery of ${ids.join(', ')}`
}

function scenarioBlocks(
  { scenario, cells }: ScenarioCells,
  reasonsAre: 'told above' | 'told here',
): Block[] {
  if (!cells.some((cell) => latencyOf(cell) !== null)) return []
  const shown = cells.filter((cell) => cell.status !== 'measured' || cell.latency !== null)
  const reasons = reasonsAre === 'told here' ? reasonLines(shown) : []
  const left = (title: string) => ({ title, align: 'left' as const })
  const right = (title: string) => ({ title, align: 'right' as const })
  return [
    heading(2, `${scenario.name}: ${wordsOf(scenario.title)}`),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        left('transport'),
        left('completion'),
        right('response p50'),
        right('p99'),
        right('delivery p50'),
        right('p99'),
        right('n'),
      ],
      groups: shown.map((cell) => ({
        first: cellText(timedName(cell), cell.status === 'measured' ? undefined : 'bad'),
        rows: [rowOf(cell)],
      })),
    },
    ...disturbanceBlocks(shown),
    ...(reasons.length > 0 ? [{ kind: 'list', items: reasons, tone: 'bad' } as const] : []),
  ]
}

function rowOf(cell: Cell): CellText[] {
  const latency = latencyOf(cell)
  const { response, delivery } = latency ?? { response: null, delivery: null }
  const samples = new Set([response, delivery].flatMap((series) => series?.samples ?? []))
  return [
    cellText(cell.completion),
    cellText(medianText(response)),
    cellText(micros(response?.p99Us)),
    cellText(medianText(delivery)),
    cellText(micros(delivery?.p99Us)),
    // Where some messages were not seen to arrive, the two differ.
    cellText([...samples].map((count) => formatCount(count)).join(' / ')),
  ]
}

export function micros(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : formatMicrosNumber(value)
}

/** `258 [245–271]`. */
export function medianText(series: Series | null): string {
  if (series === null || series.p50Us === null) return ''
  const interval = series.medianIntervalUs
  if (interval === null) return micros(series.p50Us)
  return `${micros(series.p50Us)} [${interval.map(micros).join('–')}]`
}
