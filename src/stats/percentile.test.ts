import { describe, expect, it } from 'vitest'
import { percentile, requiredSamples, sortValues, supportedPercentile } from './percentile.ts'

/** n, n − 1, … 1: the p-th percentile of 1..n is known, and the input is not sorted. */
const descending = (n: number): number[] => Array.from({ length: n }, (_, index) => n - index)

describe('percentile', () => {
  it.each([1, 2, 6, 99, 100, 1000, 4096])('is exact on 1..%d', (n) => {
    const values = sortValues(descending(n))
    expect(percentile(values, 0)).toBe(1)
    for (let hundredth = 1; hundredth <= 100; hundredth += 1) {
      // In whole numbers: the least k with 100·k ≥ hundredth·n.
      const rank = Math.floor((hundredth * n + 99) / 100)
      expect(percentile(values, hundredth / 100)).toBe(rank)
    }
  })

  it('is one of the values, never between two', () => {
    expect(percentile(sortValues([10, 20]), 0.5)).toBe(10)
    expect(percentile(sortValues([10, 20]), 0.51)).toBe(20)
  })

  it('refuses no values', () => {
    expect(() => percentile(sortValues([]), 0.5)).toThrow(RangeError)
  })
})

it('sorts by number and leaves its input alone', () => {
  const values = [100, 20, 3, -1]
  expect(sortValues(values)).toEqual([-1, 3, 20, 100])
  expect(values).toEqual([100, 20, 3, -1])
})

describe('how many samples a percentile needs', () => {
  it.each([
    [0.5, 6],
    [0.9, 36],
    [0.99, 368],
    [0.999, 3688],
    [0.1, 36],
  ])('p = %d needs %d', (p, n) => {
    expect(requiredSamples(p)).toBe(n)
    // The definition itself: with one sample fewer a tail is too likely.
    const tail = (samples: number): number => Math.max(p ** samples, (1 - p) ** samples)
    expect(tail(n)).toBeLessThanOrEqual(0.025)
    expect(tail(n - 1)).toBeGreaterThan(0.025)
    expect(supportedPercentile(sortValues(descending(n - 1)), p)).toBeNull()
    expect(supportedPercentile(sortValues(descending(n)), p)).toBe(Math.ceil(p * n))
  })
})
