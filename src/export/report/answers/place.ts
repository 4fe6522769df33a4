import type { Report, Series } from '../../../model/report/report.ts'
import { catalogue } from '../../../model/text/language.ts'
import { formatMs } from '../links/link-text.ts'
import { describeLoss } from '../links/loss.ts'
import type { RunCell } from '../scenario-cells.ts'
import type { FigureOf } from './sides.ts'

const say = catalogue({
  en: {
    loopback: 'on loopback, where it is the time of software alone',
    link: (name: string, rtt: string) => `over ${name}, a link shaped to an RTT of ${rtt} ms`,
    loss: (share: string) => `on loopback with ${share} of the packets lost`,
    server: 'to a server that was there, on whatever is between',
    medians: 'medians',
    orEnds: 'medians, or the least and the most where samples are too few for one',
  },
  'zh-TW': {
    loopback: '在 loopback 上，只是軟體的時間',
    link: (name, rtt) => `經由 ${name}，模擬成 RTT ${rtt} ms 的鏈路`,
    loss: (share) => `在 loopback 上，遺失 ${share} 的封包`,
    server: '對既有的伺服器，含其間的一切',
    medians: '中位數',
    orEnds: '中位數；樣本太少時為最小與最大',
  },
})

/** On what the latencies of a run were measured: no sentence about them goes without. */
export function placeText({ link, loss, plan }: Report): string {
  if (link !== undefined) return say.link(link.name, formatMs(link.rttMs))
  if (loss !== undefined) return say.loss(describeLoss(loss))
  return plan.targets === undefined ? say.loopback : say.server
}

/** The median; the least and the most where the sample is too small for one. */
export const usualOf =
  (seriesOf: (cell: RunCell) => Series | null | undefined): FigureOf =>
  (cell) => {
    const series = seriesOf(cell)
    if (series === null || series === undefined) return []
    return series.p50Us === null ? [series.minUs, series.maxUs] : [series.p50Us]
  }

/** What such figures are. */
export const mediansText = (cells: readonly RunCell[], of: FigureOf): string =>
  cells.some((cell) => of(cell).length > 1) ? say.orEnds : say.medians
