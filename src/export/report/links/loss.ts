import type { LossResult } from '../../../model/link/loss.ts'
import type { Report } from '../../../model/report/report.ts'
import { saidText } from '../../../model/said/said.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, heading, paragraph } from '../../document/document.ts'
import { countOrNothing, type Figure, figureBlocks, shownFigures } from '../figure-table.ts'
import { type RunCell, scenarioCells } from '../scenario-cells.ts'
import { doneSeries, formatMs, steadySeries } from './link-text.ts'

const say = catalogue({
  en: {
    title: (share: string) => `With ${share} of the packets lost`,
    how: (how: string) => `each packet on its own, in each direction: ${how}; TCP is the kernel’s.`,
    whatIsShown:
      'milliseconds. cold: from before connecting until the first message is done, on a connection of its own. p50, p99, max: one message on a connection that is open, one in flight; done is acknowledged or answered, and arrived where the completion is flushed. sent again: TCP segments from the device and from the endpoint, as their kernels counted them, of so many that they sent. dropped: packets on the way up and down.',
    of: (some: string, all: string) => `${some} of ${all}`,
    columns: { cold: 'cold p50', again: 'sent again', dropped: 'dropped' },
  },
  'zh-TW': {
    title: (share) => `遺失 ${share} 的封包`,
    how: (how) => `每個封包各自遺失，兩個方向都是：${how}；TCP 是核心的。`,
    whatIsShown:
      '毫秒。冷啟動：從連線之前到第一則訊息完成，自己開連線。p50、p99、max：一則訊息，連線已開，一次一則在途；完成＝已確認或已回應，已送出者則為到達。重送：裝置與端點重送的 TCP 區段，由核心計數，以及它們送出的總數。丟棄：上行與下行丟棄的封包。',
    of: (some, all) => `${all} 中的 ${some}`,
    columns: { cold: '冷啟動 p50', again: '重送', dropped: '丟棄' },
  },
})

/** What lost packets do: the tail of latency, and what the kernels sent again. */
export function lossBlocks(report: Report): Block[] {
  const { loss } = report
  if (loss === undefined) return []
  const figures = lossFigures()
  const sections = scenarioCells(report).flatMap((entry) =>
    shownFigures(entry.cells, figures).length === 0 ? [] : figureBlocks(entry, report, figures),
  )
  return [
    heading(1, say.title(describeLoss(loss))),
    paragraph(say.how(saidText(loss.how))),
    ...(sections.length === 0 ? [] : [paragraph(say.whatIsShown, 'faint'), ...sections]),
  ]
}

/** `2 %` */
export const describeLoss = ({ probability }: LossResult): string =>
  `${Number((probability * 100).toFixed(6))} %`

const ms = (us: number | null | undefined): string => (us == null ? '' : formatMs(us / 1_000))

const lossFigures = (): readonly Figure[] => [
  { title: say.columns.cold, of: (cell) => ms(doneSeries(cell)?.p50Us) },
  { title: 'max', of: (cell) => ms(doneSeries(cell)?.maxUs) },
  { title: 'p50', metric: 'latency_p50_us', of: (cell) => ms(steadySeries(cell)?.p50Us) },
  { title: 'p99', metric: 'latency_p99_us', of: (cell) => ms(steadySeries(cell)?.p99Us) },
  { title: 'max', of: (cell) => ms(steadySeries(cell)?.maxUs) },
  { title: 'n', of: (cell) => countOrNothing(steadySeries(cell)?.samples) },
  { title: say.columns.again, of: sentAgain },
  { title: say.columns.dropped, of: dropped },
]

/** `19 + 17 of 1,424` */
function sentAgain({ overLink }: RunCell): string {
  if (overLink?.loss === undefined) return ''
  const { retransmitted, segments } = overLink.loss
  return say.of(
    `${retransmitted.up} + ${retransmitted.down}`,
    formatCount(segments.up + segments.down),
  )
}

function dropped({ overLink }: RunCell): string {
  if (overLink?.loss === undefined) return ''
  return `${overLink.loss.dropped.up} + ${overLink.loss.dropped.down}`
}
