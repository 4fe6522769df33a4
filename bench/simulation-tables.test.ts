import { expect, it } from 'vitest'
import { tabulateEstimators, tabulateLastingBias, tabulateRates } from './simulation-tables.ts'

const request = { trials: 20, seed: 3 }

/** The rows of a Markdown table under its head, cell by cell. */
const rowsOf = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '))

it('tabulates every noise, with and without corrupted forks, at every slowdown', () => {
  const rows = rowsOf(tabulateRates(request))
  expect(rows).toHaveLength(3 * 2 * 6)
  expect(rows[0]).toEqual(['2.6 %', 'none', '0', '100.00 %', '0.00 %', '0.00 %', '0.00 %', '5.0'])
  for (const [, , , pass, fail, noVerdict] of rows) {
    const sum = [pass, fail, noVerdict].reduce(
      (all, text) => all + Number.parseFloat(text ?? ''),
      0,
    )
    expect(sum).toBeCloseTo(100, 1)
  }
})

it('prints the same table for the same seed, and another for another', () => {
  expect(tabulateLastingBias(request)).toBe(tabulateLastingBias(request))
  expect(tabulateLastingBias(request)).not.toBe(tabulateLastingBias({ ...request, seed: 4 }))
})

it('tabulates the four estimators for 5, 10 and 20 forks', () => {
  const rows = rowsOf(tabulateEstimators(request))
  expect(rows).toHaveLength(2 * 3 * 4)
  expect(rows.flat().join()).not.toMatch(/NaN|Infinity/)
})
