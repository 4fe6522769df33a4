import { describeError } from '../../model/errors.ts'
import type { OverLinkResult } from '../../model/link/result.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { BACKSTOP_MS } from '../byte-stage.ts'
import type { ServedCell } from '../served-cell.ts'
import { measureColdStarts } from './cold-stage.ts'
import { measureCommandsOverLink } from './command-link-stage.ts'
import type { LinkedCell, LinkStage } from './linked-cell.ts'
import { measureSeveral } from './several-stage.ts'
import { measureSteady } from './steady-stage.ts'

/** Of a jitter: the same for every transport, and in every run. */
const SEED = 1
const OPEN_DEADLINE_MS = 5_000

/**
 * The latency pass over a link, one cell after another: what opens a connection,
 * a steady stream, and several messages in flight; or commands. Each stage takes
 * as many samples as fit into its share of the budget.
 */
export async function measureOverLink(
  cells: readonly ServedCell[],
  stage: LinkStage,
): Promise<void> {
  for (const cell of cells) {
    stage.checkpoint()
    const { protocol, flow } = cell.draft.identity
    if (protocol === 'none') cell.draft.warnings.push('stays in the process: no link is on its way')
    else if (flow === 'fanout') cell.draft.warnings.push('a fan-out is not measured over a link')
    else await measureCell(cell, stage)
  }
}

async function measureCell(cell: ServedCell, stage: LinkStage): Promise<void> {
  const { links, link } = stage
  try {
    const address = await links.request(
      'openLink',
      { endpoint: cell.address, profile: link.profile, seed: SEED },
      OPEN_DEADLINE_MS,
    )
    try {
      const { scenario, fileBytes } = cell.planned
      const payloadBytes = createPayloads(scenario, fileBytes ?? undefined).payload(0).length
      const linked: LinkedCell = { cell, address, payloadBytes }
      if (cell.draft.identity.flow === 'roundtrip') await measureCommandsOverLink(linked, stage)
      else cell.draft.overLink = await measureUplink(linked, stage)
    } finally {
      await links.request('closeLink', address, BACKSTOP_MS)
    }
  } catch (error) {
    stage.checkpoint()
    cell.fail(describeError(error))
  }
}

async function measureUplink(linked: LinkedCell, stage: LinkStage): Promise<OverLinkResult> {
  const { cell } = linked
  stage.onCell(cell, 'cold')
  const cold = await measureColdStarts(linked, stage)
  stage.onCell(cell, 'one in flight')
  const oneInFlight = cell.draft.failed ? null : await measureSteady(linked, stage)
  stage.onCell(cell, 'several in flight')
  const several = cell.draft.failed
    ? { time: null, reason: null }
    : await measureSeveral(linked, stage)
  return {
    cold,
    oneInFlight,
    severalInFlight: several.time,
    severalReason: several.reason,
  }
}
