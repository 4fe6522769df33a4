import { expect, it } from 'vitest'
import type { LedgerEntry } from './ledger.ts'
import { mergeLedgers } from './ledger.ts'

const entry = (
  phase: LedgerEntry['phase'],
  direction: LedgerEntry['direction'],
  layer: LedgerEntry['layer'],
  bytes: number,
  basis: LedgerEntry['basis'] = 'measured',
): LedgerEntry => ({ phase, direction, layer, bytes, basis })

it('adds up what belongs together, in the order of every ledger, and keeps the bases apart', () => {
  const one = [entry('setup', 'up', 'control', 25), entry('steady', 'down', 'payload', 14)]
  const other = [
    entry('steady', 'up', 'payload', 14),
    entry('steady', 'down', 'payload', 28),
    entry('steady', 'down', 'network', 52, 'modelled'),
    entry('steady', 'down', 'network', 40),
  ]
  expect(mergeLedgers([one, other])).toEqual([
    entry('setup', 'up', 'control', 25),
    entry('steady', 'up', 'payload', 14),
    entry('steady', 'down', 'payload', 42),
    entry('steady', 'down', 'network', 40),
    entry('steady', 'down', 'network', 52, 'modelled'),
  ])
  expect(one[1]?.bytes).toBe(14)
  expect(mergeLedgers([])).toEqual([])
})
