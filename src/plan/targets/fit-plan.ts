import { InstrumentError } from '../../model/errors.ts'
import { targetKindOf } from '../../model/report/target.ts'
import { PROGRAM } from '../../model/text/shell.ts'
import { adaptScenario } from '../../targets/adapt-scenario.ts'
import type { Target, Targets } from '../../targets/target.ts'
import { listTransports, TRANSPORT_IDS } from '../../transports/registry.ts'
import type { TargetOptions } from '../options.ts'
import type { PlannedScenario } from '../plan.ts'
import { type FittedTransport, fitTransport } from './fit-transports.ts'
import { createClientId } from './make-targets.ts'

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
    if (chosen.transports.length === 0) {
      throw new InstrumentError(
        'usage',
        `${planned.scenario.name}: none of its transports fits the URL; name one with --transports (${PROGRAM} list has them all)`,
      )
    }
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
  const unfit = new Map<string, string>()
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
      const instead = fit.kind === 'replaced' ? `; name ${fit.by} instead` : ''
      unfit.set(id, tooMany ?? (fit.kind === 'fits' ? '' : fit.reason + instead))
    } else if (fit.kind === 'replaced') {
      if (!transports.includes(fit.by))
        notes.add(`${fit.by} in place of ${id}: the URL is ${scheme}//`)
      chosen.add(fit.by)
    } else leftOut.push(id)
  }
  if (leftOut.length > 0)
    notes.add(`left out, since the URL asks for others: ${leftOut.join(', ')}`)
  return { transports: TRANSPORT_IDS.filter((id) => chosen.has(id)), unfit }
}

function targetFor(targets: Targets, { traits }: FittedTransport): Target | undefined {
  const kind = targetKindOf(traits.protocol)
  return kind === null ? undefined : targets[kind]
}

function refuseCrowd(subscribers: number | undefined, { reported }: Target): string | null {
  if (reported.place !== 'elsewhere' || (subscribers ?? 0) <= MOST_SUBSCRIBERS_ELSEWHERE)
    return null
  return `${subscribers} subscribers are ${subscribers} connections to a server that is not on this machine; there at most ${MOST_SUBSCRIBERS_ELSEWHERE} are opened`
}

/** The same number on every transport of a run, so that their figures compare. */
function leastMessages({ http, mqtt }: Targets, own: number): number {
  const bounds = [http, mqtt].flatMap((target) => target?.reported.bound?.bytePassMessages ?? [])
  return Math.min(own, ...bounds)
}

function readTopicPrefix(prefix: string | undefined): string {
  if (prefix === undefined) return ''
  if (TOPIC_PREFIX.test(prefix) && !prefix.startsWith('$SYS')) return prefix
  throw new InstrumentError(
    'usage',
    '--topic-prefix: is none of a topic that is published to; write one without #, + and $SYS, such as test/',
  )
}
