import { matchArrivals } from '../delivery/match-arrivals.ts'
import { columnsToArrivals, sentDigests } from '../delivery/sent-digests.ts'
import { countCompleted } from '../load/loops/command-loop.ts'
import { pollAmounts } from '../load/loops/poll-pacing.ts'
import { describeError } from '../model/errors.ts'
import type { LatencyAmounts } from '../model/latency-amounts.ts'
import { perMessageAtMs } from '../targets/target.ts'
import { loadTransport } from '../transports/registry.ts'
import { SILENT_PUSH, waitingFor } from '../transports/run-options.ts'
import type { Waiting } from '../transports/transport.ts'
import type { ServedCell } from './cells/running-cell.ts'
import { openInLoad } from './open-in-load.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from './stages/bytes.ts'
import {
  type Block,
  type BlockKind,
  collectLatencies,
  type LatencyStage,
} from './stages/latency.ts'

const OPEN_DEADLINE_MS = 10_000
const BASE_DEADLINE_MS = 10_000
const PER_COMMAND_MS = 100
/** A poll may be as late as this. */
const POLL_SLACK = 2

/** Commands from an app to the device and their states back, both in the load process. */
export const COMMAND_BLOCKS: BlockKind = {
  amountsOf,
  open: (cell, stage) => openInLoad('openCommandCell', cell, stage, OPEN_DEADLINE_MS),
  run,
}

async function amountsOf(cell: ServedCell, { plan }: LatencyStage): Promise<LatencyAmounts> {
  if (cell.target?.latency) return cell.target.latency
  const { most, pollBudgetMs } = plan.commands
  const intervalMs = pollIntervalMs(await waitingOf(cell, plan.options))
  return intervalMs === 0 ? most : pollAmounts(most, intervalMs, pollBudgetMs)
}

async function waitingOf(
  { transport, planned }: ServedCell,
  options: LatencyStage['plan']['options'],
): Promise<Waiting> {
  return waitingFor(await loadTransport(transport), options, planned.scenario) ?? SILENT_PUSH
}

/** 0 where nothing is polled. */
const pollIntervalMs = ({ delivery, everyS }: Waiting): number =>
  delivery === 'polled' ? (everyS ?? 0) * 1_000 : 0

async function run(
  cell: ServedCell,
  block: Block,
  amounts: LatencyAmounts,
  stage: LatencyStage,
): Promise<void> {
  stage.checkpoint()
  if (cell.draft.failed) return
  const { delayMs } = stage.plan.injection
  const stragglerMs = STRAGGLER_MS + delayMs
  try {
    const intervalMs = pollIntervalMs(await waitingOf(cell, stage.plan.options))
    const perCommandMs =
      PER_COMMAND_MS + delayMs + POLL_SLACK * intervalMs + perMessageAtMs(cell.target)
    const deadlineMs = BASE_DEADLINE_MS + stragglerMs + block.count * perCommandMs
    const { firstIndex, count } = block
    const outcome = await askLoad(
      stage.load,
      'runCommandBlock',
      { transport: cell.transport, firstIndex, count, stragglerMs, deadlineMs },
      deadlineMs,
    )
    // Nothing arrives there in this flow; a dead endpoint is the better reason for what failed.
    await cell.endpoint.request('collect', { expected: 0, deadlineMs: 0 }, BACKSTOP_MS)
    const sent = outcome.sentNs.length
    const match = matchArrivals(
      sentDigests(cell.planned, firstIndex, sent),
      columnsToArrivals(outcome.arrivals),
    )
    if (block.round !== null) {
      cell.draft.count(sent, countCompleted(outcome), match)
      const clean = match.lost + match.duplicated + match.corrupted === 0
      const deliveredNs = clean ? match.deliveredNs : match.deliveredNs.map(() => null)
      cell.draft.addRound(collectLatencies(cell, block, outcome, deliveredNs, stage), amounts)
    }
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    else if (sent < count) {
      cell.fail(`states stopped coming back: ${sent} of ${count} commands were sent in this round`)
    }
  } catch (error) {
    cell.fail(describeError(error))
  }
}
