import { saidOf } from '../../../model/errors.ts'
import type { OverLinkResult } from '../../../model/report/link-result.ts'
import { said } from '../../../model/said/said.ts'
import { catalogue } from '../../../model/text/language.ts'
import { createPayloads } from '../../../scenario/payload.ts'
import type { ServedCell } from '../../cells/running-cell.ts'
import { measureColdStarts } from './cold.ts'
import { measureCommandsOverLink } from './commands.ts'
import { measureSeveral } from './concurrent.ts'
import type { LinkedCell, OverLinkStage } from './linked-cell.ts'
import { measureSteady } from './steady.ts'

const say = catalogue({
  en: { cold: 'cold', oneInFlight: 'one in flight', several: 'several in flight' },
  'zh-TW': { cold: '冷啟動', oneInFlight: '一則在途', several: '數則在途' },
})

/** Its timers are patient, so that a busy machine makes no repetition: with loss they would be the figure. */
const NOTHING: OverLinkResult = {
  ...{ cold: null, oneInFlight: null, severalInFlight: null, severalReason: null },
}

/**
 * The latency pass over a link, one cell after another: what opens a connection,
 * a steady stream, and several messages in flight; or commands. Each stage takes
 * as many samples as fit into its share of the budget.
 */
export async function measureOverLink(
  cells: readonly ServedCell[],
  stage: OverLinkStage,
): Promise<void> {
  for (const cell of cells) {
    stage.checkpoint()
    const { protocol, flow } = cell.draft.identity
    if (protocol === 'none') cell.draft.warnings.push(said('noLinkInProcess'))
    else if (flow === 'fanout') cell.draft.warnings.push(said('fanOutOverLink'))
    else if (protocol === 'coap' && stage.way.slackMs > 0)
      cell.draft.warnings.push(said('coapWithLoss'))
    else await measureCell(cell, stage)
  }
}

async function measureCell(cell: ServedCell, stage: OverLinkStage): Promise<void> {
  try {
    const way = await stage.way.open(cell)
    try {
      const { scenario, fileBytes } = cell.planned
      const payloadBytes = createPayloads(scenario, fileBytes ?? undefined).payload(0).length
      const linked: LinkedCell = { cell, address: way.address, payloadBytes }
      if (cell.draft.identity.flow === 'roundtrip') await measureCommandsOverLink(linked, stage)
      else cell.draft.overLink = await measureUplink(linked, stage)
    } finally {
      const loss = await way.close()
      if (loss !== null) cell.draft.overLink = { ...(cell.draft.overLink ?? NOTHING), loss }
    }
  } catch (error) {
    stage.checkpoint()
    cell.fail(saidOf(error))
  }
}

async function measureUplink(linked: LinkedCell, stage: OverLinkStage): Promise<OverLinkResult> {
  const { cell } = linked
  stage.onCell(cell, say.cold)
  const cold = await measureColdStarts(linked, stage)
  stage.onCell(cell, say.oneInFlight)
  const oneInFlight = cell.draft.failed ? null : await measureSteady(linked, stage)
  stage.onCell(cell, say.several)
  const several = cell.draft.failed
    ? { time: null, reason: null }
    : await measureSeveral(linked, stage)
  return { cold, oneInFlight, severalInFlight: several.time, severalReason: several.reason }
}
