import type { Report } from '../../model/report/report.ts'
import { saidInEnglish } from '../../model/said/said.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'
import { type LoadRow, loadRowsOf } from './load-rows.ts'

type Column = readonly [name: string, of: (row: LoadRow) => CsvValue | undefined]

/** In their published order; new ones are appended. */
const COLUMNS: readonly Column[] = [
  ['scenario', ({ cell }) => cell.scenario],
  ['transport', ({ cell }) => cell.transport],
  ['client', ({ run }) => run.client],
  ['completion', ({ cell }) => cell.completion],
  ['kind', ({ stretch }) => stretch.kind],
  ['rate', ({ stretch }) => stretch.rate],
  ['workers', ({ run }) => run.workers],
  ['connections', ({ run }) => run.connections],
  ['in_flight', ({ run }) => run.inFlight],
  ['elapsed_ms', ({ stretch }) => stretch.elapsedMs],
  ['offered_messages_per_s', ({ stretch }) => stretch.offeredPerS],
  ['messages_per_s', ({ stretch }) => stretch.messagesPerS],
  ['rate_met', ({ stretch }) => stretch.rateMet],
  ['limit', ({ stretch }) => stretch.limit],
  ['generator_busy_share', ({ stretch }) => stretch.generator.busyShare],
  ['server_busy_share', ({ stretch }) => stretch.server.busyShare],
  ['latency_samples', ({ stretch }) => stretch.response?.samples],
  ['latency_p50_us', ({ stretch }) => stretch.response?.p50Us],
  ['latency_p90_us', ({ stretch }) => stretch.response?.p90Us],
  ['latency_p99_us', ({ stretch }) => stretch.response?.p99Us],
  ['latency_p999_us', ({ stretch }) => stretch.response?.p999Us],
  ['latency_max_us', ({ stretch }) => stretch.response?.maxUs],
  ['send_delay_p50_us', ({ stretch }) => stretch.sendDelay?.p50Us],
  ['send_delay_p99_us', ({ stretch }) => stretch.sendDelay?.p99Us],
  ['offered', ({ stretch }) => stretch.offered],
  ['sent', ({ stretch }) => stretch.sent],
  ['completed', ({ stretch }) => stretch.completed],
  ['unacknowledged', ({ stretch }) => stretch.unacknowledged],
  ['refused', ({ stretch }) => stretch.refused],
  ['delivered', ({ stretch }) => stretch.arrivals?.delivered],
  ['lost', ({ stretch }) => stretch.arrivals?.lost],
  ['duplicated', ({ stretch }) => stretch.arrivals?.duplicated],
  ['corrupted', ({ stretch }) => stretch.arrivals?.corrupted],
  [
    'lost_connections',
    ({ stretch }) => stretch.lostConnections.reduce((sum, { connections }) => sum + connections, 0),
  ],
  ['failure', ({ run }) => run.failure && saidInEnglish(run.failure)],
  ['reopened_connections', ({ stretch }) => stretch.reopenedConnections],
  ['renewed_connections', ({ stretch }) => stretch.renewedConnections],
  ['repeated_messages', ({ stretch }) => stretch.repeatedMessages],
]

function render(rows: readonly LoadRow[]): string {
  return renderCsv(
    COLUMNS.map(([name]) => name),
    rows.map((row) => COLUMNS.map(([, of]) => of(row) ?? null)),
  )
}

/**
 * The files of a run under load, by name: `load.csv` with a row for each stretch,
 * or of a sweep one file a scenario and transport, with a row for each step.
 */
export function loadFiles(report: Report): { name: string; text: string }[] {
  const rows = loadRowsOf(report)
  if (rows.length === 0) return []
  if (report.plan.load?.sweep == null) return [{ name: 'load.csv', text: render(rows) }]
  const cells = [...new Set(rows.map(({ cell }) => cell))]
  return cells.map((cell) => ({
    name: `sweep-${cell.scenario}-${cell.transport}.csv`,
    text: render(rows.filter((row) => row.cell === cell)),
  }))
}
