import { NEVER } from '../../../load/loops/record.ts'
import type { StreamTime } from '../../../model/report/link-result.ts'
import { said } from '../../../model/said/said.ts'
import { nowNs } from '../../../system/clock.ts'
import type { Producer } from '../../../transports/transport.ts'
import { type BlockResult, closeCell, type OpenedCell, openCell, runBlock } from '../latency.ts'
import { deadlineOver, perRound, STEADY } from './amounts.ts'
import type { LinkedCell, OverLinkStage } from './linked-cell.ts'

/** One of them may be lost, and would then stand for all that follow. */
const LOSSY_WARMUPS = 3

/**
 * A closed loop over the link, one in flight, on one connection that stays open:
 * the cell's steady latency, and how long all messages of the scenario take so.
 * @returns null where the scenario has one message only, or the cell failed
 */
export async function measureSteady(
  { cell, address, payloadBytes }: LinkedCell,
  stage: OverLinkStage,
): Promise<StreamTime | null> {
  const { way } = stage
  const opened = await openCell(cell, stage, {
    deviceAddress: address,
    wayMs: deadlineOver(way, 1, payloadBytes),
    ...(way.noticeHost !== undefined && { noticeHost: way.noticeHost }),
  })
  if (cell.draft.failed) return null
  try {
    return await measureStream(opened, stage)
  } finally {
    await closeCell(opened, stage)
  }
}

async function measureStream(opened: OpenedCell, stage: OverLinkStage): Promise<StreamTime | null> {
  const { cell } = opened
  const { slackMs, budgetMs, enough } = stage.way
  const isFlushed = cell.draft.identity.completion === 'flushed'
  const startedNs = nowNs()
  const spentMs = (): number => Number(nowNs() - startedNs) / 1e6
  // Excluded, as any first message is; they say how long one takes that is not lost.
  const warmupMessages = slackMs > 0 ? LOSSY_WARMUPS : 1
  let oneMs = Number.POSITIVE_INFINITY
  let producer: Producer['kind'] | undefined
  for (let firstIndex = 0; firstIndex < warmupMessages; firstIndex += 1) {
    const amounts = { rounds: 0, messagesPerRound: 1, warmupMessages }
    const warmup = await runBlock(opened, { firstIndex, count: 1, round: null }, amounts, stage)
    oneMs = Math.min(oneMs, timeOf(isFlushed, warmup)?.elapsedMs ?? oneMs)
    producer = warmup?.outcome.producer
  }
  if (producer === 'self-driving') {
    cell.draft.warnings.push(said('noSteady'))
    return null
  }
  const { messages } = cell.planned.scenario
  const messagesPerRound = perRound(oneMs, budgetMs)
  const most = Math.max(messages, enough.steady)
  const least = Math.max(STEADY.least, messagesPerRound)
  let measured = 0
  let elapsedMs = 0
  for (let round = 0; !cell.draft.failed && measured < most; round += 1) {
    if (measured >= least && spentMs() > budgetMs * STEADY.share) break
    const amounts = { rounds: round + 1, messagesPerRound, warmupMessages }
    const block = { firstIndex: warmupMessages + measured, count: messagesPerRound, round }
    const time = timeOf(isFlushed, await runBlock(opened, block, amounts, stage))
    measured += time?.completed ?? 0
    elapsedMs += time?.elapsedMs ?? 0
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

/** From the first due to the last done: to the arrival, where only that tells. */
function timeOf(
  isFlushed: boolean,
  result: BlockResult | null,
): { completed: number; elapsedMs: number } | null {
  if (result === null) return null
  const { outcome, deliveredNs } = result
  const [first] = outcome.dueNs
  const last = isFlushed ? deliveredNs.at(-1) : outcome.completedNs.at(-1)
  if (first === undefined || last === undefined || last === null || last === NEVER) return null
  return { completed: outcome.completedNs.length, elapsedMs: Number(last - first) / 1e6 }
}
