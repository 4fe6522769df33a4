import type { LoadStretch } from '../../model/report/load-result.ts'
import { bytesOf, findMetric, latencyOf } from '../../model/report/metric.ts'
import type { Cell, Counts, Report } from '../../model/report/report.ts'
import { saidInEnglish } from '../../model/said/said.ts'
import { inLanguage } from '../../model/text/language.ts'
import { linkBasisOf } from '../../model/wire/ledger.ts'
import { type CsvStyle, type CsvValue, renderCsv } from '../document/csv.ts'
import type { Exporter } from '../exporter.ts'
import { ownStretch } from './load-rows.ts'

type Column = readonly [name: string, of: (cell: Cell) => CsvValue | undefined]

const metricColumn = (name: string): Column => [name, (cell) => findMetric(name)?.of(cell)]

/** Of the cell's own client, where it was one stretch; the steps of a sweep have files of their own. */
const loadColumn = (
  name: string,
  kind: LoadStretch['kind'],
  of: (stretch: LoadStretch) => CsvValue | undefined,
): Column => [
  name,
  (cell) => {
    const stretch = cell.status === 'skipped' ? null : ownStretch(cell, kind)
    return stretch && of(stretch)
  },
]

const countColumn = (name: keyof Counts): Column => [
  name,
  (cell) => (cell.status === 'skipped' ? null : cell.counts?.[name]),
]

const overLink = (cell: Cell) => (cell.status === 'skipped' ? null : cell.overLink)
const coldAcknowledged = (cell: Cell) => overLink(cell)?.cold?.acknowledged
const coldDelivered = (cell: Cell) => overLink(cell)?.cold?.delivered

/** How long all messages of the scenario take, of how many measured, and whether scaled. */
const timeColumns = (name: string, which: 'oneInFlight' | 'severalInFlight'): Column[] => [
  [`${name}_ms`, (cell) => overLink(cell)?.[which]?.totalMs],
  [`${name}_messages`, (cell) => overLink(cell)?.[which]?.measured],
  [`${name}_basis`, (cell) => overLink(cell)?.[which]?.basis],
]

