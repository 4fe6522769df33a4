import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { renderLatencyCheck } from '../export/check/latency.ts'
import { InstrumentError } from '../model/errors.ts'
import { EXIT } from '../model/exit-codes.ts'
import {
  LATENCY_CHECK_SCHEMA_VERSION,
  type LatencyCheck,
  type LatencyCheckTransport,
} from '../model/latency-check.ts'
import { packageRoot } from '../package-root.ts'
import type { Progress } from '../progress/progress.ts'
import { wallClock } from '../runner/clock.ts'
import { NO_INJECTION } from '../runner/injection.ts'
import { checkLatency, type LatencyCheckRequest } from '../runner/latency-check.ts'
import { type ArmTarget, FORK_AMOUNTS } from '../runner/latency-fork.ts'
import { choosePinning } from '../runner/pinning.ts'
import type { PlannedScenario } from '../runner/plan.ts'
import { loadTransport } from '../transports/registry.ts'
import type { TransportTraits } from '../transports/transport.ts'
import type { CheckArguments } from './check.ts'
import { planRun } from './plan-run.ts'
import type { Stop } from './stop-signals.ts'
import { writeOutput } from './terminal.ts'

/** One of each protocol, both with a response to measure. */
const DEFAULT_TRANSPORTS = 'http1,mqtt-qos1'
const DEFAULT_SCENARIO = 'json'

type Arms = LatencyCheckRequest['targets']

/** `check --latency`: two arms in the same job, since a stored latency survives no change of machine. */
export async function checkLatencies(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const armsOf = chooseArms(argv)
  const scenarios = await planLatency(argv)
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
        targets: armsOf(transport, traits),
        amounts: FORK_AMOUNTS,
        pinning,
        checkpoint: () => stop.signal.throwIfAborted(),
        onFork: (sequence, number) =>
          progress.update(`${scenario.name} on ${transport}: ${sequence} fork ${number}`),
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

async function planLatency(argv: CheckArguments): Promise<readonly PlannedScenario[]> {
  const { scenarios } = await planRun({
    scenario: argv.scenario.includes('all') ? [DEFAULT_SCENARIO] : argv.scenario,
    transports: argv.transports ?? DEFAULT_TRANSPORTS,
    measure: 'latency',
    quick: false,
    rounds: undefined,
    'per-round': undefined,
    out: undefined,
    format: 'table',
    raw: false,
    inject: [],
  })
  const other = scenarios.find(({ scenario }) => scenario.flow !== 'uplink')?.scenario
  if (other !== undefined) {
    throw new InstrumentError(
      'usage',
      `${other.name}: is a ${other.flow}, and --latency compares the response that a device waits for; use an uplink, such as json`,
    )
  }
  for (const id of scenarios.flatMap(({ transports }) => transports)) {
    const { traits } = await loadTransport(id)
    if (traits.completion === 'flushed' || traits.protocol === 'none') {
      throw new InstrumentError(
        'usage',
        `--transports: ${id} has no response that could be compared; use one that is acknowledged, such as mqtt-qos1`,
      )
    }
  }
  return scenarios
}

/** Which arms a transport has: two installed versions, or two deployments. */
function chooseArms(argv: CheckArguments): (id: string, traits: TransportTraits) => Arms {
  const urls = ['http-url', 'mqtt-url', 'reference-http-url', 'reference-mqtt-url'] as const
  const given = urls.filter((flag) => argv[flag] !== undefined)
  if (argv.reference !== undefined) {
    if (given[0] !== undefined) {
      throw new InstrumentError('usage', `--${given[0]}: two servers, or --reference, not both`)
    }
    const reference = packageArm(findPackage(argv.reference))
    return () => ({ reference, control: reference, candidate: packageArm(packageRoot) })
  }
  if (given.length === 0) {
    throw new InstrumentError(
      'usage',
      '--latency: has nothing to compare with; give --reference DIR, or --mqtt-url and --reference-mqtt-url',
    )
  }
  for (const flag of given) checkUrl(flag, argv[flag] as string)
  return (id, traits) => urlArms(argv, id, traits)
}

function urlArms(argv: CheckArguments, id: string, { protocol }: TransportTraits): Arms {
  const kind = protocol.startsWith('mqtt/') ? 'mqtt' : 'http'
  const candidate = argv[`${kind}-url`]
  const reference = argv[`reference-${kind}-url`]
  if (candidate === undefined || reference === undefined) {
    const missing = candidate === undefined ? `--${kind}-url` : `--reference-${kind}-url`
    throw new InstrumentError(
      'usage',
      `${missing}: is needed to compare ${id}; or leave that out with --transports`,
    )
  }
  const target = { kind: 'url', url: reference } as const
  return { reference: target, control: target, candidate: { kind: 'url', url: candidate } }
}

/** @throws InstrumentError `usage`; the message never repeats what may be a secret */
function checkUrl(flag: string, text: string): void {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new InstrumentError(
      'usage',
      `--${flag}: is not a URL; write mqtt://host:1883 or http://host:8080/path`,
    )
  }
  const scheme = flag.includes('mqtt') ? 'mqtt:' : 'http:'
  if (url.protocol !== scheme) {
    throw new InstrumentError('usage', `--${flag}: must start with ${scheme}//`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new InstrumentError(
      'usage',
      `--${flag}: credentials are not supported here; leave them out`,
    )
  }
}

const packageArm = (root: string): ArmTarget => ({
  kind: 'package',
  root,
  injection: NO_INJECTION,
})

/** @throws InstrumentError `usage` where the folder holds no built version of this package */
function findPackage(folder: string): string {
  for (const root of [resolve(folder), resolve(folder, 'node_modules', 'mqtt-vs-http')]) {
    if (!isBuiltPackage(root)) continue
    return root
  }
  throw new InstrumentError(
    'usage',
    `--reference: ${folder} holds no installed mqtt-vs-http; install one there with npm install mqtt-vs-http`,
  )
}

function isBuiltPackage(root: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return (
      name === 'mqtt-vs-http' && existsSync(join(root, 'dist', 'runner', 'endpoint-process.js'))
    )
  } catch {
    return false
  }
}
