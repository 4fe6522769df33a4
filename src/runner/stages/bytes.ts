import { sumCounts } from '../../delivery/deliveries.ts'
import { DeliveryTally } from '../../delivery/delivery-tally.ts'
import type { DeliveryCounts } from '../../delivery/match-arrivals.ts'
import type { LoadCommands } from '../../load/commands.ts'
import { runBytePass } from '../../load/passes/byte-pass.ts'
import { describeError, InstrumentError } from '../../model/errors.ts'
import type { BytesResult } from '../../model/report/report.ts'
import { subscribersOf } from '../../model/scenario/subscribers.ts'
import type { WireRecording } from '../../model/wire/recording.ts'
import type { Plan } from '../../plan/plan.ts'
import type { WorkerProcess } from '../../system/worker-process.ts'
import type { ServedCell } from '../cells/running-cell.ts'
import { silenceAt } from '../targets/silence.ts'

/** So long may nothing move in a byte pass, beyond what was asked to be slow. */
const SILENCE_MS = 10_000
/** The backstop beyond a worker's own deadline: after it, the worker itself is the problem. */
export const BACKSTOP_MS = 5_000
/** How long the endpoint waits for messages still under way. */
export const STRAGGLER_MS = 1_000

/**
 * Asks the load; one that misses even the backstop is ended, and replaced when
 * it is next needed.
 * @throws InstrumentError what the load threw, `deadline`, or the load's death
 */
export async function askLoad<K extends keyof LoadCommands & string>(
  load: WorkerProcess<LoadCommands>,
  command: K,
  input: Parameters<LoadCommands[K]>[0],
  deadlineMs: number,
): Promise<Awaited<ReturnType<LoadCommands[K]>>> {
  try {
    return await load.request(command, input, deadlineMs + BACKSTOP_MS)
  } catch (error) {
    if (error instanceof InstrumentError && error.code === 'deadline') load.kill()
    throw error
  }
}

/**
 * The byte pass of one cell, whatever its flow, in this process: device, relay
 * and endpoint share its event loop, since bytes do not depend on placement.
 * What arrives is held against what is sent as it goes. The draft keeps the
 * first pass; `onPass` sees each, and what a failed one recorded.
 * @param signal ends the pass
 */
export async function measureBytes(
  cell: ServedCell,
  { injection, options, recording }: Pick<Plan, 'injection' | 'options' | 'recording'>,
  onPass: (bytes: BytesResult | null, recording: WireRecording | null) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { planned, draft, endpoint, target, transport, address, certificate } = cell
  const { scenario, fileBytes } = planned
  const slowByMs = injection.delayMs + (target?.answerMs ?? 0)
  const backstopMs = BACKSTOP_MS + (target?.answerMs ?? 0)
  const stragglerMs = (target?.stragglerMs ?? STRAGGLER_MS) + injection.delayMs
  const tallies = talliesFor(cell)
  const [tally] = tallies as [DeliveryTally]
  const arrivesAtEndpoint = scenario.flow !== 'roundtrip' && scenario.flow !== 'fanout'
  try {
    if (arrivesAtEndpoint) await endpoint.request('startTally', tally, backstopMs)
    const outcome = await runBytePass({
      ...{ transport, scenario, options, fileBytes, address, certificate, target },
      ...{ injection, strayByte: injection.strayByte, tallies, stragglerMs },
      ...(recording !== undefined && { recording }),
      silenceMs: SILENCE_MS + slowByMs,
      ...(signal !== undefined && { signal }),
    })
    onPass(outcome.bytes, outcome.recording)
    draft.bytes ??= outcome.bytes
    const isUntold = arrivesAtEndpoint && cell.arrivals === 'untold'
    if (arrivesAtEndpoint) {
      // Asked before the failure is told: why nothing is told any more is the better reason.
      const expected = isUntold ? 0 : outcome.sent
      const deadlineMs = outcome.failure === null ? stragglerMs : 0
      await endpoint.request('collectTally', { tally, expected, deadlineMs }, backstopMs)
    }
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    const counts = isUntold ? null : sumCounts(tallies.map((each) => each.counts()))
    if (outcome.sent > 0) draft.count(outcome.sent, outcome.completed, counts)
    failWhereNothingArrived(cell, outcome, counts)
  } catch (error) {
    cell.fail(describeError(error))
  }
}

/** One for each place where all messages arrive. */
function talliesFor({ planned }: ServedCell): DeliveryTally[] {
  const places = subscribersOf(planned.scenario) ?? 1
  return Array.from({ length: places }, () => new DeliveryTally())
}

/** A pass in which nothing was done has measured nothing, whatever bytes there are. */
function failWhereNothingArrived(
  cell: ServedCell,
  { sent, completed }: { sent: number; completed: number },
  counts: DeliveryCounts | null,
): void {
  if (sent > 0 && completed === 0) cell.fail(`none of ${sent} messages was completed`)
  if (cell.target === undefined || counts === null || cell.planned.scenario.flow !== 'uplink')
    return
  const silence = silenceAt(cell.target, completed, counts)
  if (silence !== null) cell.fail(silence)
}
