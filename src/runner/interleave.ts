import type { LatencyAmounts } from './plan.ts'
import type { ServedCell } from './served-cell.ts'

/** Which messages of a cell are sent in one go. */
export interface Block {
  firstIndex: number
  count: number
  /** Null for the warm-up, whose figures are thrown away. */
  round: number | null
}

/** What is done with one cell; none of it throws for what happens to the cell alone. */
export interface Turns {
  open(cell: ServedCell): Promise<void>
  runBlock(cell: ServedCell, block: Block): Promise<void>
  close(cell: ServedCell): Promise<void>
}

/**
 * A latency pass over several cells: all connected, then rounds in which each
 * has its turn, so that a drift of the machine meets them all. The order turns
 * by one each round, so that none always follows the same other.
 * @param onRound called between rounds, never within one
 * @throws what `turns` throws: the run was stopped
 */
export async function interleaveRounds(
  cells: readonly ServedCell[],
  { rounds, messagesPerRound, warmupMessages }: LatencyAmounts,
  turns: Turns,
  onRound: (round: number) => void,
): Promise<void> {
  for (const cell of cells) await turns.open(cell)
  const standing = (): ServedCell[] => cells.filter((cell) => !cell.draft.failed)
  for (const cell of standing()) {
    await turns.runBlock(cell, { firstIndex: 0, count: warmupMessages, round: null })
  }
  for (let round = 0; round < rounds; round += 1) {
    const turn = standing()
    for (let place = 0; place < turn.length; place += 1) {
      const cell = turn[(place + round) % turn.length] as ServedCell
      const firstIndex = warmupMessages + round * messagesPerRound
      await turns.runBlock(cell, { firstIndex, count: messagesPerRound, round })
    }
    onRound(round)
  }
  for (const cell of cells) await turns.close(cell)
}
