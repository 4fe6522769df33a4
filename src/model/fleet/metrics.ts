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
  readonly of: (row: FleetRow, subject: FleetSubject) => number | null
}

const MEGABYTE = 1e6
const by = <T>(items: readonly T[], isIt: (item: T) => boolean): T | undefined => items.find(isIt)

const planOf = ({ plans }: FleetRow, { plan }: FleetSubject) =>
  by(plans, (each) => each.plan === plan)
const cloudOf = ({ clouds }: FleetRow, { cloud }: FleetSubject) =>
  by(clouds, (each) => each.cloud === cloud)
const radioOf = ({ radios }: FleetRow, { radio }: FleetSubject) =>
  by(radios, (each) => each.radio === radio)

/** The figures of a row, of one device and month where nothing else is said; of a range the upper end. */
export const FLEET_METRICS: readonly FleetMetric[] = [
  { name: 'readings', of: ({ readings }) => readings },
  { name: 'messages', of: ({ messages }) => messages },
  { name: 'pings', of: ({ pings }) => pings },
  { name: 'connections', of: ({ connections }) => connections },
  { name: 'wake_ups_a_day', of: ({ wakeUpsADay }) => wakeUpsADay },
  { name: 'mb_month', of: ({ bytesUp, bytesDown }) => (bytesUp + bytesDown) / MEGABYTE },
  { name: 'mb_up_month', of: ({ bytesUp }) => bytesUp / MEGABYTE },
  { name: 'mb_down_month', of: ({ bytesDown }) => bytesDown / MEGABYTE },
  { name: 'packets_month', of: ({ packets }) => packets },
  { name: 'readings_mb_month', of: ({ stack }) => stack.readings / MEGABYTE },
  { name: 'headers_mb_month', of: ({ stack }) => stack.headers / MEGABYTE },
  { name: 'pings_mb_month', of: ({ stack }) => stack.pings / MEGABYTE },
  { name: 'handshakes_mb_month', of: ({ stack }) => stack.handshakes / MEGABYTE },
  { name: 'wake_up_bytes', of: ({ wakeUpBytes }) => wakeUpBytes },
  { name: 'round_trips', of: ({ roundTrips }) => roundTrips },
  { name: 'active_s', of: ({ activeSeconds }) => activeSeconds },
  { name: 'measured_mean_bytes', of: ({ measured }) => measured?.mean ?? null },
  { name: 'measured_low_bytes', of: ({ measured }) => measured?.low ?? null },
  { name: 'measured_high_bytes', of: ({ measured }) => measured?.high ?? null },
  {
    name: 'billed_mb_month',
    of: (row, subject) => (planOf(row, subject)?.billedBytes[1] ?? Number.NaN) / MEGABYTE || null,
  },
  { name: 'plan_cost_device', of: (row, subject) => planOf(row, subject)?.total?.[1] ?? null },
  { name: 'plan_cost_fleet', of: (row, subject) => planOf(row, subject)?.fleetTotal?.[1] ?? null },
  {
    name: 'prepaid_months',
    of: (row, subject) => planOf(row, subject)?.prepaid?.months[0] ?? null,
  },
  { name: 'metered', of: (row, subject) => cloudOf(row, subject)?.metered?.[1] ?? null },
  { name: 'cloud_cost_device', of: (row, subject) => cloudOf(row, subject)?.total?.[1] ?? null },
  {
    name: 'cloud_cost_fleet',
    of: (row, subject) => cloudOf(row, subject)?.fleetTotal?.[1] ?? null,
  },
  { name: 'mah_day', of: (row, subject) => radioOf(row, subject)?.mAhADay ?? null },
]

export const findFleetMetric = (name: string): FleetMetric | undefined =>
  FLEET_METRICS.find((metric) => metric.name === name)
