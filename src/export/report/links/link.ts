import type { LinkResult, OverLinkResult, StreamTime } from '../../../model/report/link-result.ts'
import type { Report, Series } from '../../../model/report/report.ts'
import { saidText } from '../../../model/said/said.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { type Block, heading, list, listOf, paragraph } from '../../document/document.ts'
import { countOrNothing, type Figure, figureBlocks } from '../figure-table.ts'
import { type RunCell, type ScenarioCells, scenarioCells } from '../scenario-cells.ts'
import {
  describeLink,
  describeReading,
  describeRelay,
  doneSeries,
  formatMs,
  steadySeries,
} from './link-text.ts'

const say = catalogue({
  en: {
    title: (link: string) => `Over the link: ${link}`,
    whatIsShown:
      'milliseconds; in brackets how many round trips of the link that is. cold: from before connecting until the first message is done, on its own connection. steady: one message, on an open connection. done = acknowledged or answered (flushed: arrived). Median, or min–max if there are too few samples.',
    oneInFlight: (messages: string) => `${messages}, one in flight`,
    scaled:
      '≈ extrapolated from the messages that fitted into the time. n = samples of cold, steady, several.',
    severalOf: (transports: string, what: string) => `several, ${transports}: ${what}`,
    unacknowledged: 'sent as fast as the link takes them: nothing is acknowledged',
    onOneConnection: (count: number) => `${count} in flight on one connection`,
    onEach: (connections: number) => `${connections} connections, one in flight on each`,
    columns: {
      cold: 'cold',
      steady: 'steady',
      several: 'several',
      delivery: 'delivery',
      loop: 'full loop',
    },
  },
  'zh-TW': {
    title: (link) => `經由鏈路：${link}`,
    whatIsShown:
      '毫秒；括號內是相當於鏈路的幾次來回。冷啟動：從連線之前到第一則訊息完成，自己開連線。穩定：一則訊息，連線已開。完成＝已確認或已回應（已送出者：已到達）。中位數；樣本太少時為最小–最大。',
    oneInFlight: (messages) => `${messages} 則，一次一則`,
    scaled: '≈ 由時間內來得及測的訊息推算。n＝冷啟動、穩定、多則的樣本數。',
    severalOf: (transports, what) => `多則，${transports}：${what}`,
    unacknowledged: '鏈路收多快就送多快：沒有確認',
    onOneConnection: (count) => `一條連線上 ${count} 則在途`,
    onEach: (connections) => `${connections} 條連線，每條一則在途`,
    columns: { cold: '冷啟動', steady: '穩定', several: '多則', delivery: '送達', loop: '全程' },
  },
})

/** What a run over a link found, in place of the latencies of loopback. */
export function linkBlocks(report: Report): Block[] {
  const { link } = report
  if (link === undefined) return []
  const sections = scenarioCells(report).flatMap((entry) => [
    ...uplinkBlocks(entry, report, link),
    ...commandBlocks(entry, report, link),
  ])
  return [
    heading(1, say.title(link.name)),
    list(
      [describeLink(link), describeReading(link), describeRelay(link)].filter(
        (line) => line !== null,
      ),
    ),
    ...(sections.length === 0 ? [] : [paragraph(say.whatIsShown, 'faint'), ...sections]),
  ]
}

function uplinkBlocks(entry: ScenarioCells, report: Report, { rttMs }: LinkResult): Block[] {
  const cells = entry.cells.filter(
    (cell): cell is RunCell => cell.status !== 'skipped' && cell.overLink !== undefined,
  )
  if (cells.length === 0 || entry.scenario.flow !== 'uplink') return []
  const messages = formatCount(entry.scenario.messages)
  const figures: Figure[] = [
    { title: say.columns.cold, of: (cell) => seriesText(doneSeries(cell), rttMs) },
    {
      title: say.columns.steady,
      metric: 'latency_p50_us',
      of: (cell) => seriesText(steadySeries(cell), rttMs),
    },
    { title: say.oneInFlight(messages), of: ({ overLink }) => timeText(overLink?.oneInFlight) },
    { title: say.columns.several, of: ({ overLink }) => timeText(overLink?.severalInFlight) },
    { title: 'n', of: samplesText },
  ]
  const scaled = cells.some(({ overLink }) => isScaled(overLink))
  return [
    ...figureBlocks(entry, report, figures, 'completion'),
    ...listOf(severalNotes(cells)),
    ...(scaled ? [paragraph(say.scaled, 'faint')] : []),
  ]
}

function commandBlocks(entry: ScenarioCells, report: Report, { rttMs }: LinkResult): Block[] {
  const cells = entry.cells.filter((cell) => cell.status !== 'skipped' && cell.latency !== null)
  if (entry.scenario.flow !== 'roundtrip' || cells.length === 0) return []
  const figures: Figure[] = [
    {
      title: say.columns.delivery,
      metric: 'delivery_p50_us',
      of: ({ latency }) => seriesText(latency?.delivery ?? null, rttMs),
    },
    {
      title: say.columns.loop,
      metric: 'latency_p50_us',
      of: ({ latency }) => seriesText(latency?.response ?? null, rttMs),
    },
    { title: 'n', of: ({ latency }) => countOrNothing(latency?.response?.samples) },
  ]
  return figureBlocks(entry, report, figures, 'completion')
}

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
  if (time == null) return ''
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
  return Array.from(byWhat, ([what, transports]) => say.severalOf(listNames(transports), what))
}

function severalText(overLink: OverLinkResult | undefined): string | null {
  const time = overLink?.severalInFlight ?? null
  if (time === null)
    return overLink?.severalReason == null ? null : saidText(overLink.severalReason)
  if (time.inFlight === null) return say.unacknowledged
  return time.connections === 1 ? say.onOneConnection(time.inFlight) : say.onEach(time.connections)
}
