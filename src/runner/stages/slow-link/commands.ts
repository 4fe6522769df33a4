import { catalogue } from '../../../model/text/language.ts'
import { nowNs } from '../../../system/clock.ts'
import { closeCell, openCell, runBlock } from '../latency.ts'
import { deadlineOver } from './amounts.ts'
import type { LinkedCell, OverLinkStage } from './linked-cell.ts'

const say = catalogue({ en: { commands: 'commands' }, 'zh-TW': { commands: '命令' } })

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
  const { way } = stage
  stage.onCell(cell, say.commands)
  const slowWay = { deviceAddress: address, wayMs: deadlineOver(way, 2, 0) }
  const opened = await openCell(cell, stage, slowWay)
  try {
    const startedNs = nowNs()
    for (let round = -1; round < MOST_COMMANDS && !cell.draft.failed; round += 1) {
      const spentMs = Number(nowNs() - startedNs) / 1e6
      if (round >= LEAST_COMMANDS && spentMs > way.budgetMs) break
      const amounts = { rounds: round + 1, messagesPerRound: 1, warmupMessages: 1 }
      const block = { firstIndex: round + 1, count: 1, round: round < 0 ? null : round }
      await runBlock(opened, block, amounts, stage)
    }
  } finally {
    await closeCell(opened, stage)
  }
}
