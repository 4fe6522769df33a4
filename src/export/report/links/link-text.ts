import type { LinkResult } from '../../../model/report/link-result.ts'
import type { Series } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import type { RunCell } from '../scenario-cells.ts'

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
  if (bitsPerS === null) return 'no limit'
  if (bitsPerS >= 1e6) return `${formatCount(bitsPerS / 1e6, 2)} Mbit/s`
  return `${formatCount(bitsPerS / 1e3)} kbit/s`
}

const formatQueue = (bytes: number | null): string =>
  bytes === null ? 'without end' : `${formatCount(bytes)} B`

/** The link as it was asked for. */
export function describeLink(link: LinkResult): string {
  const jitter = link.jitterMs === 0 ? '' : ` ± ${formatMs(link.jitterMs)} each way`
  const leftOut = link.leftOut === undefined ? '' : `; left out: ${link.leftOut}`
  return `${link.title}: RTT ${formatMs(link.rttMs)} ms${jitter}; down ${formatRate(link.downBitsPerS)}, queue ${formatQueue(link.downQueueBytes)}; up ${formatRate(link.upBitsPerS)}, queue ${formatQueue(link.upQueueBytes)}. ${link.publisher}: ${link.source}${leftOut}`
}

/** The link as a raw TCP connection read it before anything was measured. */
export function describeReading({ asMeasured, ...link }: LinkResult): string | null {
  if (asMeasured === null) return null
  const rates = [
    link.downBitsPerS === null ? null : `down ${formatRate(asMeasured.downBitsPerS)}`,
    link.upBitsPerS === null ? null : `up ${formatRate(asMeasured.upBitsPerS)}`,
  ].filter((text) => text !== null)
  const own =
    asMeasured.packetsMs === 0
      ? ''
      : `, without the ${formatMs(asMeasured.packetsMs)} ms that its own two packets take`
  const rtt = `RTT ${formatCount(asMeasured.rttMs)} ms (${asMeasured.echoes} echoes${own})`
  return `as a raw TCP echo reads it: ${[rtt, ...rates].join('; ')}`
}

export function describeRelay({ relay }: LinkResult): string | null {
  if (relay === null) return null
  const ceiling =
    relay.bytesPerS === null ? '' : ` and carries ${formatCount(relay.bytesPerS / 1e6)} MB/s`
  return `the relay that shapes it adds ${formatCount(relay.addedUs)} µs to a round trip (${relay.echoes} echoes)${ceiling}`
}

/** From cold until the first message is done; where nothing is acknowledged, its arrival is all there is. */
export const doneSeries = ({ overLink }: RunCell): Series | null =>
  overLink?.cold?.acknowledged ?? overLink?.cold?.delivered ?? null

/** One message on a connection that is open, done or else arrived. */
export const steadySeries = ({ latency }: RunCell): Series | null =>
  latency?.response ?? latency?.delivery ?? null

export const formatSamples = (series: Series | null | undefined): string =>
  series === null || series === undefined ? '' : formatCount(series.samples)
