import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { DIRECTIONS, LAYERS, PHASES } from '../../model/vocabulary.ts'
import { type LedgerEntry, type LedgerFilter, sumLedger } from '../../model/wire/ledger.ts'
import {
  type CellText,
  cellText,
  countText,
  type Group,
  plainTable,
  type TableBlock,
} from '../document/document.ts'
import { ARROWS, WORDS } from '../words.ts'
import { layerTitle } from './layers.ts'

const say = catalogue({
  en: { phase: 'phase', sum: 'sum' },
  'zh-TW': { phase: '階段', sum: '總和' },
})

/** Of one layer, or of all, `network` among them: the table says what it adds up. */
function bytesOf(ledger: readonly LedgerEntry[], filter: LedgerFilter): number {
  if (filter.layer !== undefined) return sumLedger(ledger, filter)
  return sumLedger(ledger, filter) + sumLedger(ledger, { ...filter, layer: 'network' })
}

/** Bytes by phase and direction, a column a layer, with the sum of each row and column. */
export function ledgerTable(ledger: readonly LedgerEntry[]): TableBlock {
  const layers = LAYERS.filter((layer) => ledger.some((entry) => entry.layer === layer))
  const row = (mark: string, filter: LedgerFilter): CellText[] => [
    cellText(mark),
    ...layers.map((layer) => countText(bytesOf(ledger, { ...filter, layer }))),
    cellText(formatCount(bytesOf(ledger, filter))),
  ]
  const rowsOf = (filter: LedgerFilter): CellText[][] =>
    DIRECTIONS.filter((direction) => bytesOf(ledger, { ...filter, direction }) > 0).map(
      (direction) => row(ARROWS[direction], { ...filter, direction }),
    )
  const groups: Group[] = PHASES.map((phase) => ({
    first: cellText(WORDS.phases[phase]),
    rows: rowsOf({ phase }),
  }))
  const all: Group = { first: cellText(say.sum), rows: [...rowsOf({}), row('', {})] }
  return plainTable(
    [say.phase, ''],
    [...layers.map(layerTitle), say.sum],
    [...groups.filter(({ rows }) => rows.length > 0), all],
  )
}
