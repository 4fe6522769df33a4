import { expect, it } from 'vitest'
import { foldLine } from './fold-line.ts'

it('keeps to the width of a terminal, and leaves a pipe alone', () => {
  const line = 'error: --section: there is no "byts"; did you mean bytes?'
  expect(foldLine(line, { isTTY: true, columns: 24 }).split('\n')).toEqual([
    'error: --section: there',
    'is no "byts"; did you',
    'mean bytes?',
  ])
  expect(foldLine('錯誤：沒有這個情境', { isTTY: true, columns: 10 })).toBe('錯誤：沒有\n這個情境')
  // Some terminals do not know their width.
  expect(foldLine(line, { isTTY: true, columns: 0 })).toBe(line)
  expect(foldLine(line, { columns: 24 })).toBe(line)
})
