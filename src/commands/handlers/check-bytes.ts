import {
  addMissingCells,
  createBaseline,
  renderBaseline,
  replaceCells,
} from '../../gate/baseline.ts'
import { judgeBudgets } from '../../gate/budgets.ts'
import { checkAgainstBaseline, isAsStored } from '../../gate/compare/compare-bytes.ts'
import { comparePasses } from '../../gate/compare/compare-passes.ts'
import { concludeCheck, exitCodeOfBudgets } from '../../gate/conclude-check.ts'
import { InstrumentError } from '../../model/errors.ts'
import {
  type Baseline,
  type CellName,
  findBaselineCell,
  isSameCell,
} from '../../model/report/check/baseline.ts'
import type { BudgetVerdict, VariedCell } from '../../model/report/check/check.ts'
import type { BytesResult, Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue, listNames, plural } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { KNOWN_NAMES } from '../../plan/known-names.ts'
import { planRun } from '../../plan/make-plan.ts'
import { targetOptions } from '../../plan/options.ts'
import type { Plan } from '../../plan/plan.ts'
import { usage } from '../../plan/usage.ts'
import { runPlan } from '../../runner/run.ts'
import { BUILT_IN_SCENARIOS } from '../../scenario/built-in.ts'
import { loadScenarios } from '../../scenario/load.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import { librariesOf, TRANSPORT_IDS } from '../../transports/registry.ts'
import type { CheckArguments } from '../flags/check.ts'
import { serverWords } from './server-words.ts'
import { commandOf, readBaseline, writeFileWhole } from './stored-baseline.ts'
import { tellResult } from './tell-pipeline.ts'

const say = catalogue({
  en: {
    noBuiltIn: (file: string, held: string, command: string) =>
      `${file}: has no built-in scenario, only ${held}; name the file of each: ${command}`,
    failed: (scenario: string, transport: string, why: string) =>
      `${scenario} on ${transport}: ${why}; the baseline is not written`,
    varied: (scenario: string, transport: string) =>
      `${scenario} on ${transport}: the bytes differ from pass to pass; the baseline is not written`,
    written: (file: string, count: number) =>
      `${file} is written, ${count} ${plural(count, 'cell', 'cells')} of it anew`,
    unchecked: (scenarios: string) => `not checked, since nothing names them: ${scenarios}`,
  },
  'zh-TW': {
    noBuiltIn: (file, held, command) =>
      `${file}：沒有內建情境，只有 ${held}；請逐一指定它們的檔案：${command}`,
    failed: (scenario, transport, why) => `${scenario}／${transport}：${why}；基準沒有寫入`,
    varied: (scenario, transport) => `${scenario}／${transport}：各輪的位元組不一致；基準沒有寫入`,
    written: (file, count) => `已寫入 ${file}，其中 ${count} 項是新的`,
    unchecked: (scenarios) => `沒有檢查，因為沒有指定：${scenarios}`,
  },
})

/** Often enough to see that bytes vary; a byte that changes less often is not the wire's. */
const BYTE_PASSES = 3

/** What a byte check measured. */
export interface MeasuredBytes {
  report: Report
  varied: VariedCell[]
}

/**
 * `check`: every cell held against the baseline. What three passes agreed on when
 * it was stored and a fourth gives again needs no fifth: only a cell that differs,
 * or is to be stored, is measured three times.
 */
export async function checkBytes(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const command = commandOfBytes(argv)
  const stored = await readBaseline(argv, command)
  const plan = await planCheck(argv, stored)
  const held = argv.update === undefined ? stored : null
  const measured = await measurePlan(plan, stop, progress, held)
  const { report } = measured
  const budgets = judgeBudgets(report.plan.scenarios, report.cells)
  if (argv.update !== undefined) {
    await updateBaseline(argv, stored, plan, measured, progress)
    tellBudgets(budgets, progress)
    return
  }
  const baseline = viewOf(stored as Baseline, plan)
  const result = concludeCheck({
    tool: report.tool,
    baseline: argv.baseline,
    command,
    cells: checkAgainstBaseline(baseline, report, {
      allowSmaller: argv['allow-smaller'],
      scope: cellsOf(plan),
      wholeSet: argv.transports === undefined,
      varied: measured.varied,
      librariesOf,
    }),
    budgets,
  })
  tellUnchecked(argv, stored as Baseline, baseline, progress)
  await tellResult(argv, result)
}

/** The run that a check makes: what each scenario names, and what the baseline holds of it. */
async function planCheck(argv: CheckArguments, baseline: Baseline | null): Promise<Plan> {
  const plan = await planRun({
    scenario: await scenariosOf(argv, baseline),
    transports: argv.transports,
    measure: 'bytes',
    messages: argv.messages,
    ...targetOptions(argv),
  })
  const withStored = (scenario: string, chosen: readonly string[]): string[] => {
    const stored = Object.keys(baseline?.cells[scenario] ?? {})
    return TRANSPORT_IDS.filter((id) => chosen.includes(id) || stored.includes(id))
  }
  return {
    ...plan,
    bytePasses: BYTE_PASSES,
    scenarios: plan.scenarios.map((planned) => ({
      ...planned,
      transports:
        argv.transports === undefined
          ? withStored(planned.scenario.name, planned.transports)
          : planned.transports,
    })),
  }
}

/**
 * Where none is named, what the baseline holds of the built-in ones: somebody's
 * own baseline need not have all that come with a version.
 * @throws InstrumentError `usage` where it holds none of them
 */
