import { targetKindOf } from '../../model/report/target-kind.ts'
import { type Said, said } from '../../model/said/said.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { PROGRAM } from '../../model/text/shell.ts'
import { adaptScenario } from '../../targets/adapt-scenario.ts'
import type { Target, Targets } from '../../targets/target.ts'
import { listTransports, TRANSPORT_IDS } from '../../transports/registry.ts'
import type { TargetOptions } from '../options.ts'
import type { PlannedScenario } from '../plan.ts'
import { usage } from '../usage.ts'
import { type FittedTransport, fitTransport } from './fit-transports.ts'
import { createClientId } from './make-targets.ts'

const say = catalogue({
  en: {
    noneFits: (scenario: string) =>
      `${scenario}: none of its transports fits the URL; name one with --transports (${PROGRAM} list has them all)`,
    inPlace: (by: string, id: string, scheme: string) =>
      `${by} in place of ${id}: the URL is ${scheme}//`,
    leftOut: (ids: readonly string[]) =>
      `left out, since the URL asks for others: ${listNames(ids)}`,
    topicPrefix:
      '--topic-prefix: is none of a topic that is published to; write one without #, + and $SYS, such as test/',
  },
  'zh-TW': {
    noneFits: (scenario) =>
      `${scenario}：它的傳輸方式都不適合這個 URL；請用 --transports 指定（${PROGRAM} list 列出全部）`,
    inPlace: (by, id, scheme) => `以 ${by} 取代 ${id}：URL 是 ${scheme}//`,
    leftOut: (ids) => `因為 URL 需要別的傳輸方式而略過：${listNames(ids)}`,
    topicPrefix: '--topic-prefix：不能當作發布主題的前綴；請給不含 #、+ 與 $SYS 的前綴，例如 test/',
  },
})

/** So many connections of a fan-out are a load on somebody's server. */
const MOST_SUBSCRIBERS_ELSEWHERE = 10
/** What scenarios have that do not name one; a scenario of one's own may mean the one it names. */
const DEFAULT_CLIENT_ID = 'sensor-0001'
/** [MQTT-1.5.3], without what is no topic to publish to. */
const TOPIC_PREFIX = /^[^#+\0]{1,1000}$/

export interface FittedPlan {
  readonly scenarios: readonly PlannedScenario[]
  /** What was chosen in place of something else, for stderr. */
  readonly notes: readonly string[]
}

/**
 * The scenarios as they are sent to the servers of a run: on the transports that
 * fit their URLs. What was named by its id and does not fit stays, and is skipped
 * with the reason; of what a scenario or a group names, the fitting ones are taken.
 * @param named ids that were named one by one
 * @throws InstrumentError `usage` where nothing is left
 */
export async function fitPlan(
  scenarios: readonly PlannedScenario[],
  targets: Targets,
  named: ReadonlySet<string>,
  options: TargetOptions & { messages?: number | undefined },
): Promise<FittedPlan> {
  const known = listTransports()
  const clientId = options['client-id'] ?? null
  const own = createClientId(DEFAULT_CLIENT_ID.length)
  const topicPrefix = readTopicPrefix(options['topic-prefix'])
  const notes = new Set<string>()
  const fitted = scenarios.map((planned): PlannedScenario => {
    const chosen = chooseTransports(planned, targets, { named, known, notes })
    if (chosen.transports.length === 0) throw usage(say.noneFits(planned.scenario.name))
    const isDefault = planned.scenario.mqtt.clientId === DEFAULT_CLIENT_ID
    const scenario = adaptScenario(planned.scenario, {
      topicPrefix,
      clientId: clientId ?? (targets.mqtt !== undefined && isDefault ? own : null),
      messages: options.messages ?? leastMessages(targets, planned.scenario.messages),
    })
    return { ...planned, ...chosen, scenario }
  })
  return { scenarios: fitted, notes: [...notes] }
}

interface Choice {
  named: ReadonlySet<string>
  known: readonly FittedTransport[]
  notes: Set<string>
}

function chooseTransports(
  { scenario, transports }: PlannedScenario,
  targets: Targets,
  { named, known, notes }: Choice,
): Pick<PlannedScenario, 'transports' | 'unfit'> {
  const chosen = new Set<string>()
  const unfit = new Map<string, Said>()
  const leftOut: string[] = []
  for (const id of transports) {
    const transport = known.find((each) => each.id === id)
    const target = transport === undefined ? undefined : targetFor(targets, transport)
    if (transport === undefined || target === undefined) {
      chosen.add(id)
      continue
    }
    const { protocol: scheme } = new URL(target.address)
    const fit = fitTransport(transport, scheme, scenario.flow, known)
    const tooMany = refuseCrowd(scenario.subscribers, target)
    if (fit.kind === 'fits' && tooMany === null) chosen.add(id)
    else if (named.has(id) || tooMany !== null) {
      chosen.add(id)
      unfit.set(id, tooMany ?? (fit.kind === 'fits' ? '' : fit.reason))
    } else if (fit.kind === 'replaced') {
      if (!transports.includes(fit.by)) notes.add(say.inPlace(fit.by, id, scheme))
      chosen.add(fit.by)
    } else leftOut.push(id)
  }
  if (leftOut.length > 0) notes.add(say.leftOut(leftOut))
  return { transports: TRANSPORT_IDS.filter((id) => chosen.has(id)), unfit }
}

function targetFor(targets: Targets, { traits }: FittedTransport): Target | undefined {
  const kind = targetKindOf(traits.protocol)
  return kind === null ? undefined : targets[kind]
}

function refuseCrowd(subscribers: number | undefined, { reported }: Target): Said | null {
  const count = subscribers ?? 0
  return reported.place === 'elsewhere' && count > MOST_SUBSCRIBERS_ELSEWHERE
    ? said('crowd', { count, most: MOST_SUBSCRIBERS_ELSEWHERE })
    : null
}

/** The same number on every transport of a run, so that their figures compare. */
function leastMessages({ http, mqtt }: Targets, own: number): number {
  const bounds = [http, mqtt].flatMap((target) => target?.reported.bound?.bytePassMessages ?? [])
  return Math.min(own, ...bounds)
}

function readTopicPrefix(prefix: string | undefined): string {
  if (prefix === undefined) return ''
  if (TOPIC_PREFIX.test(prefix) && !prefix.startsWith('$SYS')) return prefix
  throw usage(say.topicPrefix)
}
