import {
  describeDisturbance,
  isDisturbed,
  type MachineLoad,
  worstOf,
} from '../../model/report/machine.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { wordsOf } from '../../model/text/wording.ts'
import type { Flow } from '../../model/vocabulary.ts'
import { type Block, list } from '../document/document.ts'
import { WORDS } from '../words.ts'

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
  return cell.status === 'measured'
    ? cell.transport
    : cell.transport + WORDS.inBrackets(WORDS.statuses[cell.status])
}

/** `json: JSON { "temp": 25 }`, over the table of a scenario. */
export const scenarioHeading = ({ name, title }: Pick<Scenario, 'name' | 'title'>): string =>
  WORDS.named(name, wordsOf(title))

const DISTURBED = '†'

/** Of a row with latencies that others than us had a part in: ` †`. */
export const disturbanceMark = (cell: Cell): string =>
  machineOfLatency(cell).some(isDisturbed) ? ` ${DISTURBED}` : ''

/** How a row names its cell where it has latencies: `http1`, `http1 †`. */
export const timedName = (cell: Cell): string => `${transportName(cell)}${disturbanceMark(cell)}`

/** What the mark means; nothing where no row has it. */
export function disturbanceBlocks(cells: readonly Cell[]): Block[] {
  const worst = worstOf(cells.flatMap(machineOfLatency).filter(isDisturbed))
  const why = worst && describeDisturbance(worst)
  if (why === null) return []
  return [list([`${DISTURBED} ${saidText(why)}`], 'mixed')]
}

function machineOfLatency(cell: Cell): MachineLoad[] {
  if (cell.status === 'skipped' || cell.machine?.latency === undefined) return []
  return cell.latency === null && cell.overLink === undefined ? [] : [cell.machine.latency]
}

/** Why cells have no figures, or none to trust: a line each. */
export function reasonLines(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) =>
    cell.status === 'measured'
      ? []
      : [WORDS.named(`${cell.transport} ${WORDS.statuses[cell.status]}`, saidText(cell.reason))],
  )
}
