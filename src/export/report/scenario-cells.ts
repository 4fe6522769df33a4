import type { Cell, Report } from '../../model/report/report.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Flow } from '../../model/vocabulary.ts'

/** A cell of which something may have been measured. */
export type RunCell = Exclude<Cell, { status: 'skipped' }>

export interface ScenarioCells {
  scenario: Scenario
  cells: Cell[]
}

/** The cells of each scenario, in the order of the plan. */
export function scenarioCells(report: Report): ScenarioCells[] {
  return report.plan.scenarios.map((scenario) => ({
    scenario,
    cells: report.cells.filter((cell) => cell.scenario === scenario.name),
  }))
}

/** Those of one flow: what goes up is not compared with what comes down. */
export const scenarioCellsOf = (report: Report, flow: Flow): ScenarioCells[] =>
  scenarioCells(report).filter(({ scenario }) => scenario.flow === flow)

export const isHttp = (cell: Cell): boolean => cell.protocol.startsWith('http/')
export const isMqtt = (cell: Cell): boolean => cell.protocol.startsWith('mqtt/')

/** How a table's row names its cell: `http1`, `http1 (failed)`. */
export function transportName(cell: Cell): string {
  return cell.status === 'measured' ? cell.transport : `${cell.transport} (${cell.status})`
}

/** Why cells have no figures, or none to trust: a line each. */
export function reasonLines(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) =>
    cell.status === 'measured' ? [] : [`${cell.transport} ${cell.status}: ${cell.reason}`],
  )
}
