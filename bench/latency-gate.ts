import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeError } from '../src/model/errors.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { packageRoot } from '../src/package-root.ts'
import { FORK_AMOUNTS } from '../src/plan/fork-amounts.ts'
import { KNOWN_NAMES } from '../src/plan/known-names.ts'
import { checkLatency } from '../src/runner/latency-check/check.ts'
import type { ArmTarget } from '../src/runner/latency-check/fork.ts'
import { loadScenarios } from '../src/scenario/load.ts'
import { nowNs, wallClock } from '../src/system/clock.ts'
import { choosePinning } from '../src/system/pinning.ts'
import { type CampaignKind, type CampaignLine, summariseCampaign } from './campaign-summary.ts'

/**
 * Measures the latency gate on this machine: checks of the package against
 * itself, which must not fail, and checks against a candidate whose endpoint is
 * 25 % slower, which must.
 *
 *     node --import tsx bench/latency-gate.ts [--minutes 60]
 *     node --import tsx bench/latency-gate.ts --summary
 *
 * Every finished check is a line of the results file. Stopped at any moment and
 * started again, it goes on where it was.
 */

const SLOWDOWN = 0.25

const { values } = parseArgs({
  options: {
    out: {
      type: 'string',
      default: join(packageRoot, 'docs', 'regression-gate', 'campaign.jsonl'),
    },
    aa: { type: 'string', default: '60' },
    slow: { type: 'string', default: '30' },
    transports: { type: 'string', default: 'http1,mqtt-qos1' },
    minutes: { type: 'string', default: '600' },
    summary: { type: 'boolean', default: false },
  },
})
const targets: Record<CampaignKind, number> = { aa: Number(values.aa), slow: Number(values.slow) }
const transports = values.transports.split(',')
const pinning = choosePinning()
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

function readLines(): CampaignLine[] {
  if (!existsSync(values.out)) return []
  return readFileSync(values.out, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CampaignLine)
}

/** The kind and transport that are furthest behind, so that all are spread over the same hours. */
function chooseNext(
  lines: readonly CampaignLine[],
): { kind: CampaignKind; transport: string } | null {
  const open = (['aa', 'slow'] as const).flatMap((kind) =>
    transports.map((transport) => {
      const done = lines.filter(
        (line) => line.kind === kind && line.result.transport === transport,
      ).length
      return { kind, transport, share: targets[kind] === 0 ? 1 : done / targets[kind] }
    }),
  )
  const behind = open.filter(({ share }) => share < 1).sort((a, b) => a.share - b.share)
  return behind[0] ?? null
}

async function runCheck(kind: CampaignKind, transport: string): Promise<CampaignLine> {
  const [loaded] = await loadScenarios(['json'], KNOWN_NAMES)
  if (loaded === undefined) throw new Error('the scenario json is missing')
  const startedAt = wallClock().toISOString()
  const own: ArmTarget = { kind: 'package', root: packageRoot, injection: NO_INJECTION }
  const slowed: ArmTarget = { kind: 'slowed', root: packageRoot, share: SLOWDOWN }
  const result = await checkLatency({
    transport,
    scenario: loaded.scenario,
    fileBytes: loaded.fileBytes,
    pinning,
    checkpoint: () => stop.signal.throwIfAborted(),
    targets: { reference: own, control: own, candidate: kind === 'aa' ? own : slowed },
    amounts: FORK_AMOUNTS,
    onFork: () => {},
  })
  return { kind, startedAt, node: process.versions.node, result }
}

async function runCampaign(): Promise<void> {
  const endNs = nowNs() + BigInt(Math.round(Number(values.minutes) * 60e9))
  mkdirSync(dirname(values.out), { recursive: true })
  while (!stop.signal.aborted && nowNs() < endNs) {
    const next = chooseNext(readLines())
    if (next === null) break
    const line = await runCheck(next.kind, next.transport)
    appendFileSync(values.out, `${JSON.stringify(line)}\n`)
    const { verdict, forks, seconds, first } = line.result
    process.stderr.write(
      `${line.kind} ${next.transport}: ${verdict}, ${forks.length} forks, ${seconds} s, median ${first.medianRatio.toFixed(3)}\n`,
    )
  }
}

try {
  if (values.summary) process.stdout.write(`${summariseCampaign(readLines())}\n`)
  else await runCampaign()
} catch (error) {
  if (!stop.signal.aborted) {
    process.stderr.write(`error: ${describeError(error)}\n`)
    process.exitCode = 3
  }
}
