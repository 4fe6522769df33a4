import { latencyOf } from '../../model/report/metric.ts'
import type { Report, Series } from '../../model/report/report.ts'
import { formatCount, formatMicrosNumber } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { type Block, heading, paragraph } from '../document/document.ts'
import { type Figure, figureTable, reasonBlocks } from './figure-table.ts'
import { histogramBlocks } from './histogram.ts'
import {
  disturbanceBlocks,
  type RunCell,
  type ScenarioCells,
  scenarioCellsOf,
  scenarioHeading,
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
  const sections = scenarioCellsOf(report, 'uplink').flatMap((entry) =>
    scenarioBlocks(entry, report),
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

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  if (!cells.some((cell) => latencyOf(cell) !== null)) return []
  const shown = cells.filter((cell) => cell.status !== 'measured' || cell.latency !== null)
  // Where there are bytes, their section says why a cell has none.
  const reasons = report.plan.measures.includes('bytes') ? [] : reasonBlocks(shown)
  return [
    heading(2, scenarioHeading(scenario)),
    figureTable(report, shown, latencyFigures(), 'completion'),
    ...histogramBlocks(shown),
    ...disturbanceBlocks(shown),
    ...reasons,
  ]
}

const latencyFigures = (): readonly Figure[] => [
  {
    title: say.response,
    metric: 'latency_p50_us',
    of: ({ latency }) => medianText(latency?.response),
  },
  { title: 'p99', metric: 'latency_p99_us', of: ({ latency }) => micros(latency?.response?.p99Us) },
  {
    title: say.delivery,
    metric: 'delivery_p50_us',
    of: ({ latency }) => medianText(latency?.delivery),
  },
  {
    title: 'p99',
    metric: 'delivery_p99_us',
    of: ({ latency }) => micros(latency?.delivery?.p99Us),
  },
  { title: 'n', of: samplesText },
]

/** Where some messages were not seen to arrive, the two differ. */
function samplesText({ latency }: RunCell): string {
  const both = [latency?.response, latency?.delivery]
  const samples = new Set(both.flatMap((series) => series?.samples ?? []))
  return [...samples].map((count) => formatCount(count)).join(' / ')
}

export const micros = (value: number | null | undefined): string =>
  value == null ? '' : formatMicrosNumber(value)

/** `258 [245–271]`. */
export function medianText(series: Series | null | undefined): string {
  if (series == null || series.p50Us === null) return ''
  const interval = series.medianIntervalUs
  if (interval === null) return micros(series.p50Us)
  return `${micros(series.p50Us)} [${interval.map(micros).join('–')}]`
}
