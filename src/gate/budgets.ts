import type { BudgetVerdict } from '../model/report/check/check.ts'
import { findMetric, type Metric } from '../model/report/metric.ts'
import type { Cell } from '../model/report/report.ts'
import { saidInEnglish } from '../model/said/said.ts'
import type { Gate, Scenario } from '../model/scenario/scenario.ts'
import { formatValue } from '../model/text/format.ts'

const MAX_EXTRA_DIGITS = 9

/** What a transport gave for a metric; where it gave nothing, why. */
type Reading = { value: number } | { value: null; reason: string }

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
  const of = ratioTo === null ? '' : ` divided by that of ${ratioTo}`
  const subject = `${scenario}: ${transport} ${gate.metric}${of}`
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
    const line = `${subject} could not be measured: ${reading.reason}`
    return { ...common, verdict: 'unmeasured', line }
  }
  const unit = ratioTo === null ? (metric?.unit ?? 'ratio') : 'ratio'
  const { isInside, words } = judgeValue(reading.value, gate, unit)
  return {
    ...common,
    verdict: isInside ? 'pass' : 'fail',
    line: `${subject} is ${words}`,
  }
}

function readFigure(
  metric: Metric | undefined,
  name: string,
  transport: string,
  ratioTo: string | null,
  cells: readonly Cell[],
): Reading {
  if (metric === undefined) return { value: null, reason: `there is no metric ${name}` }
  const dividend = readCell(metric, transport, cells)
  if (dividend.value === null || ratioTo === null) return dividend
  const divisor = readCell(metric, ratioTo, cells)
  if (divisor.value === null) return divisor
  if (divisor.value === 0) {
    return {
      value: null,
      reason: `it is 0 on ${ratioTo}, and nothing divides by that`,
    }
  }
  return { value: dividend.value / divisor.value }
}

function readCell(metric: Metric, transport: string, cells: readonly Cell[]): Reading {
  const cell = cells.find((each) => each.transport === transport)
  if (cell === undefined) {
    const remedy = 'name it among the transports of the scenario, or with --transports'
    return { value: null, reason: `${transport} was not run; ${remedy}` }
  }
  if (cell.status !== 'measured') {
    return { value: null, reason: `${transport} ${cell.status}: ${saidInEnglish(cell.reason)}` }
  }
  const value = metric.of(cell)
  if (value !== null) return { value }
  return { value: null, reason: `${transport} gave no figure` }
}

function judgeValue(
  value: number,
  { min, max }: Gate,
  unit: Metric['unit'],
): { isInside: boolean; words: string } {
  if (max !== undefined && value > max) {
    return { isInside: false, words: sayBeyond(value, 'above its budget of', max, unit) }
  }
  if (min !== undefined && value < min) {
    return { isInside: false, words: sayBeyond(value, 'below its least of', min, unit) }
  }
  const bounds = [
    max === undefined ? null : `within its budget of ${formatValue(max, unit)}`,
    min === undefined ? null : `not below its least of ${formatValue(min, unit)}`,
  ]
  const words = bounds.filter((bound) => bound !== null).join(' and ')
  return { isInside: true, words: `${formatValue(value, unit)}, ${words}` }
}

/** Two values that differ must not read alike: 32.04 B is not above 32 B to whoever reads `32 B`. */
function sayBeyond(value: number, words: string, bound: number, unit: Metric['unit']): string {
  let digits = 0
  while (
    digits < MAX_EXTRA_DIGITS &&
    formatValue(value, unit, digits) === formatValue(bound, unit, digits)
  ) {
    digits += 1
  }
  return `${formatValue(value, unit, digits)}, ${words} ${formatValue(bound, unit, digits)}`
}
