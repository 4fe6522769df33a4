import { formatCount } from '../model/format.ts'
import type { LossResult } from '../model/link/loss.ts'
import type { Report, Series } from '../model/report.ts'
import { type Block, cellText, heading, paragraph } from './document.ts'
import { formatMs } from './link-text.ts'
import {
  type RunCell,
  reasonLines,
  type ScenarioCells,
  scenarioCells,
  transportName,
} from './scenario-cells.ts'

const WHAT_IS_SHOWN =
  'milliseconds. cold: from before connecting until the first message is done, on a connection of its own. p50, p99, max: one message on a connection that is open, one in flight; done is acknowledged or answered, and arrived where the completion is flushed. sent again: TCP segments from the device and from the endpoint, as their kernels counted them, of so many that they sent. dropped: packets on the way up and down.'

/** What lost packets do: the tail of latency, and what the kernels sent again. */
export function lossBlocks(report: Report): Block[] {
  const { loss } = report
  if (loss === undefined) return []
  const sections = scenarioCells(report).flatMap(scenarioBlocks)
  return [
    heading(1, `With ${describeLoss(loss)} of the packets lost`),
    paragraph(`each packet on its own, in each direction: ${loss.how}; TCP is the kernel’s.`),
    ...(sections.length === 0 ? [] : [paragraph(WHAT_IS_SHOWN, 'faint'), ...sections]),
  ]
}

const describeLoss = ({ probability }: LossResult): string =>
  `${Number((probability * 100).toFixed(6))} %`

interface Figure {
  title: string
  of(cell: RunCell): string
}

const cold = ({ overLink }: RunCell): Series | null =>
  overLink?.cold?.acknowledged ?? overLink?.cold?.delivered ?? null
const steady = ({ latency }: RunCell): Series | null =>
  latency?.response ?? latency?.delivery ?? null

const ms = (us: number | null | undefined): string =>
  us === null || us === undefined ? '' : formatMs(us / 1_000)

const FIGURES: readonly Figure[] = [
  { title: 'cold p50', of: (cell) => ms(cold(cell)?.p50Us) },
  { title: 'max', of: (cell) => ms(cold(cell)?.maxUs) },
  { title: 'p50', of: (cell) => ms(steady(cell)?.p50Us) },
  { title: 'p99', of: (cell) => ms(steady(cell)?.p99Us) },
  { title: 'max', of: (cell) => ms(steady(cell)?.maxUs) },
  { title: 'n', of: (cell) => formatSamples(steady(cell)) },
  { title: 'sent again', of: sentAgain },
  { title: 'dropped', of: dropped },
]

const formatSamples = (series: Series | null): string =>
  series === null ? '' : formatCount(series.samples)

/** `19 + 17 of 1,424` */
function sentAgain({ overLink }: RunCell): string {
  if (overLink?.loss === undefined) return ''
  const { retransmitted, segments } = overLink.loss
  return `${retransmitted.up} + ${retransmitted.down} of ${formatCount(segments.up + segments.down)}`
}

function dropped({ overLink }: RunCell): string {
  if (overLink?.loss === undefined) return ''
  return `${overLink.loss.dropped.up} + ${overLink.loss.dropped.down}`
}

function scenarioBlocks({ scenario, cells }: ScenarioCells): Block[] {
  const ran = cells.filter((cell) => cell.status !== 'skipped')
  const figures = FIGURES.filter(({ of }) => ran.some((cell) => of(cell) !== ''))
  if (figures.length === 0) return []
  const reasons = reasonLines(cells)
  return [
    heading(2, `${scenario.name}: ${scenario.title}`),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'transport', align: 'left' },
        ...figures.map(({ title }) => ({ title, align: 'right' as const })),
      ],
      groups: cells.map((cell) => ({
        first: cellText(transportName(cell), cell.status === 'measured' ? undefined : 'bad'),
        rows: [figures.map(({ of }) => cellText(cell.status === 'skipped' ? '' : of(cell)))],
      })),
    },
    ...(reasons.length > 0 ? [{ kind: 'list', items: reasons, tone: 'bad' } as const] : []),
  ]
}
