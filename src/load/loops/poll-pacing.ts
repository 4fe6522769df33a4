import type { LatencyAmounts } from '../../model/latency-amounts.ts'

/** The fractional part of the golden ratio: its multiples fill an interval more evenly than any other's. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Pauses after which commands to a polled device are due, spread evenly over its
 * poll interval.
 *
 * With the next command due the instant the last one is done, each would be due
 * right after a poll, and wait a whole interval: the figure would be about the
 * loop, not about polling. Pauses from a random source would spread too, but
 * with the few commands that a slow poller allows, unevenly. Multiples of the
 * golden ratio, modulo 1, leave no gap larger than 2 / n of the interval after
 * any n of them; where they begin is drawn from the seed.
 * @param index of the command, counted through all rounds
 */
export function pollPauseNs(intervalNs: bigint, index: number, seed: number): bigint {
  const place = ((seed + index + 1) * GOLDEN) % 1
  return BigInt(Math.floor(Number(intervalNs) * place))
}

/**
 * A polled command takes about one interval, whatever its transport, so their
 * number is chosen by the time that they may take, and not above `most`.
 * @param budgetMs for all measured rounds together; null: as many as `most` says
 */
export function pollAmounts(
  most: LatencyAmounts,
  intervalMs: number,
  budgetMs: number | null,
): LatencyAmounts {
  const commands = budgetMs === null ? Infinity : Math.max(1, Math.floor(budgetMs / intervalMs))
  const rounds = Math.min(most.rounds, commands)
  const messagesPerRound = Math.min(most.messagesPerRound, Math.floor(commands / rounds))
  return {
    rounds,
    messagesPerRound,
    warmupMessages: Math.min(most.warmupMessages, messagesPerRound),
  }
}
