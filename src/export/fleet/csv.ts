import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { FLEET_METRICS, type FleetSubject } from '../../model/fleet/metrics.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'

const HEADER = [
  ...['fleet', 'transport', 'policy', 'session', 'plan', 'cloud', 'radio', 'currency'],
  ...FLEET_METRICS.map(({ name }) => name),
]

/**
 * `fleet.csv`: a row for each way of talking, and one more for each data plan,
 * cloud service and radio of it, with what is by that file alone beside the rest.
 * Of one device and month; the lower end of a range is in fleet.json.
 */
export function renderFleetCsv({ fleet, rows }: FleetReport): string {
  const lines = rows.flatMap((row) =>
    subjectsOf(row).map(({ currency, ...subject }): CsvValue[] => [
      ...[fleet.name, row.transport, row.policy, row.session],
      ...[subject.plan ?? null, subject.cloud ?? null, subject.radio ?? null, currency ?? null],
      ...FLEET_METRICS.map((metric) => metric.of(row, subject)),
    ]),
  )
  return renderCsv(HEADER, lines)
}

const subjectsOf = (row: FleetRow): (FleetSubject & { currency?: string | null })[] => [
  {},
  ...row.plans.map(({ plan, currency }) => ({ plan, currency })),
  ...row.clouds.map(({ cloud, currency }) => ({ cloud, currency })),
  ...row.radios.map(({ radio }) => ({ radio })),
]
