import { expect, it } from 'vitest'
import { renderCsv } from './csv.ts'

it.each([
  [null, ''],
  [0, '0'],
  [-0, '0'],
  [15_018, '15018'],
  [1 / 3, '0.333'],
  [2.5, '2.5'],
  [0.0004, '0'],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "b"', '"say ""b"""'],
  // RFC 4180 §2.6: a line break of either kind is quoted.
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
])('%j is written %s', (value, field) => {
  expect(renderCsv(['one', 'two'], [[value, 1]])).toBe(`one,two\r\n${field},1\r\n`)
})
