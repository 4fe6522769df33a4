import type { TapProtocol, TapReport } from '../../model/report/tap/tap-report.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'

const HEADER = [
  'protocol',
  'phase',
  'direction',
  'layer',
  'bytes',
  'basis',
  'messages',
  'unread_because',
]

/**
 * `ledger.csv` of a tap: one row a protocol × phase × direction × layer, and
 * one for all bytes that are in no layer for the same reason. Its bytes sum to
 * what crossed.
 */
export function renderTapLedgerCsv(report: TapReport): string {
  return renderCsv(HEADER, report.protocols.flatMap(rowsOf))
}

function rowsOf({ protocol, ledger, unread, messages }: TapProtocol): CsvValue[][] {
  const count = messages === null ? null : messages.up + messages.down
  return [
    ...ledger.map(({ phase, direction, layer, bytes, basis }) => [
      protocol,
      phase,
      direction,
      layer,
      bytes,
      basis,
      count,
      null,
    ]),
    ...unread.map(({ direction, bytes, reason }) => [
      protocol,
      null,
      direction,
      null,
      bytes,
      'measured',
      count,
      reason,
    ]),
  ]
}