/** The columns in their published order. New ones are appended: readers may count on positions. */
const COLUMNS: readonly Column[] = [
  ['scenario', (cell) => cell.scenario],
  ['transport', (cell) => cell.transport],
  ['client', (cell) => cell.client],
  ['flow', (cell) => cell.flow],
  ['completion', (cell) => cell.completion],
  ['link', (cell) => cell.link],
  ['status', (cell) => cell.status],
  ['reason', (cell) => (cell.status === 'measured' ? null : saidInEnglish(cell.reason))],
  ['messages', (cell) => bytesOf(cell)?.messages],
  metricColumn('payload_bytes'),
  metricColumn('wire_bytes_per_message'),
  metricColumn('wire_bytes_up_per_message'),
  metricColumn('wire_bytes_down_per_message'),
  metricColumn('overhead_bytes_per_message'),
  metricColumn('wire_to_payload_ratio'),
  metricColumn('setup_bytes'),
  metricColumn('close_bytes'),
  metricColumn('link_bytes_per_message'),
  ['link_basis', (cell) => linkBasisOf(bytesOf(cell)?.ledger ?? [])],
  ['latency_samples', (cell) => latencyOf(cell)?.response?.samples],
  metricColumn('latency_p50_us'),
  metricColumn('latency_p90_us'),
  metricColumn('latency_p99_us'),
  metricColumn('latency_p999_us'),
  metricColumn('latency_max_us'),
  ['delivery_samples', (cell) => latencyOf(cell)?.delivery?.samples],
  metricColumn('delivery_p50_us'),
  metricColumn('delivery_p90_us'),
  metricColumn('delivery_p99_us'),
  loadColumn('throughput_messages_per_s', 'saturation', ({ messagesPerS }) => messagesPerS),
  countColumn('sent'),
  countColumn('completed'),
  countColumn('delivered'),
  countColumn('lost'),
  countColumn('duplicated'),
  countColumn('corrupted'),
  ['connections', (cell) => bytesOf(cell)?.roundTrips?.connections],
  // Without TCP's own, which is one for each of the connections.
  ['setup_round_trips', (cell) => bytesOf(cell)?.roundTrips?.setup],
  ['round_trips_per_message', (cell) => bytesOf(cell)?.roundTrips?.steadyPerMessage],
  ['connection', (cell) => bytesOf(cell)?.firstMessage?.connection],
  metricColumn('total_wire_bytes_per_message'),
  metricColumn('waiting_bytes_per_hour'),
  ['subscribers', (cell) => cell.subscribers],
  metricColumn('delivery_first_p50_us'),
  metricColumn('delivery_last_p50_us'),
  metricColumn('subscriber_bytes_per_message'),
  // Over a link; the steady latency there is in the columns of latency and delivery.
  ['link_cold_samples', (cell) => (coldAcknowledged(cell) ?? coldDelivered(cell))?.samples],
  ['link_cold_min_us', (cell) => coldAcknowledged(cell)?.minUs],
  ['link_cold_p50_us', (cell) => coldAcknowledged(cell)?.p50Us],
  ['link_cold_max_us', (cell) => coldAcknowledged(cell)?.maxUs],
  ['link_cold_delivery_min_us', (cell) => coldDelivered(cell)?.minUs],
  ['link_cold_delivery_p50_us', (cell) => coldDelivered(cell)?.p50Us],
  ...timeColumns('link_one_in_flight', 'oneInFlight'),
  ...timeColumns('link_several_in_flight', 'severalInFlight'),
  ['link_several_in_flight_connections', (cell) => overLink(cell)?.severalInFlight?.connections],
  ['dropped_packets_up', (cell) => overLink(cell)?.loss?.dropped.up],
  ['dropped_packets_down', (cell) => overLink(cell)?.loss?.dropped.down],
  ['retransmitted_segments_up', (cell) => overLink(cell)?.loss?.retransmitted.up],
  ['retransmitted_segments_down', (cell) => overLink(cell)?.loss?.retransmitted.down],
  ['target', (cell) => cell.target],
  loadColumn('throughput_limit', 'saturation', ({ limit }) => limit),
  loadColumn('offered_messages_per_s', 'open loop', ({ offeredPerS }) => offeredPerS),
  loadColumn('achieved_messages_per_s', 'open loop', ({ messagesPerS }) => messagesPerS),
  loadColumn('rate_met', 'open loop', ({ rateMet }) => rateMet),
  loadColumn('open_loop_p50_us', 'open loop', ({ response }) => response?.p50Us),
  loadColumn('open_loop_p99_us', 'open loop', ({ response }) => response?.p99Us),
  loadColumn('send_delay_p50_us', 'open loop', ({ sendDelay }) => sendDelay?.p50Us),
  loadColumn('send_delay_p99_us', 'open loop', ({ sendDelay }) => sendDelay?.p99Us),
  metricColumn('total_link_bytes_per_message'),
  metricColumn('waiting_link_bytes_per_hour'),
  ['tls_profile', (cell) => bytesOf(cell)?.tls?.profile],
  ['tls_version', (cell) => bytesOf(cell)?.tls?.version],
  ['tls_group', (cell) => bytesOf(cell)?.tls?.group],
  ['tls_suite', (cell) => bytesOf(cell)?.tls?.suite],
  [
    'tls_certificate_bytes',
    (cell) => bytesOf(cell)?.tls?.certificateBytes.reduce((a, b) => a + b, 0),
  ],
  ['server_ended_connections', (cell) => bytesOf(cell)?.renewals?.serverEnds],
  ['renewed_connections', (cell) => bytesOf(cell)?.renewals?.connections],
  ['messages_per_connection', (cell) => bytesOf(cell)?.renewals?.everyMessages],
  ['repeated_messages', (cell) => bytesOf(cell)?.renewals?.repeated],
  ['latency_renewed_connections', (cell) => latencyOf(cell)?.renewals?.connections],
  ['encoding', (cell) => cell.encoding],
  ['compression', (cell) => cell.compression],
]

/** `results.csv`: one row a cell, skipped and failed ones too. What was not measured is empty. */
export function renderResultsCsv(report: Report, style?: CsvStyle): string {
  const rows = inLanguage('en', () =>
    report.cells.map((cell) => COLUMNS.map(([, of]) => of(cell) ?? null)),
  )
  return renderCsv(
    COLUMNS.map(([name]) => name),
    rows,
    style,
  )
}

export const csv: Exporter = {
  extension: 'csv',
  render: (report, options) => renderResultsCsv(report, options.csv),
}
