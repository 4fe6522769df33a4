import { BASES, DIRECTIONS, LAYERS, PHASES } from './vocabulary.ts'
import type { LedgerEntry } from './wire/ledger.ts'

/** One ledger of several links: what is of one phase, direction, layer and basis is added up. */
export function mergeLedgers(ledgers: readonly (readonly LedgerEntry[])[]): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry>()
  for (const entry of ledgers.flat()) {
    const key = keyOf(entry)
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { ...entry })
    else sum.bytes += entry.bytes
  }
  return [...sums.values()].toSorted((a, b) => placeOf(a) - placeOf(b))
}

const keyOf = ({ phase, direction, layer, basis, messages }: LedgerEntry): string =>
  `${phase} ${direction} ${layer} ${basis} ${messages ?? ''}`

/** In the order of the words, as every ledger is. */
function placeOf({ phase, direction, layer, basis }: LedgerEntry): number {
  const byPhase = PHASES.indexOf(phase) * DIRECTIONS.length + DIRECTIONS.indexOf(direction)
  return (byPhase * LAYERS.length + LAYERS.indexOf(layer)) * BASES.length + BASES.indexOf(basis)
}
