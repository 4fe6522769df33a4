import { inflateSync } from 'node:zlib'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { median, summarise, summariseRounds } from './summary.ts'

const upTo = (n: number, step = 1): number[] =>
  Array.from({ length: n }, (_, index) => (n - index) * step)

describe('median', () => {
  it.each([
    [[7], 7],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected))

  it('refuses no values', () => expect(() => median([])).toThrow(RangeError))
})

describe('summarise', () => {
  it('gives microseconds, exact to the nanosecond', () => {
    const series = summarise(
      upTo(4000, 1001),
      [1, 2, 3, 4, 5, 6.5].map((us) => us * 1000),
    )
    expect(series).toMatchObject({
      samples: 4000,
      minUs: 1.001,
      p50Us: 2002,
      p90Us: 3603.6,
      p99Us: 3963.96,
      p999Us: 3999.996,
      maxUs: 4004,
    })
  })

  it('has an interval around the median: of the rounds, widened to that of all messages', () => {
    const rounds = [1, 2, 3, 4, 5, 6.5].map((us) => us * 1000)
    expect(summarise(upTo(5, 1000), rounds).medianIntervalUs).toEqual([1, 6.5])
    expect(summarise(upTo(40, 100), rounds)).toMatchObject({ p50Us: 2, medianIntervalUs: [1, 6.5] })
    expect(summarise(upTo(4000, 1001), rounds)).toMatchObject({
      p50Us: 2002,
      medianIntervalUs: [1, 2002],
    })
  })

  it('leaves empty what the sample is too small for', () => {
    expect(summarise(upTo(5), [1, 2, 3, 4, 5])).toMatchObject({
      samples: 5,
      p50Us: null,
      p90Us: null,
      p99Us: null,
      p999Us: null,
      maxUs: 0.005,
      medianIntervalUs: null,
    })
    expect(summarise(upTo(367), [1])).toMatchObject({ p90Us: 0.331, p99Us: null })
  })

  it('does not depend on the order of the values', () => {
    const values = upTo(500, 37)
    expect(summarise(values.toReversed(), [1])).toEqual(summarise(values, [1]))
  })
})

describe('the histogram', () => {
  const values = [0, 1, 999, 61_234, 61_234, 1_500_000, 90_000_000_000]
  const text = summarise(values, []).histogram

  it('decodes to the same counts, to three digits', () => {
    const decoded = decodeFromCompressedBase64(text)
    expect(decoded.totalCount).toBe(values.length)
    expect(decoded.maxValue / 90_000_000_000).toBeCloseTo(1, 2)
    expect(decoded.getValueAtPercentile(50) / 61_234).toBeCloseTo(1, 2)
  })

  it('is the published V2 form, which other libraries read', () => {
    const bytes = Buffer.from(text, 'base64')
    expect(bytes.readUInt32BE(0)).toBe(0x1c849314)
    expect(bytes.readUInt32BE(4)).toBe(bytes.length - 8)
    const inner = inflateSync(bytes.subarray(8))
    expect(inner.readUInt32BE(0)).toBe(0x1c849313)
    expect(inner.readUInt32BE(12)).toBe(3)
  })
})

describe('summariseRounds', () => {
  it('takes every message for the percentiles and the round medians for the interval', () => {
    const rounds = [10, 20, 30, 40, 50, 60].map((ns) => [ns * 1000, ns * 1000, 9_000_000])
    expect(summariseRounds(rounds)).toMatchObject({
      samples: 18,
      p50Us: 50,
      maxUs: 9000,
      medianIntervalUs: [10, 60],
    })
  })

  it('is null without a value', () => {
    expect(summariseRounds([])).toBeNull()
    expect(summariseRounds([[], []])).toBeNull()
  })

  it('passes over a round that gave nothing', () => {
    expect(summariseRounds([[], [5000]])).toMatchObject({ samples: 1, medianIntervalUs: null })
  })
})
