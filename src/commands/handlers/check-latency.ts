import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { renderLatencyCheck } from '../../export/check/latency.ts'
import { EXIT } from '../../model/exit-codes.ts'
import { NO_INJECTION } from '../../model/injection.ts'
import {
  LATENCY_CHECK_SCHEMA_VERSION,
  type LatencyCheck,
  type LatencyCheckTransport,
} from '../../model/report/check/latency-check.ts'
import type { ReportedTarget } from '../../model/report/target.ts'
import { TARGET_KINDS, type TargetKind } from '../../model/report/target-kind.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { packageRoot } from '../../package-root.ts'
import { FORK_AMOUNTS } from '../../plan/fork-amounts.ts'
import { planRun } from '../../plan/make-plan.ts'
import type { PlannedScenario } from '../../plan/plan.ts'
import { type Deployments, planDeployments } from '../../plan/targets/deployments.ts'
import { type FittedPlan, fitPlan } from '../../plan/targets/fit-plan.ts'
import { usage } from '../../plan/usage.ts'
import { checkLatency, type LatencyCheckRequest } from '../../runner/latency-check/check.ts'
import type { ArmTarget } from '../../runner/latency-check/fork.ts'
import { reportTargets } from '../../runner/targets/report-targets.ts'
import { wallClock } from '../../system/clock.ts'
import { choosePinning } from '../../system/pinning.ts'
import { type Targets, targetOf } from '../../targets/target.ts'
import { writeOutput } from '../../terminal/output.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import type { CheckArguments } from '../flags/check.ts'

const say = catalogue({
  en: {
    fork: (scenario: string, transport: string, sequence: string, number: number) =>
      `${scenario} on ${transport}: ${sequence} fork ${number}`,
    unfit: (why: string) => `--transports: ${why}`,
    noUplink: (scenario: string, flow: string) =>
      `${scenario}: is a ${flow}, and --latency compares the response that a device waits for; use an uplink, such as json`,
    noResponse: (transport: string) =>
      `--transports: ${transport} has no response that could be compared; use one that is acknowledged, such as mqtt-qos1`,
    notBoth: '--reference: two servers, or --reference, not both',
    noReference:
      '--latency: has nothing to compare with; give --reference DIR, or --mqtt-url and --reference-mqtt-url',
    noUrl: (protocol: string) =>
      `--transports: no URL is for ${protocol}; leave it out, or give two URLs for it`,
    notInstalled: (folder: string) =>
      `--reference: ${folder} holds no installed mqtt-vs-http; install one there with npm install mqtt-vs-http`,
  },
  'zh-TW': {
    fork: (scenario, transport, sequence, number) =>
      `${scenario}／${transport}：${sequence === 'first' ? '第一輪' : '確認'}，第 ${number} 次測量`,
    unfit: (why) => `--transports：${why}`,
    noUplink: (scenario, flow) =>
      `${scenario}：是 ${flow}，而 --latency 比較裝置所等的回應；請用上行的情境，例如 json`,
    noResponse: (transport) =>
      `--transports：${transport} 沒有可以比較的回應；請用有確認的，例如 mqtt-qos1`,
    notBoth: '--reference：兩台伺服器與 --reference 只能擇一',
    noReference:
      '--latency：沒有比較的對象；請給 --reference DIR，或 --mqtt-url 與 --reference-mqtt-url',
    noUrl: (protocol) => `--transports：沒有 ${protocol} 的 URL；請拿掉它，或給它兩個 URL`,
    notInstalled: (folder) =>
      `--reference：${folder} 裡沒有安裝 mqtt-vs-http；請在那裡執行 npm install mqtt-vs-http`,
  },
})

/** One of each protocol, both with a response to measure. */
const DEFAULT_TRANSPORTS: Readonly<Record<TargetKind, string>> = {
  http: 'http1',
  mqtt: 'mqtt-qos1',
}
const DEFAULT_SCENARIO = 'json'

type Arms = LatencyCheckRequest['targets']

/** `check --latency`: two arms in the same job, since a stored latency survives no change of machine. */
export async function checkLatencies(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const deployments = await planDeployments(argv, process.env)
  const armsOf = chooseArms(argv, deployments)
  const { scenarios, notes } = await planLatency(argv, deployments)
  for (const note of notes) progress.note(note)
  const pinning = choosePinning()
  const startedAt = wallClock().toISOString()
  const transports: LatencyCheckTransport[] = []
  for (const { scenario, fileBytes, transports: ids } of scenarios) {
    for (const transport of ids) {
      const { traits } = await loadTransport(transport)
      const result = await checkLatency({
        transport,
        scenario,
        fileBytes,
        targets: armsOf(traits),
        amounts: deployments?.amounts ?? FORK_AMOUNTS,
        pinning,
        checkpoint: () => stop.signal.throwIfAborted(),
        onFork: (sequence, number) =>
          progress.update(say.fork(scenario.name, transport, sequence, number)),
      })
      transports.push(result)
    }
  }
  progress.done()
  const check: LatencyCheck = {
    schemaVersion: LATENCY_CHECK_SCHEMA_VERSION,
    startedAt,
    pinning: { pinned: pinning.pinned, reason: pinning.reason },
    injected: [],
    ...describeDeployments(deployments),
    transports,
  }
  process.exitCode = exitCodeOf(transports, argv.strict)
  await writeOutput(renderLatencyCheck(argv.format, check))
}

