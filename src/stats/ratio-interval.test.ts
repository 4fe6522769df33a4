import { describe, expect, it } from 'vitest'
import { medianInterval } from './interval.ts'
import { percentile, sortValues } from './percentile.ts'
import { type MedianWithInterval, ratioInterval } from './ratio-interval.ts'
import { uniformFrom } from './testing/uniform.ts'

const TRIALS = 2_000

describe('ratioInterval', () => {
  it.each([
    ['as noisy', 0.1, 0.1],
    ['one of them noisier', 0.05, 0.4],
  ])('encloses the true ratio in 95 of 100 trials: %s', (_name, spreadA, spreadB) => {
    const uniform = uniformFrom(7)
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    const measure = (median: number, spread: number): MedianWithInterval => {
      const values = sortValues(
        Array.from({ length: 20 }, () => median * Math.exp(spread * normal())),
      )
      const interval = medianInterval(values)
      if (interval === null) throw new Error('20 values have an interval')
      return { p50: percentile(values, 0.5), interval }
    }
    let enclosed = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const interval = ratioInterval(measure(100, spreadA), measure(130, spreadB))
      if (interval !== null && interval[0] <= 1.3 && 1.3 <= interval[1]) enclosed += 1
    }
    expect(enclosed / TRIALS).toBeGreaterThan(0.94)
    expect(enclosed / TRIALS).toBeLessThan(0.99)
  })

  it('is the interval of one where the other has no width', () => {
    const [low, high] = ratioInterval(
      { p50: 10, interval: [10, 10] },
      { p50: 20, interval: [18, 25] },
    ) as [number, number]
    expect(low).toBeCloseTo(1.8)
    expect(high).toBeCloseTo(2.5)
  })

  it('says nothing of what is not positive', () => {
    expect(ratioInterval({ p50: 1, interval: [0, 2] }, { p50: 1, interval: [1, 2] })).toBeNull()
  })
})
