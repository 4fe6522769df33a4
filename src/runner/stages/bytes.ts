import { sumCounts } from '../../delivery/deliveries.ts'
import { DeliveryTally } from '../../delivery/delivery-tally.ts'
import type { DeliveryCounts } from '../../delivery/match-arrivals.ts'
import { patienceOf } from '../../delivery/patience.ts'
import { runBytePass } from '../../load/passes/byte-pass.ts'
import { saidOf } from '../../model/errors.ts'
import type { BytesResult } from '../../model/report/report.ts'
import { type Said, said } from '../../model/said/said.ts'
import { subscribersOf } from '../../model/scenario/fan-out-family.ts'
import { refusedGroup } from '../../model/tls/agreement.ts'
import type { WireRecording } from '../../model/wire/recording.ts'
import type { Plan } from '../../plan/plan.ts'
import { keepHeapSmall } from '../../system/engine-flags.ts'
import { askEndpoint } from '../ask.ts'
import type { ServedCell } from '../cells/running-cell.ts'

/** A pass of fewer is over before the heap has grown. */
const MANY_MESSAGES = 5_000

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
  const { draft, target } = cell
  const { flow, http, messages } = cell.planned.scenario
  if (messages >= MANY_MESSAGES) keepHeapSmall()
  const patience = patienceOf({ injection, target })
  const tallies = talliesFor(cell)
  const [tally] = tallies as [DeliveryTally]
  const arrivesAtEndpoint = flow === 'uplink'
  try {
    if (arrivesAtEndpoint) await askEndpoint(cell, 'startTally', tally)
    const outcome = await runBytePass({
      cell: cell.spec({ options, injection }),
      ...{ patience, strayByte: injection.strayByte, tallies },
      ...(recording !== undefined && { recording }),
      ...(signal !== undefined && { signal }),
    })
    onPass(outcome.bytes, outcome.recording)
    if (draft.bytes === null) draft.warnings.push(...groupWarning(outcome.bytes))
    draft.bytes ??= outcome.bytes
    const isUntold = arrivesAtEndpoint && cell.arrivals === 'untold'
    if (arrivesAtEndpoint) {
      // Asked before the failure is told: why nothing is told any more is the better reason.
      const expected = isUntold ? 0 : outcome.sent
      const deadlineMs = outcome.failure === null ? patience.stragglerMs : 0
      await askEndpoint(cell, 'collectTally', { tally, expected, deadlineMs })
    }
    if (outcome.failure !== null) cell.fail(outcome.failure.message)
    const counts = isUntold ? null : sumCounts(tallies.map((each) => each.counts()))
    if (outcome.sent > 0) draft.count(outcome.sent, outcome.completed, counts)
    draft.redirects.add(outcome.redirects, outcome.completed, http.request.method)
    failWhereNothingArrived(cell, outcome, counts)
  } catch (error) {
    cell.fail(saidOf(error))
  }
}

/** A server that was there may have other groups than the device would like. */
function groupWarning(bytes: BytesResult | null): Said[] {
  const wanted = bytes?.tls === undefined ? null : refusedGroup(bytes.tls)
  if (wanted === null) return []
  const { profile, group } = bytes?.tls ?? {}
  return [said('tlsGroup', { profile: String(profile), wanted, group: String(group) })]
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
  if (sent > 0 && completed === 0) cell.fail(said('noneCompleted', { sent }))
  if (cell.target === undefined || counts === null || cell.planned.scenario.flow !== 'uplink')
    return
  // No loss, but a broker that does not pass them on. Brokers that check access rules
  // at delivery say so to neither side (Mosquitto with an ACL file).
  const { url } = cell.target.reported
  const isSilent = completed > 0 && counts.delivered + counts.corrupted === 0
  if (isSilent) cell.fail(said('nonePassedOn', { url, messages: completed }))
}
