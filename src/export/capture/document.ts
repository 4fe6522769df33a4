import type { CapturedConnection, CaptureLedger } from '../../model/report/captured.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { type LedgerEntry, sumLedger } from '../../model/wire/ledger.ts'
import { type Block, type CellText, cellText, heading, paragraph } from '../document/document.ts'
import { outcomeBlocks } from '../document/outcome-lines.ts'
import { wireRemarkText } from '../document/wire-remark-text.ts'
import { ledgerTable } from '../inspect/ledger-table.ts'

/** Beyond so many, connections are a line each, and their sum. */
const MAX_DETAILED = 20

const ARROWS: Record<Direction, string> = { up: '→', down: '←' }

/** A capture as a person reads it: its connections, each ledger, and what could not be read. */
export function captureDocument(capture: CaptureLedger): Block[] {
  const { file, format, packets, connections, remarks } = capture
  const detailed = connections.length <= MAX_DETAILED ? connections : []
  return [
    heading(
      1,
      `${file}: ${format}, ${counted(packets, 'packet')}, ${counted(connections.length, 'connection')}`,
    ),
    ...(remarks.length === 0
      ? []
      : [{ kind: 'list', items: remarks.map(remarkText), tone: 'mixed' } as const]),
    ...(packets === 0 ? [paragraph('there is no packet in it')] : []),
    ...(connections.length === 0 ? [] : summaryBlocks(connections)),
    ...detailed.flatMap(connectionBlocks),
    ...(connections.length > 1 ? sumBlocks(connections) : []),
  ]
}

const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`

const remarkText = ({ text, count }: CaptureLedger['remarks'][number]): string =>
  count === 1 ? text : `${text} (${formatCount(count)} times)`

const unreadBytes = ({ unread }: CapturedConnection): number =>
  unread.reduce((sum, { bytes }) => sum + bytes, 0)

const countText = (count: number): CellText => cellText(count === 0 ? '' : formatCount(count))

/** `mqtt/3.1.1 in TLS`, `TLS`, `?`. */
function protocolText({ protocol, tls }: CapturedConnection): string {
  if (tls === 'none') return protocol ?? '?'
  return protocol === null ? 'TLS' : `${protocol} in TLS`
}

function summaryBlocks(connections: readonly CapturedConnection[]): Block[] {
  const left = ['', 'client → server', 'protocol']
  const right = ['messages →', '←', 'wire', 'network', 'unread']
  return [
    paragraph(
      'wire: bytes of the stream that were read; network: headers of IP and TCP, and what was sent again; unread: bytes of the stream that are in no layer. Together they are the total length of the IP packets.',
      'faint',
    ),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        ...left.map((title) => ({ title, align: 'left' as const })),
        ...right.map((title) => ({ title, align: 'right' as const })),
      ],
      groups: connections.map((connection) => {
        const { number, client, server, messages, ledger } = connection
        return {
          first: cellText(String(number)),
          rows: [
            [
              cellText(`${client} → ${server}`),
              cellText(protocolText(connection)),
              ...DIRECTIONS.map((direction) => countText(messages?.[direction] ?? 0)),
              countText(sumLedger(ledger)),
              countText(sumLedger(ledger, { layer: 'network' })),
              countText(unreadBytes(connection)),
            ],
          ],
        }
      }),
    },
  ]
}

function connectionBlocks(connection: CapturedConnection): Block[] {
  const { number, client, server, ledger, unread, remarks, outcomes } = connection
  const losses = unread.map(
    ({ direction, bytes, reason }) =>
      `${ARROWS[direction]} ${formatBytes(bytes)} unread: ${reason}`,
  )
  return [
    heading(2, `${number}: ${client} → ${server}, ${protocolText(connection)}`),
    { kind: 'list', items: factsOf(connection), tone: 'faint' },
    ...(losses.length === 0 ? [] : [{ kind: 'list', items: losses, tone: 'bad' } as const]),
    ...outcomeBlocks(outcomes),
    ...(remarks.length === 0
      ? []
      : [{ kind: 'list', items: remarks.map(wireRemarkText), tone: 'mixed' } as const]),
    ledgerTable(ledger),
  ]
}

const BEGINNINGS = { captured: '', joined: 'joined: it began before the capture; ' }
const ENDINGS = {
  finished: 'ended in order',
  reset: 'was reset',
  missing: 'did not end in the capture',
}

function factsOf(connection: CapturedConnection): string[] {
  const { beginning, ending, packets, units, repeatedBytes } = connection
  const repeated = repeatedBytes.up + repeatedBytes.down
  return [
    [
      `${BEGINNINGS[beginning]}${ENDINGS[ending]}`,
      `${formatCount(packets.up)} packets →, ${formatCount(packets.down)} ←`,
      ...(repeated === 0 ? [] : [`${formatBytes(repeated)} of payload came again`]),
    ].join('; '),
    ...DIRECTIONS.flatMap((direction) => {
      const own = units.filter((unit) => unit.direction === direction)
      if (own.length === 0) return []
      return [
        `${ARROWS[direction]} ${own.map(({ label, count }) => `${formatCount(count)} ${label}`).join(', ')}`,
      ]
    }),
  ]
}

function sumBlocks(connections: readonly CapturedConnection[]): Block[] {
  const all: LedgerEntry[] = connections.flatMap(({ ledger }) => ledger)
  const unread = connections.reduce((sum, connection) => sum + unreadBytes(connection), 0)
  return [
    heading(2, 'all connections'),
    ...(unread === 0 ? [] : [paragraph(`${formatBytes(unread)} unread`, 'bad')]),
    ledgerTable(all),
  ]
}
