import type { LossResult } from '../../../model/link/loss.ts'
import type { Report } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { type Block, heading, paragraph } from '../../document/document.ts'
import { type Figure, figureTable, reasonBlocks, shownFigures } from '../figure-table.ts'
import {
  disturbanceBlocks,
  type RunCell,
  type ScenarioCells,
  scenarioCells,
  timedName,
} from '../scenario-cells.ts'
import { doneSeries, formatMs, formatSamples, steadySeries } from './link-text.ts'

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

const ms = (us: number | null | undefined): string =>
  us === null || us === undefined ? '' : formatMs(us / 1_000)

const FIGURES: readonly Figure[] = [
  { title: 'cold p50', of: (cell) => ms(doneSeries(cell)?.p50Us) },
  { title: 'max', of: (cell) => ms(doneSeries(cell)?.maxUs) },
  { title: 'p50', of: (cell) => ms(steadySeries(cell)?.p50Us) },
  { title: 'p99', of: (cell) => ms(steadySeries(cell)?.p99Us) },
  { title: 'max', of: (cell) => ms(steadySeries(cell)?.maxUs) },
  { title: 'n', of: (cell) => formatSamples(steadySeries(cell)) },
  { title: 'sent again', of: sentAgain },
  { title: 'dropped', of: dropped },
]

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
  const figures = shownFigures(cells, FIGURES)
  if (figures.length === 0) return []
  return [
    heading(2, `${scenario.name}: ${wordsOf(scenario.title)}`),
    figureTable(cells, figures, [], timedName),
    ...disturbanceBlocks(cells),
    ...reasonBlocks(cells),
  ]
}
