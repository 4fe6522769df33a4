import { expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

it.each([
  ['200ms', 200],
  ['1s', 1_000],
  ['0.5s', 500],
  ['5min', 300_000],
  ['0ms', 0],
  ['200', null],
  ['1 s', null],
  ['-1s', null],
  ['1h', null],
  ['s', null],
  ['', null],
])('%j is %j milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})
