import { isClean, matchDeliveries, spanOfDeliveries, sumCounts } from '../../delivery/deliveries.ts'
import type { DeliveryMatch } from '../../delivery/match-arrivals.ts'
import { type Patience, patienceOf } from '../../delivery/patience.ts'
import { countCompleted, NEVER } from '../../load/loops/record.ts'
import type { BlockOutcome, OpenCellRequest } from '../../load/passes/latency-pass.ts'
import { saidOf } from '../../model/errors.ts'
import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import type { RawMessage } from '../../model/report/raw.ts'
import { quoted, said } from '../../model/said/said.ts'
import type { Plan } from '../../plan/plan.ts'
import { summariseRounds } from '../../stats/summary.ts'
import type { WorkerProcess } from '../../system/worker-process.ts'
import { loadTransport } from '../../transports/registry.ts'
import { waitingFor } from '../../transports/run-options.ts'
import type { LoadProcess } from '../../worker.ts'
import { askEndpoint, askLoad } from '../ask.ts'
import type { RoundLatencies } from '../cells/cell-builder.ts'
import type { ServedCell } from '../cells/running-cell.ts'
import { amountsOf } from './amounts.ts'

export interface LatencyStage {
  plan: Plan
  load: WorkerProcess<LoadProcess>
  /** Throws when the run was stopped. */
  checkpoint(): void
  /** Called before each round, never within one. */
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

/** A cell whose parties are connected, and how long its waits are. */
export interface OpenedCell {
  readonly cell: ServedCell
  readonly patience: Patience
}

/** A way to the endpoint that is not loopback. */
export type SlowWay = Pick<OpenCellRequest, 'deviceAddress' | 'noticeHost'> & {
  /** What it adds to a message, there and back. */
  readonly wayMs: number
}

/** What became of a block. */
export interface BlockResult {
  readonly outcome: BlockOutcome
  /** When each message was delivered: to the last place, where there are several. */
  readonly deliveredNs: readonly (bigint | null)[]
}

/**
 * The latency pass of one scenario, whatever its flow: all transports connected,
 * then rounds in which each has its turn, so that a drift of the machine meets
 * them all. The order turns by one each round, so that none always follows the
 * same other. A transport that is slow by nature may have fewer rounds than the others.
 */
export async function measureLatency(
  cells: readonly ServedCell[],
  stage: LatencyStage,
): Promise<void> {
  const all: { opened: OpenedCell; amounts: LatencyAmounts }[] = []
  for (const cell of cells) {
    const amounts = amountsOf(cell, stage.plan, await pollMsOf(cell, stage.plan))
    all.push({ opened: await openCell(cell, stage), amounts })
  }
  const standing = () => all.filter(({ opened }) => !opened.cell.draft.failed)
  for (const { opened, amounts } of standing()) {
    const warmup = { firstIndex: 0, count: amounts.warmupMessages, round: null }
    await runBlock(opened, warmup, amounts, stage)
  }
  const rounds = Math.max(0, ...all.map(({ amounts }) => amounts.rounds))
  for (let round = 0; round < rounds; round += 1) {
    stage.onRound(round, rounds)
    const turns = standing().filter(({ amounts }) => round < amounts.rounds)
    for (let place = 0; place < turns.length; place += 1) {
      const { opened, amounts } = turns[(place + round) % turns.length] as (typeof turns)[number]
      const { messagesPerRound: count, warmupMessages } = amounts
      const firstIndex = warmupMessages + round * count
      await runBlock(opened, { firstIndex, count, round }, amounts, stage)
    }
  }
  for (const { opened } of all) await closeCell(opened, stage)
}

/** Connects the load's side of a cell; one that cannot be connected fails that cell alone. */
export async function openCell(
  cell: ServedCell,
  stage: LatencyStage,
  { wayMs, ...way }: SlowWay = { wayMs: 0 },
): Promise<OpenedCell> {
  stage.checkpoint()
  const { injection } = stage.plan
  const { target, noticePort } = cell
  const pollMs = await pollMsOf(cell, stage.plan)
  const patience = patienceOf({ injection, target, pollMs, wayMs })
  try {
    const request = { ...cell.spec(stage.plan), ...way, noticePort, patience }
    await askLoad(stage.load, 'openCell', request)
  } catch (error) {
    cell.fail(saidOf((await troubleOf(cell)) ?? error))
  }
  return { cell, patience }
}

/** What is wrong with the endpoint, its broker's death for one: a better reason for what failed; null where nothing is. */
async function troubleOf(cell: ServedCell): Promise<unknown> {
  const asked = askEndpoint(cell, 'collect', { expected: 0, deadlineMs: 0 })
  return asked.then(() => null).catch((trouble: unknown) => trouble)
}

export async function closeCell({ cell }: OpenedCell, { load }: LatencyStage): Promise<void> {
  await askLoad(load, 'closeCell', { transport: cell.transport }).catch((error: unknown) =>
    cell.draft.warnings.push(said('closing', { why: quoted(saidOf(error)) })),
  )
}

async function pollMsOf({ transport, planned }: ServedCell, { options }: Plan): Promise<number> {
  if (planned.scenario.flow !== 'roundtrip') return 0
  const waiting = waitingFor(await loadTransport(transport), options, planned.scenario)
  return waiting?.delivery === 'polled' ? (waiting.everyS ?? 0) * 1_000 : 0
}

/**
 * Messages of one cell, what arrived of them, and their figures.
 * @returns null where the cell has failed before there were any
 */
export async function runBlock(
  { cell, patience }: OpenedCell,
  block: Block,
  amounts: LatencyAmounts,
  stage: LatencyStage,
): Promise<BlockResult | null> {
  stage.checkpoint()
  if (cell.draft.failed) return null
  const { firstIndex, count, round } = block
  try {
    await askEndpoint(cell, 'startBlock', undefined)
    const { transport } = cell
    const outcome = await askLoad(stage.load, 'runBlock', { transport, firstIndex, count })
    const matches = await matchesOf(cell, patience, firstIndex, outcome)
    const counts = matches === null ? null : sumCounts(matches)
    // A block in which a delivery is missing or wrong gives no delivery latencies.
    const believed = matches !== null && counts !== null && isClean(counts) ? matches : []
    const { lastNs } = spanOfDeliveries(believed, outcome.sentNs.length)
    if (round !== null) {
      const completed = countCompleted(outcome)
      const { method } = cell.planned.scenario.http.request
      cell.draft.count(outcome.sentNs.length, completed, counts)
      cell.draft.redirects.add(outcome.redirects, completed, method)
      const latencies = latenciesOf(cell, block, outcome, believed, stage)
      cell.draft.addRound(latencies, amounts, summariseRounds)
      cell.draft.addRenewals(outcome.renewals)
    }
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    return { outcome, deliveredNs: lastNs }
  } catch (error) {
    cell.fail(saidOf(error))
    return null
  }
}

/** What became of the messages at each place where they arrive; null where nobody tells. */
async function matchesOf(
  cell: ServedCell,
  { stragglerMs }: Patience,
  firstIndex: number,
  { sentNs, arrivals, failure }: BlockOutcome,
): Promise<DeliveryMatch[] | null> {
  const sent = sentNs.length
  const isTold = arrivals !== null || cell.arrivals === 'told'
  // Asked also where nothing arrives there: a dead endpoint is the better reason for what failed.
  const atEndpoint = await askEndpoint(cell, 'collect', {
    expected: arrivals === null && isTold ? sent : 0,
    deadlineMs: failure === null ? stragglerMs : 0,
  })
  return isTold ? matchDeliveries(cell.planned, firstIndex, sent, arrivals ?? [atEndpoint]) : null
}

/** @param matches of which delivery latencies are taken; none where they are not believed */
function latenciesOf(
  cell: ServedCell,
  block: Block,
  outcome: BlockOutcome,
  matches: readonly DeliveryMatch[],
  stage: LatencyStage,
): RoundLatencies {
  const { firstNs, lastNs } = spanOfDeliveries(matches, outcome.sentNs.length)
  const sinceDue = (instants: readonly (bigint | null)[]): number[] =>
    instants.flatMap((instant, index) =>
      instant === null ? [] : Number(instant - (outcome.dueNs[index] as bigint)),
    )
  keepRaw(cell, block, outcome, lastNs, stage)
  const { dueNs, sentNs, completedNs } = outcome
  return {
    response: sinceDue(Array.from(completedNs, (instant) => (instant === NEVER ? null : instant))),
    delivery: matches.flatMap(({ deliveredNs }) => sinceDue(deliveredNs)),
    sendDelay: Array.from(sentNs, (sent, index) => Number(sent - (dueNs[index] as bigint))),
    ...(cell.draft.identity.subscribers !== undefined && {
      fanout: { first: sinceDue(firstNs), last: sinceDue(lastNs) },
    }),
  }
}

/** The instants of each message, where they are asked for. */
function keepRaw(
  cell: ServedCell,
  { round, firstIndex }: Block,
  { dueNs, sentNs, completedNs }: BlockOutcome,
  deliveredNs: readonly (bigint | null)[],
  stage: LatencyStage,
): void {
  if (!stage.plan.raw) return
  const fromStart = (instant: bigint): number => Number(instant - stage.startedNs)
  for (const [index, due] of dueNs.entries()) {
    const completed = completedNs[index] as bigint
    const delivered = deliveredNs[index] ?? null
    stage.onMessage({
      scenario: cell.planned.scenario.name,
      transport: cell.transport,
      round: round ?? 0,
      message: firstIndex + index,
      dueNs: fromStart(due),
      sentNs: fromStart(sentNs[index] as bigint),
      completedNs: completed === NEVER ? null : fromStart(completed),
      deliveredNs: delivered === null ? null : fromStart(delivered),
    })
  }
}
