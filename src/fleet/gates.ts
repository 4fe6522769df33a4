import { InstrumentError } from '../model/errors.ts'
import type { FleetGate } from '../model/fleet/fleet-file.ts'
import type { FleetReport, FleetRow } from '../model/fleet/fleet-report.ts'
import { FLEET_METRICS, findFleetMetric } from '../model/fleet/metrics.ts'
import type { FleetBudget } from '../model/said/fleet-sentences.ts'
import { type Said, said } from '../model/said/said.ts'
import { catalogue } from '../model/text/language.ts'
import { suggestOneOf } from '../model/text/nearest.ts'

const say = catalogue({
  en: {
    unknownMetric: (key: string, name: string, hint: string) =>
      `${key}.metric: unknown metric ${name}; ${hint}`,
    noRow: (key: string, row: string) => `${key}: this fleet has no row ${row}`,
  },
  'zh-TW': {
    unknownMetric: (key, name, hint) => `${key}.metric：沒有指標 ${name}；${hint}`,
    noRow: (key, row) => `${key}：這批裝置沒有 ${row} 這一列`,
  },
})

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
        say.unknownMetric(key, gate.metric, suggestOneOf(gate.metric, names)),
      )
    }
    const named = rows.filter(
      ({ transport, policy }) =>
        transport === gate.transport && (gate.policy === undefined || policy === gate.policy),
    )
    if (named.length === 0) {
      throw new InstrumentError('usage', say.noRow(key, nameOf(gate)))
    }
    const values = named.map((row) => metric.of(row, gate))
    const value = values.every((each) => each !== null) ? Math.max(...(values as number[])) : null
    const of = { row: nameOf(gate), metric: gate.metric }
    if (value === null) return { verdict: 'unmeasured' as const, line: said('fleetUnknown', of) }
    // With several rows a lower bound is of the least.
    const least = Math.min(...(values as number[]))
    const { min, max } = gate
    const isKept = value <= (max ?? value) && least >= (min ?? least)
    const told = { ...of, basis: metric.basis, value: value <= (max ?? value) ? least : value }
    return { verdict: isKept ? ('pass' as const) : ('fail' as const), line: lineOf(told, min, max) }
  })
}

function lineOf(of: FleetBudget, min: number | undefined, max: number | undefined): Said {
  if (min === undefined) return said('fleetAtMost', { ...of, max: max ?? 0 })
  return max === undefined
    ? said('fleetAtLeast', { ...of, min })
    : said('fleetBetween', { ...of, min, max })
}

const nameOf = ({ transport, policy, plan, cloud, radio }: FleetGate): string =>
  [transport, policy, plan, cloud, radio].filter((each) => each !== undefined).join(', ')
