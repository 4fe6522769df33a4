import { createBaseline } from '../../gate/baseline.ts'
import { checkAgainstBaseline } from '../../gate/compare/compare-bytes.ts'
import { findMissedByte, MUTATIONS, type Mutation } from '../../gate/self-test.ts'
import { EXIT } from '../../model/exit-codes.ts'
import { NO_INJECTION } from '../../model/injection.ts'
import { partOf } from '../../model/progress-step.ts'
import type { Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatChange } from '../../model/text/format-change.ts'
import { catalogue } from '../../model/text/language.ts'
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

const say = catalogue({
  en: {
    found: (title: string) => `found   ${title}`,
    missed: (title: string, why: string) => `MISSED  ${title}: ${why}`,
    sum: (found: number, of: number) => `${found} of ${of} faults were found`,
    faults: {
      'client id': 'client id one byte longer',
      topic: 'topic one byte longer',
      'header value': 'header value one byte longer',
      payload: 'payload one byte longer',
    },
    on: (scenario: string, transport: string, what: string) =>
      `${scenario} on ${transport}: ${what}`,
    notCarried: (fault: string) => `${fault} (not carried here)`,
    slower: (measured: string) => `slower by 25 % (measured ${measured})`,
    says: (verdict: string, why: string) => `the gate says ${verdict}: ${why}`,
    progress: (transport: string, sequence: string, fork: number) =>
      `${transport}, slower by 25 %: ${sequence} fork ${fork}`,
  },
  'zh-TW': {
    found: (title) => `找到  ${title}`,
    missed: (title, why) => `漏掉  ${title}：${why}`,
    sum: (found, of) => `${of} 個故障找到 ${found} 個`,
    faults: {
      'client id': 'client id 多一個位元組',
      topic: '主題多一個位元組',
      'header value': '標頭值多一個位元組',
      payload: '負載多一個位元組',
    },
    on: (scenario, transport, what) => `${scenario}／${transport}：${what}`,
    notCarried: (fault) => `${fault}（這裡不會送出）`,
    slower: (measured) => `慢 25 %（測得 ${measured}）`,
    says: (verdict, why) => `判定為 ${verdict}：${why}`,
    progress: (transport, sequence, fork) => `${transport}，慢 25 %：${sequence} ${fork}`,
  },
})

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
    for (const [index, transport] of LATENCY_TRANSPORTS.entries()) {
      const part = partProgress(progress, BYTE_RUNS + index)
      trials.push(await tryDelay(transport, first, stop, part))
    }
  }
  progress.done()
  const missed = trials.filter((trial) => trial.missed !== null)
  process.exitCode = missed.length === 0 ? EXIT.fine : EXIT.gateFailed
  const lines = trials.map(({ title, missed: reason }) =>
    reason === null ? say.found(title) : say.missed(title, reason),
  )
  const sum = say.sum(trials.length - missed.length, trials.length)
  await writeOutput(`${[...lines, sum].join('\n')}\n`)
}

const BYTE_RUNS = 1 + MUTATIONS.length
const ALL_RUNS = BYTE_RUNS + LATENCY_TRANSPORTS.length

/** Of one of all the runs of a self-test. */
const partProgress = (progress: Progress, index: number): Progress => ({
  ...progress,
  update: (step) =>
    progress.update(typeof step === 'string' ? step : partOf(step, index, ALL_RUNS)),
})

async function tryBytes(plan: Plan, stop: Stop, progress: Progress): Promise<Trial[]> {
  const { report } = await measurePlan(plan, stop, partProgress(progress, 0))
  const baseline = createBaseline(report)
  const trials: Trial[] = []
  for (const [index, mutation] of MUTATIONS.entries()) {
    const mutated = { ...plan, scenarios: plan.scenarios.map((each) => mutate(each, mutation)) }
    const { report: fresh } = await measurePlan(mutated, stop, partProgress(progress, 1 + index))
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
      const fault = say.faults[mutation.name]
      const what = mutation.concerns(cell.protocol) ? fault : say.notCarried(fault)
      trials.push({
        title: say.on(cell.scenario, cell.transport, what),
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
      progress.update({ what: say.progress(transport, sequence, number), share: 0 }),
  })
  return {
    title: say.on(scenario.name, transport, say.slower(formatChange(result.first.medianRatio))),
    missed:
      result.verdict === 'fail'
        ? null
        : say.says(result.verdict, result.reasons.slice(0, 1).map(saidText).join('')),
  }
}
