import type { ColdStartOutcome } from '../../../load/passes/cold-start.ts'
import type { OverLinkResult } from '../../../model/report/link-result.ts'
import { summariseRounds } from '../../../stats/summary.ts'
import { nowNs } from '../../../system/clock.ts'
import { askEndpoint, askLoad } from '../../ask.ts'
import { arrivalWaitMs, COLD, deadlineOver } from './amounts.ts'
import { collectArrivals, type LinkedCell, type OverLinkStage } from './linked-cell.ts'

/** Straight to the endpoint, so that no library is loaded and no code compiled while it is measured. */
const REHEARSALS = 3

/** Devices that start one after another from nothing, as many as fit. */
export async function measureColdStarts(
  linked: LinkedCell,
  stage: OverLinkStage,
): Promise<OverLinkResult['cold']> {
  const { cell } = linked
  for (let index = 0; index < REHEARSALS; index += 1) {
    await askEndpoint(cell, 'startBlock', undefined)
    const { failure } = await startCold(linked, stage, cell.address, index)
    const deadlineMs = arrivalWaitMs(stage.way)
    await askEndpoint(cell, 'collect', { expected: 1, deadlineMs }, deadlineMs)
    if (failure !== null) {
      cell.fail(failure.message)
      return null
    }
  }
  const [acknowledged, delivered] = [[] as number[], [] as number[]]
  const startedNs = nowNs()
  const spentMs = (): number => Number(nowNs() - startedNs) / 1e6
  for (let count = 0; count < stage.way.enough.cold; count += 1) {
    stage.checkpoint()
    // Another one must fit as well as the average one did.
    const nextMs = spentMs() * (1 + 1 / Math.max(1, count))
    if (count >= COLD.least && nextMs > stage.way.budgetMs * COLD.share) break
    await askEndpoint(cell, 'startBlock', undefined)
    const { startNs, completedNs, failure } = await startCold(linked, stage, linked.address, 0)
    const [atNs = null] = await collectArrivals(
      cell,
      { first: 0, sent: 1, completed: completedNs === null ? 0 : 1 },
      failure === null ? arrivalWaitMs(stage.way) : 0,
    )
    if (completedNs !== null) acknowledged.push(Number(completedNs - startNs))
    if (atNs !== null) delivered.push(Number(atNs - startNs))
    if (failure !== null) {
      cell.fail(failure.message)
      break
    }
  }
  const isFlushed = cell.draft.identity.completion === 'flushed'
  return {
    acknowledged: isFlushed ? null : summariseRounds([acknowledged]),
    delivered: summariseRounds([delivered]),
  }
}

function startCold(
  { cell, payloadBytes }: LinkedCell,
  { plan, load, way }: OverLinkStage,
  address: string,
  index: number,
): Promise<ColdStartOutcome> {
  const { scenario, fileBytes } = cell.planned
  const deadlineMs = deadlineOver(way, 1, payloadBytes)
  const { transport, certificate } = cell
  const request = {
    ...{ transport, scenario, fileBytes, options: plan.options, certificate },
    ...{ address, endpoint: cell.address, index, deadlineMs },
  }
  return askLoad(load, 'coldStart', request, deadlineMs)
}
