import type {
  CapturedConnection,
  CapturedProtocol,
  CaptureLedger,
  UnreadReason,
} from '../../model/report/tap/captured.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  heading,
  paragraph,
  type Tone,
} from '../document/document.ts'
import { outcomeBlocks } from '../document/outcome-lines.ts'
import { subjectBlocks } from '../document/subject-table.ts'
import { wireRemarkText } from '../document/wire-remark-text.ts'
import { ledgerTable } from '../inspect/ledger-table.ts'
import { conclusionLines, messageCost } from './conclusion.ts'

/** So many connections are shown, the greatest; the others are added up. */
const MOST_SHOWN = 20
/** So few are shown each with its ledger. */
const MOST_DETAILED = 5

const ARROWS: Record<Direction, string> = { up: '→', down: '←' }

/**
 * A capture as a person reads it: what it comes to, then each protocol, what
 * could not be read and why, the greatest connections.
 * @param extent `full`: every connection, each with its ledger
 */
export function captureDocument(capture: CaptureLedger, extent: 'short' | 'full'): Block[] {
  const { file, format, packets, protocols, connections, remarks } = capture
  const detailed = extent === 'full' || connections.length <= MOST_DETAILED ? connections : []
  return [
    heading(
      1,
      `${file}: ${format}, ${counted(packets, 'packet')}, ${counted(connections.length, 'connection')}`,
    ),
    ...(packets === 0 ? [paragraph('there is no packet in it')] : []),
    ...(connections.length === 0
      ? []
      : [{ kind: 'list', items: conclusionLines(protocols), tone: 'strong' } as const]),
    ...(protocols.length === 0 ? [] : protocolBlocks(protocols)),
    ...listOf(remarks.map(remarkText), 'mixed'),
    ...subjectBlocks(
      protocols.flatMap(({ subjects }) => subjects).sort((a, b) => b.bytes - a.bytes),
    ),
    ...(connections.length === 0 ? [] : connectionTable(connections, extent)),
    ...detailed.flatMap(connectionBlocks),
    ...(connections.length > 1
      ? [heading(2, 'all connections'), ledgerTable(allOf(protocols))]
      : []),
    ...(detailed.length < connections.length
      ? [paragraph('--full has every connection, each with its ledger.', 'faint')]
      : []),
  ]
}

const allOf = (protocols: readonly CapturedProtocol[]) => protocols.flatMap(({ ledger }) => ledger)

const listOf = (items: readonly string[], tone: Tone): Block[] =>
  items.length === 0 ? [] : [{ kind: 'list', items, tone }]

const NOTE = paragraph(
  'wire: bytes of the stream that were read; network: headers of IP and what is around it, and of TCP, and what was sent again; unread: bytes of the stream that are in no layer. Together they are the total length of the IP packets.',
  'faint',
)

/** Each protocol in a line; then why bytes are unread, what was refused, what was odd, however many connections there are. */
function protocolBlocks(protocols: readonly CapturedProtocol[]): Block[] {
  const several = protocols.length > 1
  const named = (protocol: string, texts: readonly string[]): string[] =>
    texts.map((text) => (several ? `${protocol}: ${text}` : text))
  return [
    NOTE,
    protocolTable(protocols),
    ...listOf(
      protocols.flatMap(({ protocol, unread }) => named(protocol, unread.map(reasonText))),
      'bad',
    ),
    ...protocols.flatMap(({ protocol, outcomes }) =>
      outcomeBlocks(outcomes.filter(isTrouble), several ? protocol : null),
    ),
    ...listOf(
      protocols.flatMap(({ protocol, remarks }) => named(protocol, remarks.map(wireRemarkText))),
      'mixed',
    ),
  ]
}

const isTrouble = ({ verdict }: CapturedProtocol['outcomes'][number]): boolean =>
  verdict === 'refused' || verdict === 'unanswered'

const reasonText = ({ direction, bytes, connections, reason }: UnreadReason): string =>
  `${ARROWS[direction]} ${formatBytes(bytes)} unread on ${counted(connections, 'connection')}: ${reason}`

const COLUMNS = ['messages →', '←', 'wire', 'network', 'unread'] as const

function protocolTable(protocols: readonly CapturedProtocol[]): Block {
  return {
    kind: 'table',
    frame: 'plain',
    columns: [
      { title: 'protocol', align: 'left' },
      ...['conns', ...COLUMNS, 'a message'].map((title) => ({ title, align: 'right' as const })),
    ],
    groups: protocols.map((sum) => {
      const cost = messageCost(sum)
      return {
        first: cellText(sum.protocol),
        rows: [
          [
            countText(sum.connections),
            ...figuresOf(sum),
            cost === null ? BLANK : cellText(formatCount(cost.wire)),
          ],
        ],
      }
    }),
  }
}

type Figures = Pick<CapturedConnection, 'messages' | 'ledger' | 'unread'>

const figuresOf = (sum: Figures): CellText[] => [
  ...DIRECTIONS.map((direction) => countText(sum.messages?.[direction] ?? 0)),
  countText(sumLedger(sum.ledger)),
  countText(sumLedger(sum.ledger, { layer: 'network' })),
  countText(unreadBytes(sum)),
]

const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`

const remarkText = ({ text, count }: CaptureLedger['remarks'][number]): string =>
  count === 1 ? text : `${text} (${formatCount(count)} times)`

const unreadBytes = ({ unread }: Figures): number =>
  unread.reduce((sum, { bytes }) => sum + bytes, 0)

const countText = (count: number): CellText => cellText(count === 0 ? '' : formatCount(count))

/** `mqtt/3.1.1 in TLS`, `TLS`, `?`. */
function protocolText({ protocol, tls }: CapturedConnection): string {
  if (tls === 'none') return protocol ?? '?'
  return protocol === null ? 'TLS' : `${protocol} in TLS`
}

const sizeOf = (connection: CapturedConnection): number =>
  sumLedger(connection.ledger) +
  sumLedger(connection.ledger, { layer: 'network' }) +
  unreadBytes(connection)

/** In the order in which they begin; where there are many, the greatest, and the sum of the others. */
function connectionTable(
  connections: readonly CapturedConnection[],
  extent: 'short' | 'full',
): Block[] {
  const sizes = new Map(connections.map((one) => [one, sizeOf(one)]))
  const most = extent === 'full' ? connections.length : MOST_SHOWN
  const shown = connections
    .toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0))
    .slice(0, most)
    .sort((a, b) => a.number - b.number)
  const others = connections.length - shown.length
  const kept = new Set(shown)
  const rest = connections
    .filter((one) => !kept.has(one))
    .reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0)
  return [
    heading(2, others === 0 ? 'connections' : `the ${MOST_SHOWN} greatest connections`),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        ...['', 'client → server', 'protocol'].map((title) => ({ title, align: 'left' as const })),
        ...COLUMNS.map((title) => ({ title, align: 'right' as const })),
      ],
      groups: shown.map((connection) => ({
        first: cellText(String(connection.number)),
        rows: [
          [
            cellText(`${connection.client} → ${connection.server}`),
            cellText(protocolText(connection)),
            ...figuresOf(connection),
          ],
        ],
      })),
    },
    ...(others === 0
      ? []
      : [paragraph(`and ${formatCount(others)} more: ${formatBytes(rest)} in all layers`)]),
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
