import type { CapturedConnection, CaptureLedger } from '../../model/report/tap/captured.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'
import { unreadBytes } from '../document/wire-remark-text.ts'

const HEADER = [
  'row',
  'connection',
  'client',
  'server',
  'protocol',
  'tls',
  'direction',
  'name',
  'count',
  'messages_up',
  'messages_down',
  'wire_bytes',
  'network_bytes',
  'unread_bytes',
  'missing_bytes',
]

/**
 * One row a connection, with its bytes; then one a kind of message, and one a
 * topic or path, of that connection (`row` says which).
 */
export const renderCaptureCsv = ({ connections }: CaptureLedger): string =>
  renderCsv(HEADER, connections.flatMap(rowsOf))

function rowsOf(connection: CapturedConnection): CsvValue[][] {
  const { number, client, server, protocol, tls, messages, ledger, units, subjects } = connection
  const place: CsvValue[] = [number, client, server, protocol, tls]
  return [
    [
      ...['connection', ...place, null, null, null],
      ...[messages?.up ?? null, messages?.down ?? null],
      ...[sumLedger(ledger), sumLedger(ledger, { layer: 'network' })],
      unreadBytes(connection.unread),
      connection.missingBytes.up + connection.missingBytes.down,
    ],
    ...units.map(({ direction, label, count }) => [
      ...['message kind', ...place, direction, label, count],
      ...[null, null, null, null, null, null],
    ]),
    ...subjects.map(({ direction, name, messages: count, bytes }) => [
      ...['topic or path', ...place, direction, name, count],
      ...[null, null, bytes, null, null, null],
    ]),
  ]
}
