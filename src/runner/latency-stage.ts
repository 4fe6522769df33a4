import { matchArrivals } from '../load/matching.ts'
import { describeError } from '../model/errors.ts'
import type { RawMessage } from '../model/raw.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from './byte-stage.ts'
import type { RoundLatencies } from './cell-draft.ts'
import { type Block, interleaveRounds } from './interleave.ts'
import type { BlockOutcome } from './latency-cell.ts'
import type { LoadCommands } from './load-process.ts'
import type { Plan } from './plan.ts'
import { columnsToArrivals, type ServedCell, sentDigests } from './served-cell.ts'
import type { WorkerProcess } from './worker-process.ts'

const OPEN_DEADLINE_MS = 10_000
const BASE_DEADLINE_MS = 10_000
const PER_MESSAGE_MS = 50

export interface LatencyStage {
  plan: Plan
  load: WorkerProcess<LoadCommands>
  /** Throws when the run was stopped. */
  checkpoint(): void
  /** Called between rounds, never within one. */
  onRound(round: number): void
  onMessage(message: RawMessage): void
  startedNs: bigint
}

/** The latency pass of one scenario over all its transports, in rounds. */
export function measureLatency(cells: readonly ServedCell[], stage: LatencyStage): Promise<void> {
  return interleaveRounds(
    cells,
    stage.plan.latency,
    {
      open: (cell) => openCell(cell, stage),
      runBlock: (cell, block) => runBlock(cell, block, stage),
      close: (cell) => closeCell(cell, stage, 'closeCell'),
    },
    (round) => stage.onRound(round),
  )
}

/** A connection that cannot be closed in time is worth a word, and no more. */
export async function closeCell(
  cell: ServedCell,
  { load }: LatencyStage,
  command: 'closeCell' | 'closeFanout',
): Promise<void> {
  await load
    .request(command, { transport: cell.transport }, BACKSTOP_MS)
    .catch((error: unknown) => cell.draft.warnings.push(`closing: ${describeError(error)}`))
}

async function openCell(cell: ServedCell, stage: LatencyStage): Promise<void> {
  stage.checkpoint()
  try {
    await askLoad(
      stage.load,
      'openCell',
      {
        transport: cell.transport,
        scenario: cell.planned.scenario,
        options: stage.plan.options,
        fileBytes: cell.planned.fileBytes,
        address: cell.address,
        certificate: cell.certificate,
        noticePort: cell.noticePort,
        deadlineMs: OPEN_DEADLINE_MS,
      },
      OPEN_DEADLINE_MS,
    )
  } catch (error) {
    cell.fail(describeError(error))
  }
}

async function runBlock(cell: ServedCell, block: Block, stage: LatencyStage): Promise<void> {
  stage.checkpoint()
  if (cell.draft.failed) return
  const { delayMs } = stage.plan.injection
  const deadlineMs = BASE_DEADLINE_MS + block.count * (PER_MESSAGE_MS + delayMs)
  try {
    await cell.endpoint.request('startBlock', 'on-collect', BACKSTOP_MS)
    const outcome = await askLoad(
      stage.load,
      'runBlock',
      {
        transport: cell.transport,
        firstIndex: block.firstIndex,
        count: block.count,
        deadlineMs,
      },
      deadlineMs,
    )
    const expected = outcome.completedNs.length
    const arrivals = await cell.endpoint.request(
      'collect',
      { expected, deadlineMs: STRAGGLER_MS + delayMs },
      STRAGGLER_MS + delayMs + BACKSTOP_MS,
    )
    const match = matchArrivals(
      sentDigests(cell.planned, block.firstIndex, expected),
      columnsToArrivals(arrivals),
    )
    if (block.round !== null) {
      cell.draft.count(expected, expected, match)
      const clean = match.lost + match.duplicated + match.corrupted === 0
      const deliveredNs = clean ? match.deliveredNs : match.deliveredNs.map(() => null)
      const latencies = collectLatencies(cell, block, outcome, deliveredNs, stage)
      cell.draft.addRound(latencies, stage.plan.latency)
    }
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    else if (expected < block.count) {
      cell.fail(`messages stopped arriving: ${expected} of ${block.count} were sent in this round`)
    }
  } catch (error) {
    cell.fail(describeError(error))
  }
}

/**
 * The latencies of a block, and its raw messages where they are kept.
 * @param deliveredNs when each message counts as delivered; null where it does not
 */
export function collectLatencies(
  cell: ServedCell,
  block: Block,
  { dueNs, sentNs, completedNs }: Pick<BlockOutcome, 'dueNs' | 'sentNs' | 'completedNs'>,
  deliveredNs: readonly (bigint | null)[],
  stage: LatencyStage,
): RoundLatencies {
  const latencies: RoundLatencies = { response: [], delivery: [], sendDelay: [] }
  const fromStart = (instant: bigint): number => Number(instant - stage.startedNs)
  for (let index = 0; index < completedNs.length; index += 1) {
    const due = dueNs[index] as bigint
    const sent = sentNs[index] as bigint
    const completed = completedNs[index] as bigint
    const delivered = deliveredNs[index] ?? null
    latencies.response.push(Number(completed - due))
    latencies.sendDelay.push(Number(sent - due))
    if (delivered !== null) latencies.delivery.push(Number(delivered - due))
    if (!stage.plan.raw) continue
    stage.onMessage({
      scenario: cell.planned.scenario.name,
      transport: cell.transport,
      round: block.round ?? 0,
      message: block.firstIndex + index,
      dueNs: fromStart(due),
      sentNs: fromStart(sent),
      completedNs: fromStart(completed),
      deliveredNs: delivered === null ? null : fromStart(delivered),
    })
  }
  return latencies
}
