import { expect, it } from 'vitest'
import { loadSeriesOf } from '../../../test/fixtures/load-report.ts'
import { fixtureReport } from '../../../test/fixtures/report.ts'
import type { Cell, Series } from '../../model/report/report.ts'
import { histogramBlocks } from './histogram.ts'

const histogram = loadSeriesOf([
  ...Array.from({ length: 90 }, () => 100_000),
  ...Array.from({ length: 10 }, () => 10_000_000),
])?.histogram as string

/** The cells of a report, with a delivery of which nine in ten took 100 µs and the others 10 ms. */
const cells = fixtureReport().cells.map((cell): Cell => {
  if (cell.status === 'skipped' || cell.latency?.delivery == null) return cell
  const delivery: Series = { ...cell.latency.delivery, minUs: 100, histogram }
  return { ...cell, latency: { ...cell.latency, delivery } }
})

it('has a row for each cell that has latencies, its messages where they took so long', () => {
  const blocks = histogramBlocks(cells.slice(0, 2))
  const chart = blocks.find(({ kind }) => kind === 'chart')
  if (chart?.kind !== 'chart') throw new Error('no chart')
  const shape = chart.rows[0]?.shape as number[]
  expect(shape[0]).toBe(1)
  // One more of a hundred is the least, which stands before the first percent.
  expect(shape.at(-1)).toBeCloseTo(10 / 91, 6)
  expect(shape.filter((height) => height > 0)).toHaveLength(2)
  expect(chart.axis.map(({ text }) => text)).toContain('1,000 µs')
})

it('draws nothing of what cannot be read', () => {
  expect(histogramBlocks(fixtureReport().cells)).toEqual([])
})
