import type { FleetBasis } from '../../model/fleet/basis.ts'
import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { FLEET_METRICS, type FleetSubject } from '../../model/fleet/metrics.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'
import { basisOfFile } from './basis.ts'

export const FLEET_CSV_HEADER = [
  ...['fleet', 'transport', 'policy', 'session', 'plan', 'cloud', 'radio', 'currency', 'basis'],
  ...FLEET_METRICS.map(({ name }) => name),
]

/** A row of the file: figures of one basis, which it names. */
interface Line {
  readonly bases: readonly FleetBasis[]
  readonly basis: string
  readonly subject: FleetSubject
  readonly currency?: string | null
}

/**
 * `fleet.csv`: for each way of talking a row of what was modelled, one of what
 * was measured beside it, and one for each data plan, cloud service and radio.
 * Of one device and month; the lower end of a range is in fleet.json.
 */
export function renderFleetCsv(report: FleetReport): string {
  const { fleet, rows } = report
  const lines = rows.flatMap((row) =>
    linesOf(report, row).map(({ bases, basis, subject, currency = null }): CsvValue[] => [
      ...[fleet.name, row.transport, row.policy, row.session],
      ...[subject.plan ?? null, subject.cloud ?? null, subject.radio ?? null, currency, basis],
      ...FLEET_METRICS.map((metric) =>
        bases.includes(metric.basis) ? metric.of(row, subject) : null,
      ),
    ]),
  )
  return renderCsv(FLEET_CSV_HEADER, lines)
}

function linesOf(report: FleetReport, row: FleetRow): Line[] {
  const byFile = (kind: 'plan' | 'cloud' | 'radio', id: string): Line => ({
    bases: [kind === 'radio' ? 'radio' : 'price'],
    basis: basisOfFile(report, kind, id),
    subject: { [kind]: id },
  })
  return [
    { bases: ['modelled'], basis: 'modelled', subject: {} },
    ...(row.measured === null
      ? []
      : [{ bases: ['measured'] as const, basis: 'measured', subject: {} }]),
    ...row.plans.map(({ plan, currency }) => ({ ...byFile('plan', plan), currency })),
    ...row.clouds.map(({ cloud, currency }) => ({ ...byFile('cloud', cloud), currency })),
    ...row.radios.map(({ radio }) => byFile('radio', radio)),
  ]
}
