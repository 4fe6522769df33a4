import type { InspectedCell } from '../../model/report/tap/inspection.ts'
import type { Exchange } from '../../model/wire/exchange.ts'
import { LedgerBook, type LedgerEntry } from '../../model/wire/ledger.ts'

/** A cell of which there is something to see. */
export type ReadCell = InspectedCell & { exchange: Exchange }

export const hasExchange = (cell: InspectedCell): cell is ReadCell => cell.exchange !== null

/** The bytes of an exchange by phase, direction and layer. */
export function ledgerOf({ frames }: Exchange): LedgerEntry[] {
  const book = new LedgerBook()
  for (const frame of frames) book.add(frame)
  return book.entries()
}
