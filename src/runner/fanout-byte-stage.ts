import { matchDeliveries, sumMatches } from '../delivery/deliveries.ts'
import type { LoadCommands } from '../load/process.ts'
import { describeError } from '../model/errors.ts'
import type { BytesResult } from '../model/report/report.ts'
import { subscribersOf } from '../model/scenario/subscribers.ts'
import type { WireRecording } from '../model/wire/recording.ts'
import type { Plan } from '../plan/plan.ts'
import type { WorkerProcess } from '../system/worker-process.ts'
import type { ServedCell } from './cells/running-cell.ts'
import { askLoad, BACKSTOP_MS, STRAGGLER_MS } from './stages/bytes.ts'

const BASE_DEADLINE_MS = 20_000
const PER_SUBSCRIBER_MS = 100
const PER_MESSAGE_MS = 20
const PER_DELIVERY_MS = 2

/**
 * The byte pass of one cell of a fan-out. What the subscribers got, all in the
 * load process, is held against what was published. The draft keeps the first
 * pass; `onPass` sees each, and what it recorded.
 */
export async function measureFanoutBytes(
  cell: ServedCell,
  load: WorkerProcess<LoadCommands>,
  { injection, options, recording }: Pick<Plan, 'injection' | 'options' | 'recording'>,
  onPass: (bytes: BytesResult | null, recording: WireRecording | null) => void,
): Promise<void> {
  const { planned, draft, target } = cell
  const { scenario, fileBytes } = planned
  const subscribers = subscribersOf(scenario) ?? 0
  const perMessageMs =
    PER_MESSAGE_MS + subscribers * PER_DELIVERY_MS + injection.delayMs + (target?.answerMs ?? 0)
  const deadlineMs =
    BASE_DEADLINE_MS + subscribers * PER_SUBSCRIBER_MS + scenario.messages * perMessageMs
  try {
    const outcome = await askLoad(
      load,
      'fanoutBytePass',
      {
        transport: cell.transport,
        scenario,
        options,
        fileBytes,
        address: cell.address,
        certificate: cell.certificate,
        strayByte: injection.strayByte,
        ...(recording !== undefined && { recording }),
        injection,
        deadlineMs,
        stragglerMs: (target?.stragglerMs ?? STRAGGLER_MS) + injection.delayMs,
        ...(target !== undefined && { target }),
      },
      deadlineMs,
    )
    onPass(outcome.bytes, outcome.recording)
    draft.bytes ??= outcome.bytes
    if (outcome.failure !== null) await failWithReason(cell, outcome.failure.message)
    if (outcome.arrivals.length === 0) return
    const matches = matchDeliveries(planned, 0, outcome.sent, outcome.arrivals)
    draft.count(outcome.sent, outcome.completed, sumMatches(matches))
  } catch (error) {
    await failWithReason(cell, describeError(error))
  }
}

/** A dead endpoint is the better reason for whatever broke; asking it anything finds out. */
export async function failWithReason(cell: ServedCell, reason: string): Promise<void> {
  await cell.endpoint.request('startBlock', 'at-once', BACKSTOP_MS).catch(() => {})
  cell.fail(reason)
}
