import type { Report } from '../../model/report/report.ts'
import { renderCsv } from '../document/csv.ts'

const HEADER = [
  'scenario',
  'transport',
  'phase',
  'direction',
  'layer',
  'bytes',
  'basis',
  'messages',
  'packets',
]

/** `ledger.csv`: one row a cell × phase × direction × layer. Totals, not per message; `messages` says of how many, `packets` in how many IP packets. */
export function renderLedgerCsv(report: Report): string {
  const rows = report.cells.flatMap((cell) => {
    if (cell.status === 'skipped' || cell.bytes === null) return []
    const { ledger, messages } = cell.bytes
    return ledger.map(({ phase, direction, layer, bytes, basis, messages: own, packets }) => [
      cell.scenario,
      cell.transport,
      phase,
      direction,
      layer,
      bytes,
      basis,
      own ?? messages,
      packets ?? null,
    ])
  })
  return renderCsv(HEADER, rows)
}
