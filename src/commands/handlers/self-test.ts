import { createBaseline } from '../../gate/baseline.ts'
import { checkAgainstBaseline } from '../../gate/compare/compare-bytes.ts'
import { findMissedByte, MUTATIONS, type Mutation } from '../../gate/self-test.ts'
import { EXIT } from '../../model/exit-codes.ts'
import { NO_INJECTION } from '../../model/injection.ts'
import type { Report } from '../../model/report/report.ts'
import { formatChange } from '../../model/text/format-change.ts'
import { packageRoot } from '../../package-root.ts'
import { FORK_AMOUNTS } from '../../plan/fork-amounts.ts'
import { planRun } from '../../plan/make-plan.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import { checkLatency } from '../../runner/latency-check/check.ts'
import type { ArmTarget } from '../../runner/latency-check/fork.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { choosePinning } from '../../system/pinning.ts'
import { writeOutput } from '../../terminal/output.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { CheckArguments } from '../flags/check.ts'
import { measurePlan } from './check-bytes.ts'

const SLOWDOWN = 0.25
const LATENCY_TRANSPORTS = ['http1', 'mqtt-qos1']

/** One fault that the gate has to find. */
interface Trial {
  title: string
  /** Null where the gate found it. */
  missed: string | null
}

/** `check --self-test`: puts faults in, and fails unless the gate finds each and nothing else. */
export async function runSelfTest(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const plan = await planRun({
    scenario: argv.scenario,
    transports: argv.transports,
    measure: 'bytes',
  })
  const trials = await tryBytes(plan, stop, progress)
  const [first] = plan.scenarios
  if (first !== undefined) {
    for (const transport of LATENCY_TRANSPORTS) {
      trials.push(await tryDelay(transport, first, stop, progress))
    }
  }
  progress.done()
  const missed = trials.filter((trial) => trial.missed !== null)
  process.exitCode = missed.length === 0 ? EXIT.fine : EXIT.gateFailed
  const lines = trials.map(({ title, missed: reason }) =>
    reason === null ? `found   ${title}` : `MISSED  ${title}: ${reason}`,
  )
  const sum = `${trials.length - missed.length} of ${trials.length} faults were found`
  await writeOutput(`${[...lines, sum].join('\n')}\n`)
}

async function tryBytes(plan: Plan, stop: Stop, progress: Progress): Promise<Trial[]> {
  const { report } = await measurePlan(plan, stop, progress)
  const baseline = createBaseline(report)
  const trials: Trial[] = []
  for (const mutation of MUTATIONS) {
    const mutated = { ...plan, scenarios: plan.scenarios.map((each) => mutate(each, mutation)) }
    const { report: fresh } = await measurePlan(mutated, stop, progress)
    const cells = wireCells(fresh)
    const verdicts = checkAgainstBaseline(baseline, fresh, {
      allowSmaller: false,
      scope: cells,
      wholeSet: false,
    })
    for (const cell of cells) {
      const verdict = verdicts.find(
        (each) => each.scenario === cell.scenario && each.transport === cell.transport,
      )
      trials.push({
        title: `${cell.scenario} on ${cell.transport}: ${mutation.name} one byte longer${mutation.concerns(cell.protocol) ? '' : ' (not carried here)'}`,
        missed: findMissedByte(mutation, cell.protocol, verdict),
      })
    }
  }
  return trials
}

const wireCells = (report: Report): Report['cells'] =>
  report.cells.filter((cell) => cell.protocol !== 'none')

function mutate(planned: PlannedScenario, mutation: Mutation): PlannedScenario {
  const payloads = createPayloads(planned.scenario, planned.fileBytes ?? undefined)
  const scenario = mutation.apply(planned.scenario, payloads.payload(0))
  return { ...planned, scenario }
}

/** A candidate that is slower by a quarter of the reference's own median. */
async function tryDelay(
  transport: string,
  { scenario, fileBytes }: PlannedScenario,
  stop: Stop,
  progress: Progress,
): Promise<Trial> {
  const own: ArmTarget = { kind: 'package', root: packageRoot, injection: NO_INJECTION }
  const slowed: ArmTarget = { kind: 'slowed', root: packageRoot, share: SLOWDOWN }
  const result = await checkLatency({
    transport,
    scenario,
    fileBytes,
    pinning: choosePinning(),
    checkpoint: () => stop.signal.throwIfAborted(),
    targets: { reference: own, control: own, candidate: slowed },
    amounts: FORK_AMOUNTS,
    onFork: (sequence, number) =>
      progress.update(`${transport}, slower by 25 %: ${sequence} fork ${number}`),
  })
  return {
    title: `${scenario.name} on ${transport}: slower by 25 % (measured ${formatChange(result.first.medianRatio)})`,
    missed:
      result.verdict === 'fail' ? null : `the gate says ${result.verdict}: ${result.reasons[0]}`,
  }
}
