import type { LinkResult } from '../../../model/report/link-result.ts'
import type { Series } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { WORDS } from '../../words.ts'
import type { RunCell } from '../scenario-cells.ts'

interface LinkWords {
  title: string
  rtt: string
  jitter: string | null
  /** Rate and queue. */
  down: readonly [string, string]
  up: readonly [string, string]
  source: string
  leftOut: string | null
}

const say = catalogue({
  en: {
    noLimit: 'no limit',
    withoutEnd: 'without end',
    link: ({ title, rtt, jitter, down, up, source, leftOut }: LinkWords) =>
      `${title}: RTT ${rtt} ms${jitter === null ? '' : ` ± ${jitter} each way`}; down ${down[0]}, queue ${down[1]}; up ${up[0]}, queue ${up[1]}. ${source}${leftOut === null ? '' : `; left out: ${leftOut}`}`,
    down: (rate: string) => `down ${rate}`,
    up: (rate: string) => `up ${rate}`,
    rtt: (ms: string, echoes: number, own: string | null) =>
      `RTT ${ms} ms (${echoes} echoes${own === null ? '' : `, without the ${own} ms that its own two packets take`})`,
    reading: (what: string) => `as a raw TCP echo reads it: ${what}`,
    relay: (micros: string, echoes: number, ceiling: string | null) =>
      `the relay that shapes it adds ${micros} µs to a round trip (${echoes} echoes)${ceiling === null ? '' : ` and carries ${ceiling} MB/s`}`,
  },
  'zh-TW': {
    noLimit: '沒有上限',
    withoutEnd: '無限',
    link: ({ title, rtt, jitter, down, up, source, leftOut }) =>
      `${title}：RTT ${rtt} ms${jitter === null ? '' : `，單向 ± ${jitter}`}；下行 ${down[0]}，佇列 ${down[1]}；上行 ${up[0]}，佇列 ${up[1]}。${source}${leftOut === null ? '' : `；未含：${leftOut}`}`,
    down: (rate) => `下行 ${rate}`,
    up: (rate) => `上行 ${rate}`,
    rtt: (ms, echoes, own) =>
      `RTT ${ms} ms（${echoes} 次回聲${own === null ? '' : `，不含它自己兩個封包的 ${own} ms`}）`,
    reading: (what) => `以單純的 TCP 回聲量得：${what}`,
    relay: (micros, echoes, ceiling) =>
      `模擬鏈路的中繼使每次來回多 ${micros} µs（${echoes} 次回聲）${ceiling === null ? '' : `，可傳 ${ceiling} MB/s`}`,
  },
})

/** `0.82`, `28.5`, `308`, `15,738`: three digits, and all of the whole part. */
export function formatMs(ms: number): string {
  const decimals = ms >= 100 ? 0 : ms >= 10 ? 1 : 2
  return ms.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
}

/** `1.6 Mbit/s`, `768 kbit/s`, `no limit`. */
export function formatRate(bitsPerS: number | null): string {
  if (bitsPerS === null) return say.noLimit
  if (bitsPerS >= 1e6) return `${formatCount(bitsPerS / 1e6, 2)} Mbit/s`
  return `${formatCount(bitsPerS / 1e3)} kbit/s`
}

const formatQueue = (bytes: number | null): string =>
  bytes === null ? say.withoutEnd : `${formatCount(bytes)} B`

/** The link as it was asked for. */
export function describeLink(link: LinkResult): string {
  return say.link({
    title: wordsOf(link.title),
    rtt: formatMs(link.rttMs),
    jitter: link.jitterMs === 0 ? null : formatMs(link.jitterMs),
    down: [formatRate(link.downBitsPerS), formatQueue(link.downQueueBytes)],
    up: [formatRate(link.upBitsPerS), formatQueue(link.upQueueBytes)],
    source: `${link.publisher}: ${link.source}`,
    leftOut: link.leftOut ?? null,
  })
}

/** The link as a raw TCP connection read it before anything was measured. */
export function describeReading({ asMeasured, ...link }: LinkResult): string | null {
  if (asMeasured === null) return null
  const rates = [
    link.downBitsPerS === null ? null : say.down(formatRate(asMeasured.downBitsPerS)),
    link.upBitsPerS === null ? null : say.up(formatRate(asMeasured.upBitsPerS)),
  ].filter((text) => text !== null)
  const own = asMeasured.packetsMs === 0 ? null : formatMs(asMeasured.packetsMs)
  const rtt = say.rtt(formatCount(asMeasured.rttMs), asMeasured.echoes, own)
  return say.reading([rtt, ...rates].join(WORDS.semicolon))
}

export function describeRelay({ relay }: LinkResult): string | null {
  if (relay === null) return null
  const ceiling = relay.bytesPerS === null ? null : formatCount(relay.bytesPerS / 1e6)
  return say.relay(formatCount(relay.addedUs), relay.echoes, ceiling)
}

/** From cold until the first message is done; where nothing is acknowledged, its arrival is all there is. */
export const doneSeries = ({ overLink }: RunCell): Series | null =>
  overLink?.cold?.acknowledged ?? overLink?.cold?.delivered ?? null

/** One message on a connection that is open, done or else arrived. */
export const steadySeries = ({ latency }: RunCell): Series | null =>
  latency?.response ?? latency?.delivery ?? null
