import { describeError } from '../../model/errors.ts'
import type { StreamTime } from '../../model/link/result.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from '../byte-stage.ts'
import { nowNs } from '../clock.ts'
import type { BlockOutcome } from '../latency-cell.ts'
import { collectLatencies } from '../latency-stage.ts'
import type { LatencyAmounts } from '../plan.ts'
import { deadlineOver, enoughSteady, perRound, STEADY } from './link-amounts.ts'
import { collectArrivals, type LinkedCell, type LinkStage } from './linked-cell.ts'

/**
 * A closed loop over the link, one in flight, on one connection that stays open:
 * the cell's steady latency, and how long all messages of the scenario take so.
 * @returns null where the scenario has one message only, or the cell failed
 */
export async function measureSteady(
  linked: LinkedCell,
  stage: LinkStage,
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
    // Excluded, as any first message is; it says how long one takes.
    const first = await runBlock(linked, stage, 0, 1, null)
    if (first?.producer === 'self-driving') {
      cell.draft.warnings.push(
        'its client opens a connection for each round: no steady figure over a link',
      )
      return null
    }
    const messagesPerRound = perRound(first?.elapsedMs ?? 0, stage.link.budgetMs)
    const least = Math.max(STEADY.least, messagesPerRound)
    for (let round = 0; !cell.draft.failed && measured < enoughSteady(messages); round += 1) {
      stage.checkpoint()
      if (measured >= least && spentMs() > stage.link.budgetMs * STEADY.share) break
      const amounts = { rounds: round + 1, messagesPerRound, warmupMessages: 1 }
      const block = await runBlock(linked, stage, 1 + measured, messagesPerRound, amounts)
      measured += block?.completed ?? 0
      elapsedMs += block?.elapsedMs ?? 0
    }
  } catch (error) {
    stage.checkpoint()
    cell.fail(describeError(error))
  } finally {
    const { transport } = cell
    await stage.load.request('closeCell', { transport }, deadlineOver(stage.link.profile, 0, 0))
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

async function open({ cell, address }: LinkedCell, { load, plan, link }: LinkStage): Promise<void> {
  const deadlineMs = deadlineOver(link.profile, 0, 0)
  const { transport, planned, certificate, noticePort } = cell
  const request = {
    ...{ transport, scenario: planned.scenario, fileBytes: planned.fileBytes },
    ...{ options: plan.options, certificate, noticePort, address, deadlineMs },
    noticeDeadlineMs: deadlineOver(link.profile, 1, 0),
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
  stage: LinkStage,
  firstIndex: number,
  count: number,
  amounts: LatencyAmounts | null,
): Promise<BlockTime | null> {
  const { profile } = stage.link
  const deadlineMs = deadlineOver(profile, count, payloadBytes)
  await cell.endpoint.request('startBlock', 'on-collect', BACKSTOP_MS)
  const { transport } = cell
  const block = { transport, firstIndex, count, deadlineMs }
  const outcome = await askLoad(stage.load, 'runBlock', block, deadlineMs)
  const sent = outcome.completedNs.length
  const deliveredNs = await collectArrivals(
    cell,
    { first: firstIndex, sent, completed: sent },
    outcome.failure === null ? profile.rttMs * 2 + STRAGGLER_MS : 0,
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
