import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FleetCells } from '../../src/fleet/cells.ts'
import { type FleetFile, fleetFileSchema } from '../../src/model/fleet/fleet-file.ts'
import { type Report, reportSchema } from '../../src/model/report/report.ts'
import type { Scenario } from '../../src/model/scenario/scenario.ts'

const folder = join(import.meta.dirname, '..', 'fixtures', 'fleet')

/** A stored report of `test/fixtures/fleet`, as it was read. */
export const fleetReport = (name: string): Report =>
  reportSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))

/** A fleet file with what a test leaves out. */
export const fleetOf = (given: Record<string, unknown>): FleetFile =>
  fleetFileSchema.parse({
    ...{ name: 'fleet', devices: 1, month: '30d', scenario: './reading.yaml' },
    ...{ schedule: { every: '1m' }, transports: ['mqtt-qos0'] },
    ...given,
  })

/** The cells of a stored report, of the scenarios that it has. */
export function cellsOf(name: string): FleetCells {
  const report = fleetReport(name)
  const [reading, batch = null] = report.plan.scenarios as [Scenario, Scenario?]
  return new FleetCells(report, { reading, batch }, name)
}
