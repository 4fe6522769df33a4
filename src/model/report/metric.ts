import type { Direction } from '../vocabulary.ts'
import {
  type LedgerEntry,
  linkBasisOf,
  networkPerMessage,
  networkWithConnection,
  sumLedger,
} from '../wire/ledger.ts'
import type { BytesResult, Cell, LatencyResult, Series } from './report.ts'

export interface Metric {
  name: string
  unit: 'bytes' | 'ratio' | 'us' | 'messages' | 'messages/s'
  /** How two values may be compared: exactly, or as distributions. */
  kind: 'exact' | 'distribution'
  /** What the figure covers, for documentation and `list`. */
  covers: string
  /** Null where it was not measured. */
  of(cell: Cell): number | null
  /** Of a median: the series that it is the median of, with its interval. */
  series?(cell: Cell): Series | null
}

export const bytesOf = (cell: Cell): BytesResult | null =>
  cell.status === 'skipped' ? null : cell.bytes
export const latencyOf = (cell: Cell): LatencyResult | null =>
  cell.status === 'skipped' ? null : cell.latency

const perMessage = (total: number, { messages }: BytesResult): number | null =>
  messages === 0 ? null : total / messages

function bytesMetric(
  name: string,
  covers: string,
  figureOf: (bytes: BytesResult) => number | null,
  unit: Metric['unit'] = 'bytes',
): Metric {
  const of = (cell: Cell): number | null => {
    const bytes = bytesOf(cell)
    return bytes && figureOf(bytes)
  }
  return { name, unit, kind: 'exact', covers, of }
}

const SERIES = {
  response: (latency: LatencyResult) => latency.response,
  delivery: (latency: LatencyResult) => latency.delivery,
  first: (latency: LatencyResult) => latency.fanout?.first ?? null,
  last: (latency: LatencyResult) => latency.fanout?.last ?? null,
} as const
type SeriesName = keyof typeof SERIES
type SeriesFigure = 'p50Us' | 'p90Us' | 'p99Us' | 'p999Us' | 'maxUs'

function latencyMetric(
  name: string,
  covers: string,
  seriesName: SeriesName,
  figure: SeriesFigure,
): Metric {
  const series = (cell: Cell): Series | null => {
    const latency = latencyOf(cell)
    return latency === null ? null : SERIES[seriesName](latency)
  }
  return {
    name,
    unit: 'us',
    kind: 'distribution',
    covers,
    of: (cell) => series(cell)?.[figure] ?? null,
    ...(figure === 'p50Us' && { series }),
  }
}

const steady = (bytes: BytesResult): number => sumLedger(bytes.ledger, { phase: 'steady' })

/** All but what depends on time. */
const withConnection = ({ ledger }: BytesResult): number =>
  sumLedger(ledger) - sumLedger(ledger, { phase: 'idle' })

/** IEEE 802.3 §3.1.1: two addresses and a type. Neither padding nor the check sequence, which captures have not. */
const ETHERNET_HEADER_BYTES = 14

/** The same ledger on Ethernet; null where nothing is known of its packets. */
function onEthernet(ledger: readonly LedgerEntry[]): LedgerEntry[] | null {
  const framed = ledger.map((entry) => ({
    ...entry,
    bytes: entry.bytes + (entry.packets ?? 0) * ETHERNET_HEADER_BYTES,
  }))
  const isKnown = ledger.every(({ layer, packets }) => layer !== 'network' || packets !== undefined)
  return isKnown ? framed : null
}

const inFrames = (bytes: BytesResult): BytesResult | null => {
  const ledger = onEthernet(bytes.ledger)
  return ledger && { ...bytes, ledger }
}

/** Of one message with its share of opening and closing connections; null where nothing is known of the link. */
export function totalLinkBytesOf(bytes: BytesResult): number | null {
  const { ledger, messages, firstMessage, wakes } = bytes
  if (messages === 0 || linkBasisOf(ledger) === null) return null
  const opensMore = firstMessage?.connection === 'own' || wakes !== undefined
  const network = networkWithConnection(ledger, messages, opensMore)
  return withConnection(bytes) / messages + network
}

/** Of one message in the steady phase, one way or both; null where nothing is known of the link. */
function linkBytesOf({ ledger, messages }: BytesResult, direction?: Direction): number | null {
  if (messages === 0 || linkBasisOf(ledger) === null) return null
  const entries =
    direction === undefined ? ledger : ledger.filter((entry) => entry.direction === direction)
  return sumLedger(entries, { phase: 'steady' }) / messages + networkPerMessage(entries, messages)
}

const linkMetric = (name: string, covers: string, direction?: Direction): Metric =>
  bytesMetric(name, covers, (bytes) => linkBytesOf(bytes, direction))

const ethernetMetric = (name: string, covers: string, direction?: Direction): Metric =>
  bytesMetric(name, covers, (bytes) => {
    const frames = inFrames(bytes)
    return frames && linkBytesOf(frames, direction)
  })

/** Where a message goes over several links, its payload crosses each of them. */
const steadyPayload = (bytes: BytesResult): number =>
  sumLedger(bytes.ledger, { phase: 'steady', layer: 'payload' })

