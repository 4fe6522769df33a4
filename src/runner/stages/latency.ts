import { isClean } from '../../delivery/deliveries.ts'
import { matchArrivals } from '../../delivery/match-arrivals.ts'
import { columnsToArrivals, sentDigests } from '../../delivery/sent-digests.ts'
import type { LoadCommands } from '../../load/commands.ts'
import { NEVER } from '../../load/loops/command-loop.ts'
import type { BlockOutcome } from '../../load/passes/latency-pass.ts'
import { describeError } from '../../model/errors.ts'
import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import type { RawMessage } from '../../model/report/raw.ts'
import type { Plan } from '../../plan/plan.ts'
import type { WorkerProcess } from '../../system/worker-process.ts'
import { perMessageAtMs } from '../../targets/target.ts'
import type { RoundLatencies } from '../cells/cell-builder.ts'
import type { ServedCell } from '../cells/running-cell.ts'
import { openInLoad } from '../open-in-load.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from './bytes.ts'

const OPEN_DEADLINE_MS = 10_000
const BASE_DEADLINE_MS = 10_000
const PER_MESSAGE_MS = 50

export interface LatencyStage {
  plan: Plan
  load: WorkerProcess<LoadCommands>
  /** Throws when the run was stopped. */
  checkpoint(): void
  /** Called between rounds, never within one. */
  onRound(round: number, rounds: number): void
  onMessage(message: RawMessage): void
  startedNs: bigint
}

/** Which messages of a block count, and where their figures go. */
export interface Block {
  firstIndex: number
  count: number
  /** Null for the warm-up. */
  round: number | null
}

/** What a flow's blocks are made of. */
export interface BlockKind {
  amountsOf(cell: ServedCell, stage: LatencyStage): Promise<LatencyAmounts>
  open(cell: ServedCell, stage: LatencyStage): Promise<void>
  /** Nothing where the cell has failed. */
  run(cell: ServedCell, block: Block, amounts: LatencyAmounts, stage: LatencyStage): Promise<void>
}

/** Readings from the device to the endpoint. */
export const MESSAGE_BLOCKS: BlockKind = {
  amountsOf: async ({ target }, { plan }) => target?.latency ?? plan.latency,
  open: (cell, stage) => openInLoad('openCell', cell, stage, OPEN_DEADLINE_MS),
  run: runBlock,
}

interface Turn {
  cell: ServedCell
  amounts: LatencyAmounts
}

/**
 * The latency pass of one scenario: all transports connected, then rounds in
 * which each has its turn, so that a drift of the machine meets them all. The
 * order turns by one each round, so that none always follows the same other.
 * A transport that is slow by nature may have fewer rounds than the others.
 */
export async function measureLatency(
  cells: readonly ServedCell[],
  stage: LatencyStage,
  kind: BlockKind = MESSAGE_BLOCKS,
): Promise<void> {
  const all: Turn[] = []
  for (const cell of cells) all.push({ cell, amounts: await kind.amountsOf(cell, stage) })
  for (const { cell } of all) await kind.open(cell, stage)
  const standing = (): Turn[] => all.filter(({ cell }) => !cell.draft.failed)
  for (const { cell, amounts } of standing()) {
    const warmup = { firstIndex: 0, count: amounts.warmupMessages, round: null }
    await kind.run(cell, warmup, amounts, stage)
  }
  const rounds = Math.max(0, ...all.map(({ amounts }) => amounts.rounds))
  for (let round = 0; round < rounds; round += 1) {
    const turns = standing().filter(({ amounts }) => round < amounts.rounds)
    for (let place = 0; place < turns.length; place += 1) {
      const { cell, amounts } = turns[(place + round) % turns.length] as Turn
      const { messagesPerRound: count, warmupMessages } = amounts
      const firstIndex = warmupMessages + round * count
      await kind.run(cell, { firstIndex, count, round }, amounts, stage)
    }
    stage.onRound(round, rounds)
  }
  for (const cell of cells) {
    await stage.load
      .request('closeCell', { transport: cell.transport }, BACKSTOP_MS)
      .catch((error: unknown) => cell.draft.warnings.push(`closing: ${describeError(error)}`))
  }
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
  const deadlineMs =
    BASE_DEADLINE_MS + block.count * (PER_MESSAGE_MS + delayMs + perMessageAtMs(cell.target))
  const backstopMs = BACKSTOP_MS + (cell.target?.answerMs ?? 0)
  try {
    await cell.endpoint.request('startBlock', undefined, backstopMs)
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
    const isTold = cell.arrivals === 'told'
    const stragglerMs = (cell.target?.stragglerMs ?? STRAGGLER_MS) + delayMs
    const arrivals = await cell.endpoint.request(
      'collect',
      { expected: isTold ? expected : 0, deadlineMs: stragglerMs },
      stragglerMs + backstopMs,
    )
    const match = isTold
      ? matchArrivals(
          sentDigests(cell.planned, block.firstIndex, expected),
          columnsToArrivals(arrivals),
        )
      : null
    if (block.round !== null) {
      cell.draft.count(expected, expected, match)
      const deliveredNs = match !== null && isClean(match) ? match.deliveredNs : []
      const latencies = collectLatencies(cell, block, outcome, deliveredNs, stage)
      cell.draft.addRound(latencies, amounts)
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
 * The instants of a block as latencies, and its raw messages where they are kept;
 * a message that did not complete has none of response.
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
    const completed = completedNs[index] === NEVER ? null : (completedNs[index] as bigint)
    const delivered = deliveredNs[index] ?? null
    if (completed !== null) latencies.response.push(Number(completed - due))
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
      completedNs: completed === null ? null : fromStart(completed),
      deliveredNs: delivered === null ? null : fromStart(delivered),
    })
  }
  return latencies
}
