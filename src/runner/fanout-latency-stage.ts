import { isClean, matchDeliveries, spanOfDeliveries, sumCounts } from '../delivery/deliveries.ts'
import type { DeliveryMatch } from '../delivery/match-arrivals.ts'
import { describeError } from '../model/errors.ts'
import type { LatencyAmounts } from '../model/latency-amounts.ts'
import { subscribersOf } from '../model/scenario/subscribers.ts'
import { perMessageAtMs } from '../targets/target.ts'
import type { RoundLatencies } from './cells/cell-builder.ts'
import type { ServedCell } from './cells/running-cell.ts'
import type { FanoutBlockOutcome } from './fanout-latency-cell.ts'
import { openInLoad } from './open-in-load.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from './stages/bytes.ts'
import {
  type Block,
  type BlockKind,
  collectLatencies,
  type LatencyStage,
} from './stages/latency.ts'

const BASE_DEADLINE_MS = 10_000
const PER_SUBSCRIBER_MS = 50
const PER_MESSAGE_MS = 50
const PER_DELIVERY_MS = 2

/** A round of a fan-out has no more deliveries than this, as long as each has a message. */
const DELIVERIES_PER_ROUND = 2_000
const WARMUP_DELIVERIES = 10_000

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

/** A publisher and its subscribers, all in the load process. */
export const FANOUT_BLOCKS: BlockKind = {
  amountsOf: async ({ planned, target }, { plan }) =>
    fanoutAmounts(target?.latency ?? plan.latency, subscribersOf(planned.scenario) ?? 0),
  open: (cell, stage) =>
    openInLoad('openFanout', cell, stage, BASE_DEADLINE_MS + countOf(cell) * PER_SUBSCRIBER_MS),
  run: runBlock,
}

const countOf = ({ planned }: ServedCell): number => subscribersOf(planned.scenario) ?? 0

/** A dead endpoint is the better reason for whatever broke; asking it anything finds out. */
async function failWithReason(cell: ServedCell, reason: string): Promise<void> {
  await cell.endpoint.request('startBlock', undefined, BACKSTOP_MS).catch(() => {})
  cell.fail(reason)
}

async function runBlock(
  cell: ServedCell,
  block: Block,
  amounts: LatencyAmounts,
  stage: LatencyStage,
): Promise<void> {
  stage.checkpoint()
  if (cell.draft.failed) return
  const { delayMs } = stage.plan.injection
  const perMessageMs =
    PER_MESSAGE_MS + countOf(cell) * PER_DELIVERY_MS + delayMs + perMessageAtMs(cell.target)
  const deadlineMs = BASE_DEADLINE_MS + block.count * perMessageMs
  const stragglerMs = STRAGGLER_MS + delayMs
  const { firstIndex, count } = block
  try {
    const outcome = await askLoad(
      stage.load,
      'runFanoutBlock',
      { transport: cell.transport, firstIndex, count, deadlineMs, stragglerMs },
      deadlineMs + stragglerMs,
    )
    if (block.round !== null) recordRound(cell, block, outcome, amounts, stage)
    const sent = outcome.completedNs.length
    if (outcome.failure !== null) await failWithReason(cell, outcome.failure.message)
    else if (sent < count) {
      await failWithReason(
        cell,
        `messages stopped arriving: ${sent} of ${count} were sent in this round`,
      )
    }
  } catch (error) {
    await failWithReason(cell, describeError(error))
  }
}

function recordRound(
  cell: ServedCell,
  block: Block,
  outcome: FanoutBlockOutcome,
  amounts: LatencyAmounts,
  stage: LatencyStage,
): void {
  const sent = outcome.completedNs.length
  const matches = matchDeliveries(cell.planned, block.firstIndex, sent, outcome.arrivals)
  const counts = sumCounts(matches)
  cell.draft.count(sent, sent, counts)
  // As in every flow: a block in which a delivery is missing or wrong gives no delivery latencies.
  const believed = isClean(counts) ? matches : []
  cell.draft.addRound(latenciesOf(cell, block, outcome, believed, stage), amounts)
}

function latenciesOf(
  cell: ServedCell,
  block: Block,
  outcome: FanoutBlockOutcome,
  matches: readonly DeliveryMatch[],
  stage: LatencyStage,
): RoundLatencies {
  const { firstNs, lastNs } = spanOfDeliveries(matches, outcome.completedNs.length)
  const sinceDue = (instants: readonly (bigint | null)[]): number[] =>
    instants.flatMap((instant, index) =>
      instant === null ? [] : Number(instant - (outcome.dueNs[index] as bigint)),
    )
  const { delivery: last, ...rest } = collectLatencies(cell, block, outcome, lastNs, stage)
  return {
    ...rest,
    delivery: matches.flatMap(({ deliveredNs }) => sinceDue(deliveredNs)),
    fanout: { first: sinceDue(firstNs), last },
  }
}
