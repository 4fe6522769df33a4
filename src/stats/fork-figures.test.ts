import { describe, expect, it } from 'vitest'
import { foldRounds, type MirroredRound } from './fork-figures.ts'

const MESSAGES = 60
/** A block whose latencies scatter evenly around its level, in nanoseconds. */
const block = (level: number): number[] =>
  Array.from({ length: MESSAGES }, (_, index) => level * (0.9 + (0.2 * index) / (MESSAGES - 1)))

/** Rounds of a candidate that is `ratio` times as slow, on a machine of this level by time (in blocks). */
function measure(ratio: number, levelAt: (time: number) => number, rounds = 16): MirroredRound[] {
  return Array.from({ length: rounds }, (_, round) => {
    const at = (place: number): number => levelAt(4 * round + place)
    return {
      a1: block(at(0)),
      b1: block(ratio * at(1)),
      b2: block(ratio * at(2)),
      a2: block(at(3)),
    }
  })
}

describe('foldRounds', () => {
  it('gives the log ratio of the two arms', () => {
    expect(foldRounds(measure(1.25, () => 60_000))).toBeCloseTo(Math.log(1.25), 10)
    expect(foldRounds(measure(0.8, () => 60_000))).toBeCloseTo(-Math.log(1.25), 10)
  })

  it.each([500, -400])(
    'takes out a drift of %d ns a block, which alternation does not',
    (drift) => {
      const rounds = measure(1, (time) => 60_000 + drift * time)
      const alternating = rounds.map(({ a1, b1, b2, a2 }) => ({ a1, b1, a2: b2, b2: a2 }))
      expect(Math.abs(foldRounds(rounds))).toBeLessThan(0.0005)
      expect(Math.abs(foldRounds(alternating))).toBeGreaterThan(0.005)
    },
  )

  it('shrugs off rounds that were disturbed, up to half of them', () => {
    const rounds = measure(1.1, () => 60_000).map((round, index) =>
      index < 7 ? { ...round, b1: block(600_000), b2: block(600_000) } : round,
    )
    expect(foldRounds(rounds)).toBeCloseTo(Math.log(1.1), 10)
  })

  it('lets one slow block of a round move its figure no further than to the edge of the other', () => {
    const [round] = measure(1, () => 60_000, 1)
    const figure = foldRounds([{ ...(round as MirroredRound), b1: block(61_000_000) }])
    // The least slow message and the greatest calm one are the middle two.
    expect(figure).toBeCloseTo(Math.log((0.9 * 61_000_000 + 1.1 * 60_000) / 2 / 60_000), 10)
    const half = { ...(round as MirroredRound), b1: [...block(60_000).slice(0, 40), ...block(6e7)] }
    expect(foldRounds([half])).toBeLessThan(Math.log(1.1))
  })

  it('refuses what has no figure', () => {
    const [round] = measure(1, () => 60_000, 1) as [MirroredRound]
    expect(() => foldRounds([])).toThrow(RangeError)
    expect(() => foldRounds([round, { ...round, b2: [] }])).toThrow(/round 2 .*empty/)
    expect(() => foldRounds([{ ...round, a1: [0], a2: [0] }])).toThrow(/round 1 .*not positive/)
    expect(() => foldRounds([{ ...round, b1: [0], b2: [0] }])).toThrow(/not positive/)
    expect(() => foldRounds([{ ...round, b1: [Number.NaN], b2: [] }])).toThrow(RangeError)
  })
})
