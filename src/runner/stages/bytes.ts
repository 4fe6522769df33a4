import { matchArrivals } from '../../delivery/match-arrivals.ts'
import type { LoadCommands } from '../../load/process.ts'
import { describeError, InstrumentError } from '../../model/errors.ts'
import type { BytesResult } from '../../model/report/report.ts'
import type { WireRecording } from '../../model/wire/recording.ts'
import type { Plan } from '../../plan/plan.ts'
import type { WorkerProcess } from '../../system/worker-process.ts'
import { columnsToArrivals, type ServedCell, sentDigests } from '../cells/running-cell.ts'
import { silenceAt } from '../targets/silence.ts'

const BASE_DEADLINE_MS = 20_000
/** A TCP connection and a TLS handshake with its goodbye are in it, where each message has its own. */
const PER_MESSAGE_MS = 50
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
 * The byte pass of one cell: through the relay, then what arrived is held
 * against what was sent. The draft keeps the first pass; `onPass` sees each, and
 * what a failed one recorded.
 */
export async function measureBytes(
  cell: ServedCell,
  load: WorkerProcess<LoadCommands>,
  { injection, options, recording }: Pick<Plan, 'injection' | 'options' | 'recording'>,
  onPass: (bytes: BytesResult | null, recording: WireRecording | null) => void,
): Promise<void> {
  const { planned, draft, endpoint, target } = cell
  const { messages } = planned.scenario
  const perMessageMs = PER_MESSAGE_MS + injection.delayMs + (target?.answerMs ?? 0)
  const deadlineMs = BASE_DEADLINE_MS + messages * perMessageMs
  const backstopMs = BACKSTOP_MS + (target?.answerMs ?? 0)
  const stragglerMs = (target?.stragglerMs ?? STRAGGLER_MS) + injection.delayMs
  try {
    await endpoint.request('startBlock', 'at-once', backstopMs)
    const outcome = await askLoad(
      load,
      'bytePass',
      {
        transport: cell.transport,
        scenario: planned.scenario,
        options,
        fileBytes: planned.fileBytes,
        address: cell.address,
        certificate: cell.certificate,
        strayByte: injection.strayByte,
        ...(recording !== undefined && { recording }),
        deviceInjection: injection,
        deadlineMs,
        ...(target !== undefined && { target }),
      },
      deadlineMs,
    )
    onPass(outcome.bytes, outcome.recording)
    draft.bytes ??= outcome.bytes
    const isAtEndpoint = outcome.arrivals === null && cell.arrivals === 'told'
    // Asked first, since a dead endpoint is the better reason for a broken connection.
    const atEndpoint = await endpoint.request(
      'collect',
      { expected: isAtEndpoint ? outcome.sent : 0, deadlineMs: stragglerMs },
      stragglerMs + backstopMs,
    )
    const arrivals = outcome.arrivals ?? atEndpoint
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    if (outcome.arrivals === null && cell.arrivals === 'untold') {
      draft.count(outcome.sent, outcome.completed, null)
      return
    }
    const match = matchArrivals(sentDigests(planned, 0, outcome.sent), columnsToArrivals(arrivals))
    draft.count(outcome.sent, outcome.completed, match)
    const silence = target === undefined ? null : silenceAt(target, outcome.completed, match)
    if (silence !== null) cell.fail(silence)
  } catch (error) {
    cell.fail(describeError(error))
  }
}
