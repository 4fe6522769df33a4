import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../model/text/text-width.ts'
import type { ChartBlock } from './document.ts'
import { drawChart } from './draw-chart.ts'

const plain = (text: string): string => text

const BARS: ChartBlock = {
  kind: 'chart',
  says: '',
  rows: [
    { name: '每秒 1', shape: 0.05, text: '10 µs' },
    { name: '10', shape: 0.505, text: '100 µs knee' },
    { name: '100', shape: 1, text: '9,000 µs ✗' },
  ],
  axis: [],
}

const COLUMNS: ChartBlock = {
  kind: 'chart',
  says: '',
  rows: [{ name: 'a', shape: [0, 0.001, 0.5, 1, 0, 0, 0, 0, 0, 0, 0.3, 0], text: '' }],
  axis: [
    { at: 0.1, text: '10 µs' },
    { at: 0.2, text: 'no room' },
    { at: 0.9, text: '1,000 µs' },
  ],
}

it('draws bars as wide as there is room, to an eighth of a cell', () => {
  expect(drawChart(BARS, 80, 'blocks', plain)).toEqual([
    `每秒 1 ██${' '.repeat(38)} 10 µs`,
    `10     ${'█'.repeat(20)}▎${' '.repeat(19)} 100 µs knee`,
    `100    ${'█'.repeat(40)} 9,000 µs ✗`,
  ])
  expect(drawChart(BARS, 30, 'blocks', plain)[2]).toBe('100    ███████████ 9,000 µs ✗')
})

it('draws columns, of which each that is there is seen, and the values that have room', () => {
  expect(drawChart(COLUMNS, 80, 'blocks', plain)).toEqual(['a  ▁▄█      ▃', '   10 µs'])
})

it('has ASCII alone where that is all there is', () => {
  const drawn = [...drawChart(BARS, 80, 'ascii', plain), ...drawChart(COLUMNS, 80, 'ascii', plain)]
  expect(drawn.join('\n').replace(/[µ✗每秒]/gu, '')).toMatch(/^[\x20-\x7e\n]*$/)
  expect(drawn[3]).toBe('a  .=@      -')
})

describe('at any width', () => {
  it.each([10, 20, 24, 30, 60, 80, 200])('keeps to %d columns, or draws nothing', (columns) => {
    for (const chart of [BARS, COLUMNS]) {
      for (const line of drawChart(chart, columns, 'blocks', plain)) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('draws nothing without rows', () => {
    expect(drawChart({ kind: 'chart', says: '', rows: [], axis: [] }, 80, 'blocks', plain)).toEqual(
      [],
    )
  })
})
