import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pollAmounts, pollPauseNs } from './poll-pacing.ts'

const INTERVAL_NS = 1_000_000_000n

const pauses = (count: number, first: number, seed: number): number[] =>
  Array.from({ length: count }, (_, index) =>
    Number(pollPauseNs(INTERVAL_NS, first + index, seed)),
  ).sort((a, b) => a - b)

describe('the pause before a polled command', () => {
  const start = fc.nat({ max: 100_000 })
  const seeds = fc.nat({ max: 0xffff_ffff })

  it('lies within the interval, and leaves no gap in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), start, seeds, (count, first, seed) => {
        const sorted = pauses(count, first, seed)
        expect(sorted[0]).toBeGreaterThanOrEqual(0)
        expect(sorted.at(-1)).toBeLessThan(Number(INTERVAL_NS))
        const next = [...sorted.slice(1), (sorted[0] as number) + Number(INTERVAL_NS)]
        const widest = Math.max(...next.map((end, index) => end - (sorted[index] as number)))
        expect(widest).toBeLessThanOrEqual((2 * Number(INTERVAL_NS)) / count)
      }),
    )
  })

  it('shows half the interval at the median from 8 commands on, wherever it begins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 40 }), start, seeds, (count, first, seed) => {
        const waits = pauses(count, first, seed).map((pause) => Number(INTERVAL_NS) - pause)
        const median = waits[Math.ceil(count / 2) - 1] as number
        expect(median / Number(INTERVAL_NS)).toBeGreaterThan(0.25)
        expect(median / Number(INTERVAL_NS)).toBeLessThan(0.75)
      }),
    )
  })

  it('is the same in every run, and another for another seed', () => {
    expect(pauses(5, 3, 1)).toEqual(pauses(5, 3, 1))
    expect(pauses(5, 3, 1)).not.toEqual(pauses(5, 3, 2))
  })
})

describe('the number of polled commands', () => {
  const most = { rounds: 20, messagesPerRound: 60, warmupMessages: 200 }
  it.each([
    [1_000, 20_000, { rounds: 20, messagesPerRound: 1, warmupMessages: 1 }],
    [100, 20_000, { rounds: 20, messagesPerRound: 10, warmupMessages: 10 }],
    [5, 20_000, { rounds: 20, messagesPerRound: 60, warmupMessages: 60 }],
    [4_000, 20_000, { rounds: 5, messagesPerRound: 1, warmupMessages: 1 }],
    [60_000, 20_000, { rounds: 1, messagesPerRound: 1, warmupMessages: 1 }],
    [1_000, null, { ...most, warmupMessages: 60 }],
  ])('with an interval of %d ms and %d ms to spend', (intervalMs, budgetMs, expected) => {
    expect(pollAmounts(most, intervalMs, budgetMs)).toEqual(expected)
  })
})