async function scenariosOf(
  { scenario, baseline: file }: CheckArguments,
  baseline: Baseline | null,
): Promise<readonly string[]> {
  const held = Object.keys(baseline?.cells ?? {})
  if (scenario.length > 0 || held.length === 0) return scenario
  const builtIn: string[] = []
  for (const name of BUILT_IN_SCENARIOS) {
    // A family is a name and a hyphen more; no other is worth reading for it.
    if (!held.some((each) => each === name || each.startsWith(`${name}-`))) continue
    const loaded = await loadScenarios([name], KNOWN_NAMES)
    if (loaded.some((each) => held.includes(each.scenario.name))) builtIn.push(name)
  }
  if (builtIn.length > 0) return builtIn
  throw usage(say.noBuiltIn(file, listNames(held), commandLine(['check', './my.yaml'])))
}

/**
 * Measures a plan for a check, and finds the cells whose passes differ.
 * @param held what settles a cell by its first pass; null: none
 * @throws InstrumentError the reason of a stop: half a check is none
 */
export async function measurePlan(
  plan: Plan,
  stop: Stop,
  progress: Progress,
  held: Baseline | null = null,
): Promise<MeasuredBytes> {
  const passes: { cell: CellName; bytes: BytesResult[] }[] = []
  const report = await runPlan(plan, {
    signal: stop.signal,
    onProgress: (step) => progress.update(step),
    onBytePass: (cell, bytes) => {
      const known = passes.find((each) => isSameCell(each.cell, cell))
      if (known !== undefined) {
        known.bytes.push(bytes)
        return undefined
      }
      passes.push({ cell, bytes: [bytes] })
      const was = held === null ? undefined : findBaselineCell(held, cell)
      return was !== undefined && isAsStored(bytes, was) ? 'settled' : undefined
    },
  })
  progress.done()
  stop.signal.throwIfAborted()
  const varied = passes.flatMap(({ cell, bytes }) => comparePasses(cell, bytes) ?? [])
  return { report, varied }
}

const cellsOf = (plan: Plan): CellName[] =>
  plan.scenarios.flatMap(({ scenario, transports }) =>
    transports.map((transport) => ({ scenario: scenario.name, transport })),
  )

/** The part of the baseline that a check answers for: that of the scenarios that are measured. */
function viewOf(baseline: Baseline, plan: Plan): Baseline {
  const measured = plan.scenarios.map(({ scenario }) => scenario.name)
  return {
    ...baseline,
    cells: Object.fromEntries(
      Object.entries(baseline.cells).filter(([scenario]) => measured.includes(scenario)),
    ),
  }
}

/** @throws InstrumentError where a cell gave no trustworthy bytes: nothing is written then */
async function updateBaseline(
  argv: CheckArguments,
  stored: Baseline | null,
  plan: Plan,
  { report, varied }: MeasuredBytes,
  progress: Progress,
): Promise<void> {
  const failed = report.cells.find((cell) => cell.status === 'failed')
  if (failed?.status === 'failed') {
    throw new InstrumentError(
      'ledger-mismatch',
      say.failed(failed.scenario, failed.transport, saidText(failed.reason)),
    )
  }
  if (varied[0] !== undefined) {
    const { scenario, transport } = varied[0]
    throw new InstrumentError('ledger-mismatch', say.varied(scenario, transport))
  }
  const fresh = createBaseline(report)
  const next = mergeBaseline(argv, stored, fresh, plan)
  await writeFileWhole(argv.baseline, renderBaseline(next))
  const count = Object.values(fresh.cells).flatMap((cells) => Object.keys(cells)).length
  progress.note(say.written(argv.baseline, count))
}

function mergeBaseline(
  argv: CheckArguments,
  stored: Baseline | null,
  fresh: Baseline,
  plan: Plan,
): Baseline {
  if (stored === null) return fresh
  if (argv.update === 'new') return addMissingCells(stored, fresh)
  if (argv.transports !== undefined) return replaceCells(stored, fresh, null)
  const answeredFor = viewOf(stored, plan).cells
  const others = Object.entries(stored.cells)
    .filter(([scenario]) => !(scenario in answeredFor))
    .flatMap(([scenario, cells]) =>
      Object.keys(cells).map((transport) => ({ scenario, transport })),
    )
  return replaceCells(stored, fresh, [...others, ...cellsOf(plan)])
}

/** A baseline that is written says nothing about budgets: those that it breaks are said, and are no 0. */
function tellBudgets(budgets: readonly BudgetVerdict[], progress: Progress): void {
  const open = budgets.filter(({ verdict }) => verdict !== 'pass')
  for (const { line } of open) progress.warn(saidText(line))
  if (open.length > 0) process.exitCode = exitCodeOfBudgets(open)
}

/** What the baseline has beside what was measured, where nobody chose to leave it out. */
function tellUnchecked(
  { scenario }: CheckArguments,
  stored: Baseline,
  checked: Baseline,
  progress: Progress,
): void {
  if (scenario.some((name) => name !== 'all')) return
  const others = Object.keys(stored.cells).filter((name) => !(name in checked.cells))
  if (others.length === 0) return
  progress.note(say.unchecked(listNames(others)))
}

const commandOfBytes = (argv: CheckArguments): string =>
  commandOf(argv, [
    ...argv.scenario,
    ...(argv.transports === undefined ? [] : ['-t', argv.transports]),
    ...serverWords(argv),
  ])
