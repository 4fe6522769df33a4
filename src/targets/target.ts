import type { LatencyAmounts } from '../model/latency-amounts.ts'
import type { ReportedTarget } from '../model/report/target.ts'
import { targetKindOf } from '../model/report/target-kind.ts'
import type { ServerAccess, TransportTraits } from '../transports/transport.ts'
import type { Secrets } from './withhold.ts'

/**
 * A server that is already there, in place of the embedded endpoint. It is only
 * ever held in memory: what a report says of it is `reported`.
 */
export interface Target {
  readonly reported: ReportedTarget
  /** Its address with the query and without credentials, for `connect`. */
  readonly address: string
  readonly access: ServerAccess
  /** What must not be stored or shown of what crosses the wire. */
  readonly secrets: Secrets
  /** How long it may take to answer: a connection, a message, a ping. */
  readonly answerMs: number
  /** How long arrivals may still be under way when all messages are sent. */
  readonly stragglerMs: number
  /** Least pause from one message of the latency pass to the next; 0: a closed loop without any. */
  readonly pauseMs: number
  /** Whether what is measured is the place that redirects lead to. */
  readonly followsRedirects: boolean
  /** Null: as many as against an embedded endpoint. */
  readonly latency: LatencyAmounts | null
}

export type Targets = Readonly<Partial<Record<ReportedTarget['kind'], Target>>>

/** Where the cells of a transport are measured; null for the embedded endpoint. */
export function targetOf(
  targets: Targets | undefined,
  { protocol }: TransportTraits,
): Target | null {
  const kind = targetKindOf(protocol)
  return kind === null ? null : (targets?.[kind] ?? null)
}

/** What a transport is against a server that is not ours: the subscriber that tells of arrivals is a second leg. */
export function traitsAt(target: Target | null, traits: TransportTraits): TransportTraits {
  if (target === null) return traits
  const { needs: _needs, ...own } = traits
  return target.reported.kind === 'mqtt' ? { ...own, legs: 2, completedBy: 'broker' } : own
}