function exitCodeOf(results: readonly LatencyCheckTransport[], isStrict: boolean): number {
  const isFailed = results.some(
    ({ verdict, advisory }) => verdict === 'fail' && !advisory.isAdvisory,
  )
  if (isFailed) return EXIT.gateFailed
  const isOpen = results.some(({ verdict }) => verdict !== 'pass')
  return isOpen && isStrict ? EXIT.failed : EXIT.fine
}

async function planLatency(
  argv: CheckArguments,
  deployments: Deployments | null,
): Promise<Pick<FittedPlan, 'scenarios' | 'notes'>> {
  const kinds = TARGET_KINDS.filter((kind) => (deployments?.candidate ?? BOTH)[kind] !== undefined)
  const isAll = argv.scenario.length === 0 || argv.scenario.includes('all')
  const planned = await planRun({
    scenario: isAll ? [DEFAULT_SCENARIO] : argv.scenario,
    transports: argv.transports ?? kinds.map((kind) => DEFAULT_TRANSPORTS[kind]).join(),
    measure: 'latency',
  })
  if (deployments === null) return { scenarios: await requireAnswers(planned.scenarios), notes: [] }
  const named = new Set(argv.transports?.split(',').map((id) => id.trim()))
  const { scenarios, notes } = await fitPlan(planned.scenarios, deployments.candidate, named, argv)
  for (const [, reason] of scenarios.flatMap(({ unfit }) => [...(unfit ?? [])])) {
    throw usage(say.unfit(saidText(reason)))
  }
  return { scenarios: await requireAnswers(scenarios), notes }
}

const BOTH = { http: true, mqtt: true }

/** @throws InstrumentError `usage` where there is no response to compare */
async function requireAnswers(
  scenarios: readonly PlannedScenario[],
): Promise<readonly PlannedScenario[]> {
  const other = scenarios.find(({ scenario }) => scenario.flow !== 'uplink')?.scenario
  if (other !== undefined) throw usage(say.noUplink(other.name, other.flow))
  for (const id of scenarios.flatMap(({ transports }) => transports)) {
    const { traits } = await loadTransport(id)
    if (traits.completion === 'flushed' || traits.protocol === 'none') {
      throw usage(say.noResponse(id))
    }
  }
  return scenarios
}

/** Which arms a transport has: two installed versions, or two deployments. */
function chooseArms(
  argv: CheckArguments,
  deployments: Deployments | null,
): (traits: TransportTraits) => Arms {
  if (deployments !== null) {
    if (argv.reference === undefined) return (traits) => serverArms(deployments, traits)
    throw usage(say.notBoth)
  }
  if (argv.reference === undefined) throw usage(say.noReference)
  const reference = packageArm(findPackage(argv.reference))
  return () => ({ reference, control: reference, candidate: packageArm(packageRoot) })
}

function serverArms({ candidate, reference }: Deployments, traits: TransportTraits): Arms {
  const own = targetOf(candidate, traits)
  const other = targetOf(reference, traits)
  if (own === null || other === null) throw usage(say.noUrl(traits.protocol))
  const arm: ArmTarget = { kind: 'server', target: other }
  return { reference: arm, control: arm, candidate: { kind: 'server', target: own } }
}

function describeDeployments(deployments: Deployments | null): Pick<LatencyCheck, 'servers'> {
  if (deployments === null) return {}
  const { candidate, reference } = deployments
  const of = (targets: Targets): ReportedTarget[] => [...(reportTargets(targets).targets ?? [])]
  return { servers: { candidate: of(candidate), reference: of(reference) } }
}

const packageArm = (root: string): ArmTarget => ({
  kind: 'package',
  root,
  injection: NO_INJECTION,
})

/** @throws InstrumentError `usage` where the folder holds no built version of this package */
function findPackage(folder: string): string {
  const roots = [resolve(folder), resolve(folder, 'node_modules', 'mqtt-vs-http')]
  const root = roots.find(isBuiltPackage)
  if (root !== undefined) return root
  throw usage(say.notInstalled(folder))
}

function isBuiltPackage(root: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return name === 'mqtt-vs-http' && existsSync(join(root, 'dist', 'worker.js'))
  } catch {
    return false
  }
}
