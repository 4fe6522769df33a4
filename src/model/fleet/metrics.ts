import type { FleetBasis } from './basis.ts'
import type { FleetRow } from './fleet-report.ts'

/** Which data file a figure is by, where it is by one. */
export interface FleetSubject {
  readonly plan?: string | undefined
  readonly cloud?: string | undefined
  readonly radio?: string | undefined
}

export interface FleetMetric {
  /** Its column in `fleet.csv`. */
  readonly name: string
  readonly basis: FleetBasis
  readonly of: (row: FleetRow, subject: FleetSubject) => number | null
}

const MEGABYTE = 1e6

const planOf = ({ plans }: FleetRow, { plan }: FleetSubject) =>
  plans.find((each) => each.plan === plan)
const cloudOf = ({ clouds }: FleetRow, { cloud }: FleetSubject) =>
  clouds.find((each) => each.cloud === cloud)
const radioOf = ({ radios }: FleetRow, { radio }: FleetSubject) =>
  radios.find((each) => each.radio === radio)

/** The figures of a row, of one device and month where nothing else is said; of a range the upper end. */
export const FLEET_METRICS: readonly FleetMetric[] = [
  { basis: 'modelled', name: 'readings', of: ({ readings }) => readings },
  { basis: 'modelled', name: 'messages', of: ({ messages }) => messages },
  { basis: 'modelled', name: 'pings', of: ({ pings }) => pings },
  { basis: 'modelled', name: 'connections', of: ({ connections }) => connections },
  { basis: 'modelled', name: 'wake_ups_a_day', of: ({ wakeUpsADay }) => wakeUpsADay },
  {
    basis: 'modelled',
    name: 'mb_month',
    of: ({ bytesUp, bytesDown }) => (bytesUp + bytesDown) / MEGABYTE,
  },
  { basis: 'modelled', name: 'mb_up_month', of: ({ bytesUp }) => bytesUp / MEGABYTE },
  { basis: 'modelled', name: 'mb_down_month', of: ({ bytesDown }) => bytesDown / MEGABYTE },
  { basis: 'modelled', name: 'packets_month', of: ({ packets }) => packets },
  { basis: 'modelled', name: 'readings_mb_month', of: ({ stack }) => stack.readings / MEGABYTE },
  { basis: 'modelled', name: 'headers_mb_month', of: ({ stack }) => stack.headers / MEGABYTE },
  { basis: 'modelled', name: 'pings_mb_month', of: ({ stack }) => stack.pings / MEGABYTE },
  {
    basis: 'modelled',
    name: 'handshakes_mb_month',
    of: ({ stack }) => stack.handshakes / MEGABYTE,
  },
  { basis: 'modelled', name: 'wake_up_bytes', of: ({ wakeUpBytes }) => wakeUpBytes },
  { basis: 'modelled', name: 'round_trips', of: ({ roundTrips }) => roundTrips },
  { basis: 'modelled', name: 'active_s', of: ({ activeSeconds }) => activeSeconds },
  { basis: 'measured', name: 'measured_mean_bytes', of: ({ measured }) => measured?.mean ?? null },
  { basis: 'measured', name: 'measured_low_bytes', of: ({ measured }) => measured?.low ?? null },
  { basis: 'measured', name: 'measured_high_bytes', of: ({ measured }) => measured?.high ?? null },
  {
    basis: 'price',
    name: 'billed_mb_month',
    of: (row, subject) => (planOf(row, subject)?.billedBytes[1] ?? Number.NaN) / MEGABYTE || null,
  },
  {
    basis: 'price',
    name: 'plan_cost_device',
    of: (row, subject) => planOf(row, subject)?.total?.[1] ?? null,
  },
  {
    basis: 'price',
    name: 'plan_cost_fleet',
    of: (row, subject) => planOf(row, subject)?.fleetTotal?.[1] ?? null,
  },
  {
    basis: 'price',
    name: 'prepaid_months',
    of: (row, subject) => planOf(row, subject)?.prepaid?.months[0] ?? null,
  },
  {
    basis: 'price',
    name: 'metered',
    of: (row, subject) => cloudOf(row, subject)?.metered?.[1] ?? null,
  },
  {
    basis: 'price',
    name: 'cloud_cost_device',
    of: (row, subject) => cloudOf(row, subject)?.total?.[1] ?? null,
  },
  {
    basis: 'price',
    name: 'cloud_cost_fleet',
    of: (row, subject) => cloudOf(row, subject)?.fleetTotal?.[1] ?? null,
  },
  { basis: 'radio', name: 'mah_day', of: (row, subject) => radioOf(row, subject)?.mAhADay ?? null },
]

export const findFleetMetric = (name: string): FleetMetric | undefined =>
  FLEET_METRICS.find((metric) => metric.name === name)
