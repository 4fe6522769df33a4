import { describe, expect, it } from 'vitest'
import { medianInterval } from './interval.ts'
import { sortValues } from './percentile.ts'
import { uniformFrom } from './testing/uniform.ts'

const TRIALS = 4000

const DISTRIBUTIONS = [
  { name: 'uniform', median: 0.5, draw: (u: number) => u },
  { name: 'exponential', median: Math.LN2, draw: (u: number) => -Math.log(1 - u) },
  { name: 'heavy-tailed', median: Math.sqrt(2), draw: (u: number) => 1 / Math.sqrt(1 - u) },
]

describe.each(DISTRIBUTIONS)('over $name samples', ({ median, draw }) => {
  it.each([6, 9, 20, 31, 100])('of %d encloses the median in 95 of 100 trials', (size) => {
    const uniform = uniformFrom(size)
    let enclosed = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const sample = Array.from({ length: size }, () => draw(uniform()))
      const interval = medianInterval(sortValues(sample))
      if (interval !== null && interval[0] <= median && median <= interval[1]) enclosed += 1
    }
    // Order statistics come in steps: the coverage is 95 % or a little more, not less.
    expect(enclosed / TRIALS).toBeGreaterThanOrEqual(0.94)
    expect(enclosed / TRIALS).toBeLessThan(0.99)
  })
})

describe('ranks', () => {
  // The published tables of binomial confidence limits for the median (95 %).
  it.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [12, 3, 10],
    [20, 6, 15],
    [25, 8, 18],
    [50, 18, 33],
    [100, 40, 61],
  ])('of %d values are %d and %d', (n, low, high) => {
    const values = sortValues(Array.from({ length: n }, (_, index) => index + 1))
    expect(medianInterval(values)).toEqual([low, high])
  })

  it('do not exist below 6 values', () => {
    for (let n = 0; n < 6; n += 1) {
      expect(medianInterval(sortValues(Array.from({ length: n }, () => 1)))).toBeNull()
    }
  })

  it('stay right where ½ⁿ is zero in floating point', () => {
    const n = 10_000
    const values = sortValues(Array.from({ length: n }, (_, index) => index + 1))
    // The normal approximation: n/2 ± 1.96·√n/2, that is 5000 ± 98.
    expect(medianInterval(values)).toEqual([4902, 5099])
  })
})
