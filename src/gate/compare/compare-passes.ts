import type { CellName } from '../../model/report/check/baseline.ts'
import type { ByteVariation, VariedCell } from '../../model/report/check/check.ts'
import type { BytesResult } from '../../model/report/report.ts'
import { DIRECTIONS, PHASES, WIRE_LAYERS } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'

/**
 * Holds the byte passes of one cell against each other.
 * @returns what differed, or null where all passes agree to the byte
 */
export function comparePasses(
  { scenario, transport }: CellName,
  passes: readonly BytesResult[],
): VariedCell | null {
  const messages = passes.map((pass) => pass.messages)
  const variations: ByteVariation[] = []
  for (const phase of PHASES) {
    for (const direction of DIRECTIONS) {
      for (const layer of WIRE_LAYERS) {
        const values = passes.map(({ ledger }) => sumLedger(ledger, { phase, direction, layer }))
        if (new Set(values).size > 1) variations.push({ phase, direction, layer, values })
      }
    }
  }
  if (variations.length === 0 && new Set(messages).size <= 1) return null
  return { scenario, transport, finding: 'varied', verdict: 'no-verdict', messages, variations }
}