/** Every figure that a claim, a gate or a table can name. Names are the columns of `results.csv` where there is one. */
export const METRICS: readonly Metric[] = [
  bytesMetric('payload_bytes', 'payload of one message', (bytes) =>
    perMessage(bytes.payloadBytes, bytes),
  ),
  bytesMetric(
    'wire_bytes_per_message',
    'one message and its acknowledgements, both directions, steady phase',
    (bytes) => perMessage(steady(bytes), bytes),
  ),
  bytesMetric('wire_bytes_up_per_message', 'the part of it that leaves the device', (bytes) =>
    perMessage(sumLedger(bytes.ledger, { phase: 'steady', direction: 'up' }), bytes),
  ),
  bytesMetric('wire_bytes_down_per_message', 'the part of it that arrives at the device', (bytes) =>
    perMessage(sumLedger(bytes.ledger, { phase: 'steady', direction: 'down' }), bytes),
  ),
  bytesMetric('overhead_bytes_per_message', 'wire bytes of one message less its payload', (bytes) =>
    perMessage(steady(bytes) - steadyPayload(bytes), bytes),
  ),
  bytesMetric(
    'wire_to_payload_ratio',
    'wire bytes divided by payload bytes',
    (bytes) => {
      const payload = steadyPayload(bytes)
      return payload === 0 ? null : steady(bytes) / payload
    },
    'ratio',
  ),
  linkMetric(
    'link_bytes_per_message',
    'wire bytes of one message with the headers of the network below them',
  ),
  linkMetric('link_bytes_up_per_message', 'the part of them that leaves the device', 'up'),
  linkMetric('link_bytes_down_per_message', 'the part of them that arrives at the device', 'down'),
  ethernetMetric(
    'ethernet_bytes_per_message',
    'link bytes of one message with the 14 bytes of header of each frame of Ethernet, as a capture has them',
  ),
  ethernetMetric('ethernet_bytes_up_per_message', 'the part of them that leaves the device', 'up'),
  ethernetMetric(
    'ethernet_bytes_down_per_message',
    'the part of them that arrives at the device',
    'down',
  ),
  bytesMetric(
    'steady_wire_bytes',
    'all messages of the byte pass and their acknowledgements',
    steady,
  ),
  bytesMetric(
    'setup_bytes',
    'from connecting to the first message, both directions',
    ({ ledger }) => sumLedger(ledger, { phase: 'setup' }),
  ),
  bytesMetric('close_bytes', 'saying goodbye, both directions', ({ ledger }) =>
    sumLedger(ledger, { phase: 'close' }),
  ),
  bytesMetric(
    'total_wire_bytes_per_message',
    'one message with its share of opening and closing connections; idle excluded',
    (bytes) => perMessage(withConnection(bytes), bytes),
  ),
  bytesMetric(
    'total_link_bytes_per_message',
    'one message with its share of opening and closing connections, with the headers of the network; idle excluded',
    totalLinkBytesOf,
  ),
  bytesMetric(
    'total_ethernet_bytes_per_message',
    'the same in frames of Ethernet, 14 bytes of header each',
    (bytes) => {
      const frames = inFrames(bytes)
      return frames && totalLinkBytesOf(frames)
    },
  ),
  bytesMetric(
    'waiting_bytes_per_hour',
    'waiting for commands, both directions; one waiting exchange as measured, times how many an hour has',
    ({ waiting }) => waiting?.bytesPerHour ?? null,
  ),
  bytesMetric(
    'waiting_link_bytes_per_hour',
    'the same with the headers of the network below it',
    ({ ledger, waiting }) =>
      linkBasisOf(ledger) === null ? null : (waiting?.linkBytesPerHour ?? null),
  ),
  bytesMetric(
    'subscriber_bytes_per_message',
    'one message on the links of all subscribers of a fanout, with their acknowledgements, both directions, steady phase; without the publisher’s link',
    (bytes) => {
      const links = bytes.subscriberLinks
      return links === undefined ? null : perMessage(sumLedger(links, { phase: 'steady' }), bytes)
    },
  ),
  latencyMetric('latency_p50_us', 'response latency, median', 'response', 'p50Us'),
  latencyMetric('latency_p90_us', 'response latency, 90th percentile', 'response', 'p90Us'),
  latencyMetric('latency_p99_us', 'response latency, 99th percentile', 'response', 'p99Us'),
  latencyMetric('latency_p999_us', 'response latency, 99.9th percentile', 'response', 'p999Us'),
  latencyMetric('latency_max_us', 'response latency, slowest', 'response', 'maxUs'),
  latencyMetric('delivery_p50_us', 'delivery latency, median', 'delivery', 'p50Us'),
  latencyMetric('delivery_p90_us', 'delivery latency, 90th percentile', 'delivery', 'p90Us'),
  latencyMetric('delivery_p99_us', 'delivery latency, 99th percentile', 'delivery', 'p99Us'),
  latencyMetric(
    'delivery_first_p50_us',
    'delivery latency of the first subscriber of a fanout, median',
    'first',
    'p50Us',
  ),
  latencyMetric(
    'delivery_last_p50_us',
    'delivery latency of the last subscriber of a fanout, median',
    'last',
    'p50Us',
  ),
]

const BY_NAME = new Map(METRICS.map((metric) => [metric.name, metric]))

export function findMetric(name: string): Metric | undefined {
  return BY_NAME.get(name)
}

export const METRIC_NAMES: readonly string[] = METRICS.map((metric) => metric.name)
