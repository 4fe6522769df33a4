import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatMicros,
  formatRange,
  formatRatio,
  formatValue,
} from './format.ts'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [36, '36 B'],
    [36.5, '36.5 B'],
    [15_018, '15,018 B'],
    [900_000, '900,000 B'],
    [30.04, '30 B'],
    [-4, '−4 B'],
    [1e300, '1e+300 B'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})

describe('formatMicros', () => {
  it.each([
    [258.4, '258 µs'],
    [1258, '1,258 µs'],
    [61.42, '61.4 µs'],
    [2.345, '2.35 µs'],
    [0.002, '0 µs'],
    [-0.001, '0 µs'],
  ])('%d is %s', (micros, text) => expect(formatMicros(micros)).toBe(text))
})

describe('formatRatio', () => {
  it.each([
    [30 / 361, '1/12.0'],
    [44 / 361, '1/8.20'],
    [0.98, '1/1.02'],
    [0.05, '1/20'],
    [0.1, '1/10'],
    [1 / 3, '1/3'],
    [1, '1'],
    [25.79, '25.8'],
    [1234.5, '1,235'],
    [0, '0'],
  ])('%d is %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text))

  it('has room for more digits where two values would read the same', () => {
    expect([formatRatio(0.10002), formatRatio(0.10002, 2)]).toEqual(['1/10.0', '1/9.998'])
  })
})

it('writes the unit of a range once, and one value as one value', () => {
  expect(formatRange(201, 361, 'bytes')).toBe('201–361 B')
  expect(formatRange(361, 361, 'bytes')).toBe('361 B')
  expect(formatRange(0.05, 0.1, 'ratio')).toBe('1/20–1/10')
  expect(formatRange(58.2, 258, 'us')).toBe('58.2–258 µs')
})

it('knows every unit', () => {
  expect(formatValue(1200, 'messages')).toBe('1,200')
  expect(formatValue(1200, 'messages/s')).toBe('1,200/s')
  expect(formatCount(12_345)).toBe('12,345')
})
