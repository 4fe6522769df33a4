import { latencyOf } from '../../model/report/metric.ts'
import type { Cell, Report, Series } from '../../model/report/report.ts'
import { formatCount, formatMicrosNumber } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { judgedText } from './cost/budgets.ts'
import { histogramBlocks } from './histogram.ts'
import {
  disturbanceBlocks,
  reasonLines,
  type ScenarioCells,
  scenarioCellsOf,
  scenarioHeading,
  timedName,
} from './scenario-cells.ts'

const say = catalogue({
  en: {
    latency: 'Latency',
    whatIsShown: (legs: string) =>
      `microseconds; p50 with the 95 % interval of the median; closed loop, one in flight; ${legs}. response: from due to the completion named (none where it is flushed); delivery: from due until the endpoint’s application has the message.`,
    oneLeg: 'one leg: device → endpoint',
    twoLegs: (transports: string) =>
      `one leg: device → endpoint; two legs, device → broker → subscriber, for the delivery of ${transports}`,
    response: 'response p50',
    delivery: 'delivery p50',
  },
  'zh-TW': {
    latency: '延遲',
    whatIsShown: (legs) =>
      `微秒；p50 附中位數的 95 % 區間；封閉迴圈，一次一則在途；${legs}。回應：從應送出到所列的完成（已送出者沒有）；送達：從應送出到端點的應用程式拿到訊息。`,
    oneLeg: '一段路：裝置 → 端點',
    twoLegs: (transports) =>
      `一段路：裝置 → 端點；${transports} 的送達是兩段路：裝置 → 代理伺服器 → 訂閱者`,
    response: '回應 p50',
    delivery: '送達 p50',
  },
})

/** Response and delivery latency of each scenario, with the completion beside it. */
export function latencyBlocks(report: Report): Block[] {
  const reasonsToldAbove = report.plan.measures.includes('bytes')
  const sections = scenarioCellsOf(report, 'uplink').flatMap((entry) =>
    scenarioBlocks(entry, report, reasonsToldAbove ? 'told above' : 'told here'),
  )
  if (sections.length === 0) return []
  return [heading(1, say.latency), paragraph(say.whatIsShown(legsOf(report)), 'faint'), ...sections]
}

/** Which legs the figures cover: a broker that is not our own hands over to a subscriber. */
function legsOf({ cells }: Report): string {
  const two = cells.filter(
    (cell) => cell.flow === 'uplink' && cell.legs === 2 && latencyOf(cell) !== null,
  )
  const ids = [...new Set(two.map((cell) => cell.transport))]
  return ids.length === 0 ? say.oneLeg : say.twoLegs(listNames(ids))
}

function scenarioBlocks(
  { scenario, cells }: ScenarioCells,
  report: Report,
  reasonsAre: 'told above' | 'told here',
): Block[] {
  if (!cells.some((cell) => latencyOf(cell) !== null)) return []
  const shown = cells.filter((cell) => cell.status !== 'measured' || cell.latency !== null)
  const reasons = reasonsAre === 'told here' ? reasonLines(shown) : []
  return [
    heading(2, scenarioHeading(scenario)),
    plainTable(
      [WORDS.transport, WORDS.completion],
      [say.response, 'p99', say.delivery, 'p99', 'n'],
      shown.map((cell) =>
        rowGroup(
          cellText(timedName(cell), cell.status === 'measured' ? undefined : 'bad'),
          rowOf(cell, report),
        ),
      ),
    ),
    ...histogramBlocks(shown),
    ...disturbanceBlocks(shown),
    ...listOf(reasons, 'bad'),
  ]
}

function rowOf(cell: Cell, report: Report): CellText[] {
  const latency = latencyOf(cell)
  const { response, delivery } = latency ?? { response: null, delivery: null }
  const samples = new Set([response, delivery].flatMap((series) => series?.samples ?? []))
  return [
    cellText(WORDS.completions[cell.completion]),
    judgedText(medianText(response), 'latency_p50_us', cell, report),
    judgedText(micros(response?.p99Us), 'latency_p99_us', cell, report),
    judgedText(medianText(delivery), 'delivery_p50_us', cell, report),
    judgedText(micros(delivery?.p99Us), 'delivery_p99_us', cell, report),
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
