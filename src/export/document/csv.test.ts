import { expect, it } from 'vitest'
import { renderCsv } from './csv.ts'

it('has the marks that a spreadsheet asks for', () => {
  const row = ['a;b', 'c,d', -2.5, 15_018]
  const write = (separator: 'comma' | 'semicolon' | 'tab') =>
    renderCsv(['1', '2', '3', '4'], [row], { separator, decimal: 'comma' }).split('\r\n')[1]
  expect(write('semicolon')).toBe('"a;b";c,d;-2,5;15018')
  expect(write('comma')).toBe('a;b,"c,d","-2,5",15018')
  expect(write('tab')).toBe('a;b\tc,d\t-2,5\t15018')
})

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
  // Neutral in whatever reads it.
  ['a\nb', 'a b'],
  ['a\r\n::error::b', 'a ::error::b'],
  ['a\u001b[2Jb\u009b', 'a\ufffd[2Jb\ufffd'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  [-1, '-1'],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', ' =1'],
])('%j is written %s', (value, field) => {
  expect(renderCsv(['one', 'two'], [[value, 1]])).toBe(`one,two\r\n${field},1\r\n`)
})
