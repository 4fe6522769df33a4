import type { BudgetVerdict } from '../model/report/check/check.ts'
import { findMetric, type Metric } from '../model/report/metric.ts'
import type { Cell } from '../model/report/report.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
import type { Gate, Scenario } from '../model/scenario/scenario.ts'
import { formatValue } from '../model/text/format.ts'

const MAX_EXTRA_DIGITS = 9

/** What a transport gave for a metric; where it gave nothing, why. */
type Reading = { value: number } | { value: null; reason: Said }

/**
 * Holds the gates of every scenario against its cells: one verdict a gate and
 * transport. Where a transport gave no figure, be it that it was not run, the
 * verdict is `unmeasured`: a gate that looks at nothing must not pass.
 */
export function judgeBudgets(
  scenarios: readonly Pick<Scenario, 'name' | 'gates'>[],
  cells: readonly Cell[],
): BudgetVerdict[] {
  return scenarios.flatMap(({ name, gates }) => {
    const own = cells.filter((cell) => cell.scenario === name)
    return gates.flatMap((gate) =>
      [...new Set([gate.transport].flat())].map((transport) =>
        judgeGate(name, gate, transport, own),
      ),
    )
  })
}

function judgeGate(
  scenario: string,
  gate: Gate,
  transport: string,
  cells: readonly Cell[],
): BudgetVerdict {
  const ratioTo = gate.ratioTo ?? null
  const metric = findMetric(gate.metric)
  const reading = readFigure(metric, gate.metric, transport, ratioTo, cells)
  const lineOf = (how: Said): Said => {
    const subject = { scenario, transport, metric: gate.metric, how }
    return ratioTo === null
      ? said('budgetOf', subject)
      : said('budgetOfRatio', { ...subject, to: ratioTo })
  }
  const common = {
    scenario,
    transport,
    metric: gate.metric,
    ratioTo,
    min: gate.min ?? null,
    max: gate.max ?? null,
    value: reading.value,
  }
  if (reading.value === null) {
    const line = lineOf(said('budgetUnmeasured', { why: quoted(reading.reason) }))
    return { ...common, verdict: 'unmeasured', line }
  }
  const unit = ratioTo === null ? (metric?.unit ?? 'ratio') : 'ratio'
  const { isInside, how } = judgeValue(reading.value, gate, unit)
  return {
    ...common,
    verdict: isInside ? 'pass' : 'fail',
    line: lineOf(how),
  }
}

function readFigure(
  metric: Metric | undefined,
  name: string,
  transport: string,
  ratioTo: string | null,
  cells: readonly Cell[],
): Reading {
  if (metric === undefined) return { value: null, reason: said('noMetric', { name }) }
  const dividend = readCell(metric, transport, cells)
  if (dividend.value === null || ratioTo === null) return dividend
  const divisor = readCell(metric, ratioTo, cells)
  if (divisor.value === null) return divisor
  if (divisor.value === 0) {
    return { value: null, reason: said('dividesByNothing', { transport: ratioTo }) }
  }
  return { value: dividend.value / divisor.value }
}

function readCell(metric: Metric, transport: string, cells: readonly Cell[]): Reading {
  const cell = cells.find((each) => each.transport === transport)
  if (cell === undefined) return { value: null, reason: said('notRun', { transport }) }
  if (cell.status !== 'measured') {
    const key = cell.status === 'failed' ? 'cellFailed' : 'cellSkipped'
    return { value: null, reason: said(key, { transport, why: quoted(cell.reason) }) }
  }
  const value = metric.of(cell)
  if (value !== null) return { value }
  return { value: null, reason: said('noFigure', { transport }) }
}

function judgeValue(
  value: number,
  { min, max }: Gate,
  unit: Metric['unit'],
): { isInside: boolean; how: Said } {
  if (max !== undefined && value > max) {
    return { isInside: false, how: said('budgetAbove', apart(value, max, unit)) }
  }
  if (min !== undefined && value < min) {
    return { isInside: false, how: said('budgetBelow', apart(value, min, unit)) }
  }
  const how =
    max === undefined
      ? said('budgetNotBelow', { value, bound: min ?? 0, unit, digits: 0 })
      : min === undefined
        ? said('budgetWithin', { value, bound: max, unit, digits: 0 })
        : said('budgetBetween', { value, min, max, unit })
  return { isInside: true, how }
}

/** Two values that differ must not read alike: 32.04 B is not above 32 B to whoever reads `32 B`. */
function apart(value: number, bound: number, unit: Metric['unit']) {
  let digits = 0
  while (
    digits < MAX_EXTRA_DIGITS &&
    formatValue(value, unit, digits) === formatValue(bound, unit, digits)
  ) {
    digits += 1
  }
  return { value, bound, unit, digits }
}
