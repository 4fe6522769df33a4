import { InstrumentError } from '../model/errors.ts'
import type { FleetGate } from '../model/fleet/fleet-file.ts'
import type { FleetReport, FleetRow } from '../model/fleet/fleet-report.ts'
import { FLEET_METRICS, findFleetMetric } from '../model/fleet/metrics.ts'
import { formatCount } from '../model/text/format.ts'
import { suggestOneOf } from '../model/text/nearest.ts'

/** Digits of money and of megabytes. */
const DIGITS = 3

/** @throws InstrumentError `usage` where a gate names what there is not */
export function judgeGates(
  gates: readonly FleetGate[],
  rows: readonly FleetRow[],
): FleetReport['gates'] {
  return gates.map((gate, index) => {
    const metric = findFleetMetric(gate.metric)
    const key = `gates[${index}]`
    if (metric === undefined) {
      const names = FLEET_METRICS.map(({ name }) => name)
      throw new InstrumentError(
        'usage',
        `${key}.metric: unknown metric ${gate.metric}; ${suggestOneOf(gate.metric, names)}`,
      )
    }
    const named = rows.filter(
      ({ transport, policy }) =>
        transport === gate.transport && (gate.policy === undefined || policy === gate.policy),
    )
    if (named.length === 0) {
      throw new InstrumentError('usage', `${key}: this fleet has no row ${nameOf(gate)}`)
    }
    const values = named.map((row) => metric.of(row, gate))
    const value = values.every((each) => each !== null) ? Math.max(...(values as number[])) : null
    if (value === null) {
      return {
        verdict: 'unmeasured' as const,
        line: `${nameOf(gate)}: nothing is known of ${gate.metric}`,
      }
    }
    // With several rows a lower bound is of the least.
    const least = Math.min(...(values as number[]))
    const isKept = value <= (gate.max ?? value) && least >= (gate.min ?? least)
    const bounds = [
      gate.min === undefined ? null : `at least ${formatCount(gate.min, DIGITS)}`,
      gate.max === undefined ? null : `at most ${formatCount(gate.max, DIGITS)}`,
    ].filter((text) => text !== null)
    return {
      verdict: isKept ? ('pass' as const) : ('fail' as const),
      line: `${nameOf(gate)}: ${gate.metric} is ${formatCount(value, DIGITS)}, ${bounds.join(' and ')} asked for`,
    }
  })
}

const nameOf = ({ transport, policy, plan, cloud, radio }: FleetGate): string =>
  [transport, policy, plan, cloud, radio].filter((each) => each !== undefined).join(', ')
