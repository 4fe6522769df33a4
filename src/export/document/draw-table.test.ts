import { describe, expect, it } from 'vitest'
import { BOXED, cellLine, drawColumns, drawTable, plainStyle } from './draw-table.ts'

const cell = (...lines: string[]) => lines.map(cellLine)
const LEFT = ['left', 'left'] as const
const ROWS = [
  [cell('name'), cell('bytes')],
  [cell('http1', 'again'), cell('1,234')],
  [cell('mqtt'), cell('7')],
]

describe('a table', () => {
  it('in a box has a rule between its rows', () => {
    expect(drawTable(ROWS, ['left', 'right'], BOXED)).toEqual([
      '┌───────┬───────┐',
      '│ name  │ bytes │',
      '├───────┼───────┤',
      '│ http1 │ 1,234 │',
      '│ again │       │',
      '├───────┼───────┤',
      '│ mqtt  │     7 │',
      '└───────┴───────┘',
    ])
  })

  it('that is plain has one, under its head', () => {
    expect(drawTable(ROWS, ['left', 'right'], plainStyle(2))).toEqual([
      'name   bytes',
      '─────  ─────',
      'http1  1,234',
      'again',
      'mqtt       7',
    ])
  })

  it('is as wide as what is shown, not as what is written', () => {
    const red = [{ text: '\u001b[31mred\u001b[39m', width: 3 }]
    const [, , line] = drawTable(
      [
        [cell('a'), cell('b')],
        [red, cell('x')],
      ],
      LEFT,
      plainStyle(1),
    )
    expect(line).toBe('\u001b[31mred\u001b[39m x')
    expect(
      drawColumns(
        [
          ['感測', 'x'],
          ['b', 'y'],
        ],
        LEFT,
      ),
    ).toEqual(['感測  x', 'b     y'])
  })

  it('of many lines in one cell takes time by their number, not its square', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `line ${index} → …`)
    expect(drawTable([[cell('head')], [cell(...long)]], ['left'], BOXED)).toHaveLength(20_004)
  })
})
