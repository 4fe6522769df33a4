import { describeError } from '../../../model/errors.ts'
import { nowNs } from '../../../system/clock.ts'
import { COMMAND_BLOCKS } from '../../command-stage.ts'
import { askLoad } from '../bytes.ts'
import { deadlineOver } from './amounts.ts'
import type { LinkedCell, OverLinkStage } from './linked-cell.ts'

/** Enough for a p90; a poller has time for a few only. */
const MOST_COMMANDS = 40
const LEAST_COMMANDS = 3

/**
 * Commands to a device at the far end of the link, one in flight; the app is
 * straight at the endpoint, so the figures have the device's link and no other.
 */
export async function measureCommandsOverLink(
  { cell, address }: LinkedCell,
  stage: OverLinkStage,
): Promise<void> {
  const { plan, load, way } = stage
  const { transport, planned, certificate } = cell
  const deadlineMs = deadlineOver(way, 2, 0)
  stage.onCell(cell, 'commands')
  try {
    await askLoad(
      load,
      'openCommandCell',
      {
        ...{ transport, scenario: planned.scenario, fileBytes: planned.fileBytes },
        ...{ options: plan.options, injection: plan.injection, certificate, deadlineMs },
        address: cell.address,
        deviceLink: { address, addedMs: deadlineOver(way, 2, 0) },
      },
      deadlineMs,
    )
    const startedNs = nowNs()
    for (let round = -1; round < MOST_COMMANDS && !cell.draft.failed; round += 1) {
      const spentMs = Number(nowNs() - startedNs) / 1e6
      if (round >= LEAST_COMMANDS && spentMs > way.budgetMs) break
      const amounts = { rounds: round + 1, messagesPerRound: 1, warmupMessages: 1 }
      const which = { firstIndex: round + 1, count: 1, round: round < 0 ? null : round }
      await COMMAND_BLOCKS.run(cell, which, amounts, stage)
    }
    await load.request('closeCell', { transport }, deadlineMs)
  } catch (error) {
    stage.checkpoint()
    cell.fail(describeError(error))
  }
}
