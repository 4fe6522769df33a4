import fc from 'fast-check'
import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { HIGHEST_RECORDABLE_NS, LatencyHistogram } from './latency-histogram.ts'

const PERCENTILES = [0.5, 0.9, 0.99, 0.999]

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  return histogram
}

/** Small, large, and just around the powers of two where the layout changes. */
const nanoseconds = fc.oneof(
  fc.nat({ max: 5_000 }),
  fc.maxSafeInteger().map((value) => Math.abs(value) % HIGHEST_RECORDABLE_NS),
  fc
    .tuple(fc.integer({ min: 10, max: 42 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => 2 ** power + off),
)

describe('LatencyHistogram', () => {
  it('gives the percentiles of HdrHistogram itself', () => {
    fc.assert(
      fc.property(fc.array(nanoseconds, { minLength: 400, maxLength: 600 }), (values) => {
        const own = histogramOf(values)
        const library = build({ highestTrackableValue: HIGHEST_RECORDABLE_NS, autoResize: true })
        for (const value of values) library.recordValue(value)
        for (const p of [0.5, 0.9, 0.99]) {
          const expected = Math.min(library.getValueAtPercentile(p * 100), Math.max(...values))
          expect(own.supportedPercentile(p)).toBe(expected)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('keeps three significant digits of every value up to more than an hour', () => {
    fc.assert(
      fc.property(nanoseconds, (value) => {
        const histogram = histogramOf(Array.from({ length: 10 }, () => value))
        histogram.record(HIGHEST_RECORDABLE_NS)
        const median = histogram.supportedPercentile(0.5) as number
        expect(median).toBeGreaterThanOrEqual(value)
        expect(median - value).toBeLessThanOrEqual(value / 1_000)
      }),
    )
  })

  it('is the same in one piece and in parts that were stored and merged', () => {
    const parts = fc.array(fc.array(nanoseconds, { maxLength: 200 }), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(parts, (lists) => {
        const whole = histogramOf(lists.flat())
        const merged = new LatencyHistogram()
        for (const list of lists) merged.add(LatencyHistogram.decode(histogramOf(list).encode()))
        expect(merged.samples).toBe(whole.samples)
        expect(merged.encode()).toBe(whole.encode())
        for (const p of PERCENTILES) {
          const [one, other] = [merged.supportedPercentile(p), whole.supportedPercentile(p)]
          if (one === null || other === null) expect(one).toBe(other)
          // What is stored knows the greatest value to three digits only.
          else expect(Math.abs(one - other)).toBeLessThanOrEqual(other / 1_000)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('is read by the library, in nanoseconds', () => {
    const stored = decodeFromCompressedBase64(histogramOf([1_000, 2_000, 3_000_000_000]).encode())
    expect(stored.totalCount).toBe(3)
    expect(stored.getValueAtPercentile(100) / 3e9).toBeCloseTo(1, 2)
  })

  it.each([
    [5, 0.5],
    [35, 0.9],
    [367, 0.99],
    [3_687, 0.999],
  ])('says nothing of a percentile that %i samples do not carry: %d', (samples, p) => {
    const values = Array.from({ length: samples }, (_, index) => index)
    expect(histogramOf(values).supportedPercentile(p)).toBeNull()
    expect(histogramOf([...values, 1]).supportedPercentile(p)).not.toBeNull()
  })

  it('counts what is impossible as 0, and what is beyond its range as the most', () => {
    const histogram = histogramOf([-5, 2 * HIGHEST_RECORDABLE_NS])
    expect([histogram.leastNs, histogram.greatestNs]).toEqual([0, HIGHEST_RECORDABLE_NS])
  })

  it.each(['', 'nonsense', 'HISTF'])('refuses %j in one line', (text) => {
    expect(() => LatencyHistogram.decode(text)).toThrow(/^a stored histogram is no HdrHistogram/)
  })

  it('counts more than 32 bits hold', () => {
    const histogram = new LatencyHistogram()
    histogram.recordTimes(7, 5_000_000_000)
    expect(LatencyHistogram.decode(histogram.encode()).samples).toBe(5_000_000_000)
  })
})
