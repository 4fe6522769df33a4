import { TARGET_KINDS, type TargetKind } from '../../model/report/target-kind.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Target, Targets } from '../../targets/target.ts'
import { FORK_AMOUNTS, type ForkAmounts } from '../fork-amounts.ts'
import { type DeploymentOptions, targetOptions } from '../options.ts'
import { usage } from '../usage.ts'
import { planTargets } from './make-targets.ts'

const say = catalogue({
  en: {
    arrivals: '--arrivals: --latency compares answers; leave it out',
    redirects:
      '--follow-redirects: --latency measures the URLs that it is given; give the places that they lead to',
    noServers: '--messages: is for servers that are already there',
    neededToo: (flag: string) => `--${flag}: is needed too: a server is held against another`,
    unlike: (kind: string, other: string | undefined, own: string | undefined) =>
      `--reference-${kind}-url: starts with ${other}// and --${kind}-url with ${own}//; what is compared must be spoken to alike`,
    messages: (messages: number, least: number, most: number) =>
      `--messages: ${messages} is no number from ${least} to ${most}, the messages of each arm in a fork`,
  },
  'zh-TW': {
    arrivals: '--arrivals：--latency 比較的是回應；請拿掉',
    redirects: '--follow-redirects：--latency 測量所給的 URL；請直接給它們導向的地方',
    noServers: '--messages：用於已經在運行的伺服器',
    neededToo: (flag) => `--${flag}：也需要：一台伺服器要與另一台比較`,
    unlike: (kind, other, own) =>
      `--reference-${kind}-url：以 ${other}// 開頭，--${kind}-url 卻以 ${own}// 開頭；相比較的兩者必須以相同方式連線`,
    messages: (messages, least, most) =>
      `--messages：${messages} 不是 ${least} 至 ${most} 的數字，即每個 fork 中每一組的訊息數`,
  },
})

/** Two deployments of a server: the one to judge, and the one that it is held against. */
export interface Deployments {
  readonly candidate: Targets
  readonly reference: Targets
  readonly amounts: ForkAmounts
}

const ROUNDS = FORK_AMOUNTS.rounds
/** Each arm has two blocks in a round. */
const LEAST_MESSAGES = 2 * ROUNDS
const MOST_MESSAGES = 10_000

/**
 * The deployments that the options name; null where they name none.
 * @throws InstrumentError `usage`
 */
export async function planDeployments(
  options: DeploymentOptions,
  env: NodeJS.ProcessEnv,
): Promise<Deployments | null> {
  const given = TARGET_KINDS.filter((kind) => isGiven(options, kind))
  if (options.arrivals !== undefined) throw usage(say.arrivals)
  if (options['follow-redirects']) throw usage(say.redirects)
  const messages = readMessages(options.messages)
  if (given.length === 0) {
    // Says which of the flags has no URL.
    await planTargets(targetOptions(options), NO_AMOUNTS, env)
    if (messages !== null) throw usage(say.noServers)
    return null
  }
  const amounts = { ...NO_AMOUNTS, messages }
  const candidate = await planTargets(targetOptions(options), amounts, env)
  const reference = await planTargets(
    {
      ...targetOptions(options),
      'http-url': options['reference-http-url'],
      'mqtt-url': options['reference-mqtt-url'],
    },
    amounts,
    env,
    'reference-',
  )
  for (const kind of given) requireSameScheme(kind, candidate[kind], reference[kind])
  return { candidate, reference, amounts: amountsFor([candidate, reference], messages) }
}

const NO_AMOUNTS = { messages: null, rounds: null, perRound: null }

/** @throws InstrumentError `usage` where there is one of the two without the other */
function isGiven(options: DeploymentOptions, kind: TargetKind): boolean {
  const flags = [`${kind}-url`, `reference-${kind}-url`] as const
  const missing = flags.filter((flag) => options[flag] === undefined)
  if (missing.length === 1) throw usage(say.neededToo(String(missing[0])))
  return missing.length === 0
}

function requireSameScheme(
  kind: TargetKind,
  candidate: Target | undefined,
  reference: Target | undefined,
): void {
  const [own, other] = [candidate, reference].map(
    (target) => target && new URL(target.address).protocol,
  )
  if (own === other) return
  throw usage(say.unlike(kind, other, own))
}

/** @throws InstrumentError `usage` */
function readMessages(messages: number | undefined): number | null {
  if (messages === undefined) return null
  if (Number.isInteger(messages) && messages >= LEAST_MESSAGES && messages <= MOST_MESSAGES) {
    return messages
  }
  throw usage(say.messages(messages, LEAST_MESSAGES, MOST_MESSAGES))
}

/** As to an endpoint of ours, but where a server is elsewhere, or fewer were asked for. */
function amountsFor(deployments: readonly Targets[], messages: number | null): ForkAmounts {
  const bounds = deployments.flatMap((targets) =>
    TARGET_KINDS.flatMap((kind) => targets[kind]?.reported.bound?.latencyMessages ?? []),
  )
  const most = Math.min(...bounds, messages ?? Number.POSITIVE_INFINITY)
  const { warmupMessages, messagesPerBlock } = FORK_AMOUNTS
  const whole = warmupMessages + LEAST_MESSAGES * messagesPerBlock
  if (most >= whole) return FORK_AMOUNTS
  const perBlock = Math.min(messagesPerBlock, Math.floor(most / LEAST_MESSAGES))
  const rest = most - perBlock * LEAST_MESSAGES
  return { rounds: ROUNDS, messagesPerBlock: perBlock, warmupMessages: rest }
}
