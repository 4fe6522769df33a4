import { expect, it } from 'vitest'
import { formatChange } from './format-change.ts'

it.each([
  [1.25, '+25 %'],
  [1.1324, '+13.2 %'],
  [0.95, '−5 %'],
  [1, '0 %'],
  [0.99999, '0 %'],
  [12.5, '+1,150 %'],
])('writes the ratio %d as %s', (ratio, text) => {
  expect(formatChange(ratio)).toBe(text)
})
