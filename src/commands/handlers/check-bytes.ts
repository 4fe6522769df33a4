import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { renderCheck } from '../../export/check/index.ts'
import {
  addMissingCells,
  createBaseline,
  renderBaseline,
  replaceCells,
} from '../../gate/baseline.ts'
import { judgeBudgets } from '../../gate/budgets.ts'
import { checkAgainstBaseline } from '../../gate/compare-bytes.ts'
import { comparePasses } from '../../gate/compare-passes.ts'
import { concludeCheck } from '../../gate/conclude-check.ts'
import { parseBaseline } from '../../gate/parse-baseline.ts'
import { describeError, describeSystemError, InstrumentError } from '../../model/errors.ts'
import { EXIT } from '../../model/exit-codes.ts'
import { type Baseline, type CellName, isSameCell } from '../../model/report/baseline.ts'
import type { CheckResult, VariedCell } from '../../model/report/check.ts'
import type { BytesResult, Report } from '../../model/report/report.ts'
import { planRun } from '../../plan/make-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { runPlan } from '../../runner/run.ts'
import { writeOutput } from '../../terminal/output.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import { librariesOf, TRANSPORT_IDS } from '../../transports/registry.ts'
import type { CheckArguments } from '../flags/check.ts'

/** Often enough to see that bytes vary; a byte that changes less often is not the wire's. */
const BYTE_PASSES = 3

/** What a byte check measured. */
export interface MeasuredBytes {
  report: Report
  varied: VariedCell[]
}

/** `check`: three byte passes of every cell, held against the baseline. */
export async function checkBytes(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const stored = await readBaseline(argv)
  const plan = await planCheck(argv, stored)
  const measured = await measurePlan(plan, stop, progress)
  if (argv.update !== undefined) {
    await updateBaseline(argv, stored, plan, measured, progress)
    return
  }
  const baseline = viewOf(stored as Baseline, argv, plan)
  const { report } = measured
  const result = concludeCheck({
    tool: report.tool,
    baseline: argv.baseline,
    command: commandOf(argv),
    cells: checkAgainstBaseline(baseline, report, {
      allowSmaller: argv['allow-smaller'],
      scope: cellsOf(plan),
      wholeSet: argv.transports === undefined,
      varied: measured.varied,
      librariesOf,
    }),
    budgets: judgeBudgets(report.plan.scenarios, report.cells),
  })
  process.exitCode = result.exitCode
  await tellPipeline(argv, result)
  await writeOutput(renderCheck(argv.format, result))
}

/**
 * The stored baseline; null where there is none and it is about to be written.
 * @throws InstrumentError `baseline-unreadable`
 */
async function readBaseline(argv: CheckArguments): Promise<Baseline | null> {
  let text: string
  try {
    text = await readFile(argv.baseline, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isMissing && argv.update !== undefined) return null
    const problem = isMissing
      ? `there is no baseline; write it with ${commandOf(argv)} --update, and commit it`
      : `cannot be read: ${describeSystemError(error)}`
    throw new InstrumentError('baseline-unreadable', `${argv.baseline}: ${problem}`, {
      cause: error,
    })
  }
  return parseBaseline(text, argv.baseline)
}

/** The run that a check makes: what each scenario names, and what the baseline holds of it. */
async function planCheck(argv: CheckArguments, baseline: Baseline | null): Promise<Plan> {
  const plan = await planRun({
    scenario: argv.scenario,
    transports: argv.transports,
    measure: 'bytes',
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
 * Measures a plan for a check, and finds the cells whose passes differ.
 * @throws InstrumentError the reason of a stop: half a check is none
 */
export async function measurePlan(
  plan: Plan,
  stop: Stop,
  progress: Progress,
): Promise<MeasuredBytes> {
  const passes: { cell: CellName; bytes: BytesResult[] }[] = []
  const report = await runPlan(plan, {
    signal: stop.signal,
    onProgress: (line) => progress.update(line),
    onReport: async () => {},
    onMessage: () => {},
    onBytePass: (cell, bytes) => {
      const known = passes.find((each) => isSameCell(each.cell, cell))
      if (known === undefined) passes.push({ cell, bytes: [bytes] })
      else known.bytes.push(bytes)
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

const isWholeSet = (argv: CheckArguments): boolean =>
  argv.transports === undefined && argv.scenario.includes('all')

/**
 * The part of the baseline that a check answers for: all of it where all was
 * asked for, else that of the scenarios that were named.
 */
function viewOf(baseline: Baseline, argv: CheckArguments, plan: Plan): Baseline {
  if (isWholeSet(argv)) return baseline
  const named = plan.scenarios.map(({ scenario }) => scenario.name)
  return {
    ...baseline,
    cells: Object.fromEntries(
      Object.entries(baseline.cells).filter(([scenario]) => named.includes(scenario)),
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
      `${failed.scenario} on ${failed.transport}: ${failed.reason}; the baseline is not written`,
    )
  }
  if (varied[0] !== undefined) {
    const { scenario, transport } = varied[0]
    throw new InstrumentError(
      'ledger-mismatch',
      `${scenario} on ${transport}: the bytes differ from pass to pass; the baseline is not written`,
    )
  }
  const fresh = createBaseline(report)
  const next = mergeBaseline(argv, stored, fresh, plan)
  await writeFileWhole(argv.baseline, renderBaseline(next))
  progress.note(`${argv.baseline} is written`)
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
  if (isWholeSet(argv)) return replaceCells(stored, fresh, cellsOf(plan))
  const answeredFor = viewOf(stored, argv, plan).cells
  const others = Object.entries(stored.cells)
    .filter(([scenario]) => !(scenario in answeredFor))
    .flatMap(([scenario, cells]) =>
      Object.keys(cells).map((transport) => ({ scenario, transport })),
    )
  return replaceCells(stored, fresh, [...others, ...cellsOf(plan)])
}

/** @throws InstrumentError `out-unwritable` */
async function writeFileWhole(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.tmp`, text)
    await rename(`${path}.tmp`, path)
  } catch (error) {
    throw new InstrumentError(
      'out-unwritable',
      `${path}: cannot be written: ${describeError(error)}`,
      { cause: error },
    )
  }
}

/** JUnit where asked for; on GitHub, annotations and the job's summary. */
async function tellPipeline(argv: CheckArguments, result: CheckResult): Promise<void> {
  if (argv.junit !== undefined) await writeFileWhole(argv.junit, renderCheck('junit', result))
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = process.env
  // On stderr, so that stdout stays what --format says.
  if (GITHUB_ACTIONS === 'true') process.stderr.write(renderCheck('github', result))
  if (!GITHUB_STEP_SUMMARY) return
  try {
    await appendFile(GITHUB_STEP_SUMMARY, renderCheck('markdown', result))
  } catch (error) {
    process.stderr.write(`the job summary cannot be written: ${describeError(error)}\n`)
    process.exitCode ||= EXIT.failed
  }
}

/** The check as it was called, to which `--update` can be added. */
function commandOf(argv: CheckArguments): string {
  const words = ['mqtt-vs-http', 'check', ...argv.scenario.filter((name) => name !== 'all')]
  if (argv.transports !== undefined) words.push('-t', argv.transports)
  if (argv.baseline !== 'results/baseline.json') words.push('--baseline', argv.baseline)
  return words.map((word) => (/^[\w./,:=@-]+$/.test(word) ? word : `'${word}'`)).join(' ')
}
