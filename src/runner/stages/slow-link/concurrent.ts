import type { StreamTime } from '../../../model/report/link-result.ts'
import { type Said, said } from '../../../model/said/said.ts'
import { askEndpoint, askLoad } from '../../ask.ts'
import { arrivalWaitMs, deadlineOver, SEVERAL } from './amounts.ts'
import { collectArrivals, type LinkedCell, type OverLinkStage } from './linked-cell.ts'

/** How long all messages of the scenario take with several in flight; or why there is no figure. */
export async function measureSeveral(
  { cell, address, payloadBytes }: LinkedCell,
  { plan, load, way }: OverLinkStage,
): Promise<{ time: StreamTime | null; reason: Said | null }> {
  const { scenario, fileBytes } = cell.planned
  const { messages } = scenario
  if (messages === 1) return { time: null, reason: said('oneMessage') }
  const budgetMs = way.budgetMs * SEVERAL.share
  const deadlineMs = budgetMs + deadlineOver(way, SEVERAL.inFlight, payloadBytes)
  await askEndpoint(cell, 'startBlock', undefined)
  const outcome = await askLoad(
    load,
    'severalInFlight',
    {
      ...{ transport: cell.transport, scenario, options: plan.options, fileBytes, address },
      ...{ certificate: cell.certificate, inFlight: SEVERAL.inFlight, messages },
      ...{ budgetMs, deadlineMs },
    },
    deadlineMs,
  )
  const { startNs, sent, completed, connections, unable, failure } = outcome
  // A flush comes long before the link has carried it.
  const isFlushed = cell.draft.identity.completion === 'flushed'
  const deliveredNs = await collectArrivals(
    cell,
    { first: 0, sent, completed },
    failure === null ? arrivalWaitMs(way) + (isFlushed ? deadlineMs : 0) : 0,
  )
  if (failure !== null) {
    cell.fail(failure.message)
    return { time: null, reason: null }
  }
  if (unable !== null) return { time: null, reason: unable }
  const endNs = isFlushed ? latest(deliveredNs) : outcome.endNs
  const measured = isFlushed ? deliveredNs.filter((atNs) => atNs !== null).length : completed
  if (endNs === null || measured === 0) return { time: null, reason: said('noneCompletedSeveral') }
  const elapsedMs = Number(endNs - startNs) / 1e6
  return {
    time: {
      messages,
      measured,
      totalMs: (elapsedMs / measured) * messages,
      basis: measured >= messages ? 'measured' : 'modelled',
      inFlight: isFlushed ? null : SEVERAL.inFlight,
      connections,
    },
    reason: null,
  }
}

function latest(instants: readonly (bigint | null)[]): bigint | null {
  let last: bigint | null = null
  for (const instant of instants) {
    if (instant !== null && (last === null || instant > last)) last = instant
  }
  return last
}
