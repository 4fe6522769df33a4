import type { Report } from '../../model/report/report.ts'
import type { ReportedTarget } from '../../model/report/target.ts'
import { TARGET_KINDS, targetKindOf } from '../../model/report/target-kind.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Targets } from '../../targets/target.ts'
import { placeOf } from '../../transports/connection-errors.ts'
import type { TransportTraits } from '../../transports/transport.ts'

/** What stands in the report of the servers of a plan; nothing where there is none. */
export function reportTargets(targets: Targets | undefined): Pick<Report['plan'], 'targets'> {
  const reported = TARGET_KINDS.flatMap((kind) => targets?.[kind]?.reported ?? [])
  return reported.length === 0 ? {} : { targets: reported }
}

/** What other programs take a proxy from. */
const PROXY_VARIABLES = [
  'http_proxy',
  'HTTP_PROXY',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
]

/**
 * What a reader must know of them before any figure.
 * @param traits of the transports of the run
 */
export function warnOfTargets(
  { targets, measures, load }: Pick<Plan, 'targets' | 'measures' | 'load'>,
  traits: readonly TransportTraits[],
  env: NodeJS.ProcessEnv = process.env,
): Said[] {
  const warnings: Said[] = []
  const given = TARGET_KINDS.flatMap((kind) => targets?.[kind]?.reported ?? [])
  for (const { kind, url, verification, bound, lifted } of given) {
    if (verification === 'insecure') {
      warnings.push(said('certificateNotVerified', { server: placeOf(new URL(url)) }))
    }
    if (bound !== null) {
      warnings.push(said('boundElsewhere', { kind, most: mostOf(bound, measures, load) }))
    }
    if (lifted !== undefined) {
      const { host } = new URL(url)
      warnings.push(said('boundLifted', { host, perS: lifted.messagesPerS }))
    }
  }
  const proxy = PROXY_VARIABLES.find((name) => env[name])
  if (proxy !== undefined && given.length > 0) {
    warnings.push(said('proxyNotUsed', { variable: proxy }))
  }
  const [only, ...more] = given
  const isMixed = traits.some(({ protocol }) => targetKindOf(protocol) === otherThan(only?.kind))
  if (only !== undefined && more.length === 0 && isMixed) {
    const [there, here] = only.kind === 'http' ? ['HTTP', 'MQTT'] : ['MQTT', 'HTTP']
    warnings.push(said('mixedPlaces', { there: there ?? '', here: here ?? '', url: only.url }))
  }
  return warnings
}

/** What each of the passes sends at most, on each transport. */
function mostOf(
  bound: NonNullable<ReportedTarget['bound']>,
  measures: Plan['measures'],
  load: Plan['load'],
): Said[] {
  const { latencyMessages: messages, warmupMessages: warmup, messagesPerS: perS } = bound
  return [
    ...(measures.includes('bytes')
      ? [said('mostBytes', { messages: bound.bytePassMessages })]
      : []),
    ...(measures.includes('latency') ? [said('mostLatency', { messages, warmup, perS })] : []),
    ...(load !== undefined
      ? [said('mostLoad', { rate: String(load.pace?.text), connections: load.connections })]
      : []),
  ]
}

const otherThan = (kind: string | undefined): string => (kind === 'http' ? 'mqtt' : 'http')
