import { pollAmounts } from '../../load/loops/poll-pacing.ts'
import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import { subscribersOf } from '../../model/scenario/fan-out-family.ts'
import type { Plan } from '../../plan/plan.ts'
import type { ServedCell } from '../cells/running-cell.ts'

/** A round of a fan-out has no more deliveries than this, as long as each has a message. */
const DELIVERIES_PER_ROUND = 2_000
const WARMUP_DELIVERIES = 10_000

/**
 * How much the latency pass of a cell sends.
 * @param pollMs from one poll of its device to the next; 0 where nothing is polled
 */
export function amountsOf(
  { planned, target }: ServedCell,
  plan: Plan,
  pollMs: number,
): LatencyAmounts {
  const { scenario } = planned
  const asked = target?.latency ?? plan.latency
  if (scenario.flow === 'fanout') return fanoutAmounts(asked, subscribersOf(scenario) ?? 0)
  if (scenario.flow !== 'roundtrip') return asked
  if (target?.latency) return target.latency
  const { most, pollBudgetMs } = plan.commands
  return pollMs === 0 ? most : pollAmounts(most, pollMs, pollBudgetMs)
}

/**
 * What a fan-out sends: as much as an uplink, until its deliveries would take
 * more than some seconds a transport. 100 subscribers get 20 messages a round,
 * of which 20 rounds still carry a p99.
 */
export function fanoutAmounts(
  { rounds, messagesPerRound, warmupMessages }: LatencyAmounts,
  subscribers: number,
): LatencyAmounts {
  const atMost = (deliveries: number): number => Math.max(1, Math.floor(deliveries / subscribers))
  return {
    rounds,
    messagesPerRound: Math.min(messagesPerRound, atMost(DELIVERIES_PER_ROUND)),
    warmupMessages: Math.min(warmupMessages, atMost(WARMUP_DELIVERIES)),
  }
}
