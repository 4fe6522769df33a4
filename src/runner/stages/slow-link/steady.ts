import type { BlockOutcome } from '../../../load/passes/latency-pass.ts'
import { describeError } from '../../../model/errors.ts'
import type { LatencyAmounts } from '../../../model/latency-amounts.ts'
import type { StreamTime } from '../../../model/report/link-result.ts'
import { nowNs } from '../../../system/clock.ts'
import { askLoad, BACKSTOP_MS } from '../bytes.ts'
import { collectLatencies } from '../latency.ts'
import { arrivalWaitMs, deadlineOver, perRound, STEADY } from './amounts.ts'
import { collectArrivals, type LinkedCell, type OverLinkStage } from './linked-cell.ts'

/** One of them may be lost, and would then stand for all that follow. */
const LOSSY_WARMUPS = 3

/**
 * A closed loop over the link, one in flight, on one connection that stays open:
 * the cell's steady latency, and how long all messages of the scenario take so.
 * @returns null where the scenario has one message only, or the cell failed
 */
export async function measureSteady(
  linked: LinkedCell,
  stage: OverLinkStage,
): Promise<StreamTime | null> {
  const { cell } = linked
  await open(linked, stage)
  if (cell.draft.failed) return null
  const startedNs = nowNs()
  const spentMs = (): number => Number(nowNs() - startedNs) / 1e6
  const { messages } = cell.planned.scenario
  let measured = 0
  let elapsedMs = 0
  try {
    // Excluded, as any first message is; they say how long one takes that is not lost.
    const warmups = stage.way.slackMs > 0 ? LOSSY_WARMUPS : 1
    let oneMs = Number.POSITIVE_INFINITY
    let producer: BlockOutcome['producer']
    for (let index = 0; index < warmups; index += 1) {
      const first = await runBlock(linked, stage, index, 1, null)
      oneMs = Math.min(oneMs, first?.elapsedMs ?? oneMs)
      producer = first?.producer
    }
    if (producer === 'self-driving') {
      cell.draft.warnings.push(
        'its client opens a connection for each round: no steady figure over a link',
      )
      return null
    }
    const messagesPerRound = perRound(oneMs, stage.way.budgetMs)
    const enough = Math.max(messages, stage.way.enough.steady)
    const least = Math.max(STEADY.least, messagesPerRound)
    for (let round = 0; !cell.draft.failed && measured < enough; round += 1) {
      stage.checkpoint()
      if (measured >= least && spentMs() > stage.way.budgetMs * STEADY.share) break
      const amounts = { rounds: round + 1, messagesPerRound, warmupMessages: warmups }
      const block = await runBlock(linked, stage, warmups + measured, messagesPerRound, amounts)
      measured += block?.completed ?? 0
      elapsedMs += block?.elapsedMs ?? 0
    }
  } catch (error) {
    stage.checkpoint()
    cell.fail(describeError(error))
  } finally {
    const { transport } = cell
    await stage.load.request('closeCell', { transport }, deadlineOver(stage.way, 0, 0))
  }
  if (messages === 1 || measured === 0) return null
  return {
    messages,
    measured,
    totalMs: (elapsedMs / measured) * messages,
    basis: measured >= messages ? 'measured' : 'modelled',
    ...{ inFlight: 1, connections: 1 },
  }
}

async function open(
  { cell, address }: LinkedCell,
  { load, plan, way }: OverLinkStage,
): Promise<void> {
  const deadlineMs = deadlineOver(way, 0, 0)
  const { transport, planned, certificate, noticePort } = cell
  const request = {
    ...{ transport, scenario: planned.scenario, fileBytes: planned.fileBytes },
    ...{ options: plan.options, certificate, noticePort, address, deadlineMs },
    noticeDeadlineMs: deadlineOver(way, 1, 0),
    ...(way.noticeHost !== undefined && { noticeHost: way.noticeHost }),
  }
  try {
    await askLoad(load, 'openCell', request, deadlineMs)
  } catch (error) {
    cell.fail(describeError(error))
  }
}

interface BlockTime {
  producer: BlockOutcome['producer'] | undefined
  completed: number
  /** From the first due to the last done: to the arrival, where only that tells. */
  elapsedMs: number
}

async function runBlock(
  { cell, payloadBytes }: LinkedCell,
  stage: OverLinkStage,
  firstIndex: number,
  count: number,
  amounts: LatencyAmounts | null,
): Promise<BlockTime | null> {
  const { way } = stage
  const deadlineMs = deadlineOver(stage.way, count, payloadBytes)
  await cell.endpoint.request('startBlock', undefined, BACKSTOP_MS)
  const { transport } = cell
  const block = { transport, firstIndex, count, deadlineMs }
  const outcome = await askLoad(stage.load, 'runBlock', block, deadlineMs)
  const sent = outcome.completedNs.length
  const deliveredNs = await collectArrivals(
    cell,
    { first: firstIndex, sent, completed: sent },
    outcome.failure === null ? arrivalWaitMs(way) : 0,
  )
  if (outcome.failure !== null) cell.fail(outcome.failure.message)
  else if (sent < count) cell.fail(`messages stopped arriving: ${sent} of ${count} were sent`)
  if (amounts !== null) {
    const round = amounts.rounds - 1
    const latencies = collectLatencies(
      cell,
      { firstIndex, count, round },
      outcome,
      deliveredNs,
      stage,
    )
    cell.draft.addRound(latencies, amounts)
  }
  return timeOf(cell.draft.identity.completion === 'flushed', outcome, deliveredNs)
}

function timeOf(
  isFlushed: boolean,
  { dueNs, completedNs, producer }: BlockOutcome,
  deliveredNs: readonly (bigint | null)[],
): BlockTime | null {
  const [first] = dueNs
  const last = isFlushed ? deliveredNs.at(-1) : completedNs.at(-1)
  if (first === undefined || last === undefined || last === null) return null
  return { producer, completed: completedNs.length, elapsedMs: Number(last - first) / 1e6 }
}
