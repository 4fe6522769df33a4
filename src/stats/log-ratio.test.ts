import { describe, expect, it } from 'vitest'
import { estimateForks, signedRankDepth, spreadOf } from './log-ratio.ts'
import { uniformFrom } from './testing/uniform.ts'

type Uniform = () => number
const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())

const TRIALS = 4_000
const CENTRE = 0.08
const DISTRIBUTIONS: { name: string; draw: (uniform: Uniform) => number }[] = [
  { name: 'normal', draw: (uniform) => 0.05 * normal(uniform) },
  { name: 'uniform', draw: (uniform) => uniform() - 0.5 },
  { name: 'Cauchy', draw: (uniform) => 0.05 * Math.tan(Math.PI * (uniform() - 0.5)) },
  {
    name: 'one in ten corrupted',
    draw: (uniform) =>
      0.026 * normal(uniform) + (uniform() < 0.1 ? (uniform() < 0.5 ? 0.4 : -0.4) : 0),
  },
]

describe.each(DISTRIBUTIONS)('bounds of $name figures', ({ draw }) => {
  it.each([5, 6, 10, 20])('hold for %d forks in 95 of 100 trials, and not in all', (forks) => {
    const uniform = uniformFrom(1_000 + forks)
    const held = { lower: 0, upper: 0 }
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const figures = Array.from({ length: forks }, () => CENTRE + draw(uniform))
      const { lower, upper } = estimateForks(figures)
      if (lower !== null && lower <= CENTRE) held.lower += 1
      if (upper !== null && upper >= CENTRE) held.upper += 1
    }
    for (const share of [held.lower / TRIALS, held.upper / TRIALS]) {
      expect(share).toBeGreaterThan(0.94)
      expect(share).toBeLessThan(0.98)
    }
  })
})

describe('signedRankDepth', () => {
  // Published critical values of the signed-rank test, plus one: the table has the greatest W.
  it.each([
    [4, 0.05, 0],
    [5, 0.05, 1],
    [6, 0.05, 3],
    [10, 0.05, 11],
    [20, 0.05, 61],
    [5, 0.025, 0],
    [6, 0.025, 1],
    [10, 0.025, 9],
    [20, 0.025, 53],
    [30, 0.025, 138],
  ])('of %d figures at %d is %d', (n, tail, depth) => {
    expect(signedRankDepth(n, tail)).toBe(depth)
  })
})

describe('estimateForks', () => {
  it('has the least and the greatest of five forks as bounds', () => {
    expect(estimateForks([0.03, -0.01, 0.02, 0.07, 0.01])).toEqual({
      median: 0.02,
      lower: -0.01,
      upper: 0.07,
    })
  })

  it('has no bound below five', () => {
    expect(estimateForks([1, 2, 3, 4])).toEqual({ median: 2.5, lower: null, upper: null })
  })

  it('turns round with the sign of the figures', () => {
    const figures = [0.01, 0.05, -0.02, 0.11, 0.03, 0.04, 0.02, 0.08, -0.05, 0.015]
    const { median, lower, upper } = estimateForks(figures)
    const turned = estimateForks(figures.map((figure) => -figure))
    expect(turned.median).toBeCloseTo(-median, 12)
    expect(turned.lower).toBeCloseTo(-(upper ?? Number.NaN), 12)
    expect(turned.upper).toBeCloseTo(-(lower ?? Number.NaN), 12)
  })

  it('does not let one fork of ten reach its bounds', () => {
    const calm = [0.01, 0.02, 0.03, 0.0, -0.01, 0.01, 0.02, 0.0, 0.01]
    expect(estimateForks([...calm, 9]).upper).toBeLessThan(0.04)
    expect(estimateForks([...calm, -9]).lower).toBeGreaterThan(-0.02)
  })

  it('refuses nothing, and what is no number', () => {
    expect(() => estimateForks([])).toThrow(RangeError)
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => estimateForks([0, 0, broken, 0, 0])).toThrow(/fork 3 is not finite/)
      expect(() => spreadOf([0, broken])).toThrow(/fork 2 is not finite/)
    }
  })
})

describe('spreadOf', () => {
  it.each([5, 10, 20])('of %d normal forks is near their standard deviation', (forks) => {
    const uniform = uniformFrom(forks)
    let sum = 0
    for (let trial = 0; trial < TRIALS; trial += 1) {
      sum += spreadOf(Array.from({ length: forks }, () => 3 + 0.05 * normal(uniform))) ?? 0
    }
    // Some per cent too wide for few forks, never too narrow.
    expect(sum / TRIALS / 0.05).toBeGreaterThan(1)
    expect(sum / TRIALS / 0.05).toBeLessThan(1.15)
  })

  it('is moved little by one fork that is far off', () => {
    const calm = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    const usual = spreadOf(calm) ?? 0
    expect(spreadOf([...calm, 1_000])).toBeLessThan(1.5 * usual)
  })

  it('is unknown for one fork', () => {
    expect(spreadOf([1])).toBeNull()
    expect(spreadOf([])).toBeNull()
  })
})
