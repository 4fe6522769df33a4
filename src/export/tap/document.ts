import type {
  TapConnection,
  TapEnding,
  TapProtocol,
  TapReport,
} from '../../model/report/tap/tap-report.ts'
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
} from '../document/document.ts'
import { outcomeBlocks } from '../document/outcome-lines.ts'
import { subjectBlocks } from '../document/subject-table.ts'
import { wireRemarkText } from '../document/wire-remark-text.ts'
import { ledgerTable } from '../inspect/ledger-table.ts'
import { elapsedText } from './elapsed.ts'

const ARROWS: Record<Direction, string> = { up: '→', down: '←' }
const ENDINGS: Record<TapEnding, string> = {
  signal: 'ended by a signal',
  duration: 'ended when its time was over',
  connections: 'ended with its last connection',
  running: 'still running',
}

/** What a tap saw, as a person reads it: all of it, each protocol, and the connections worth a look. */
export function tapDocument(report: TapReport): Block[] {
  const { listen, target, protocols, notable } = report
  return [
    heading(1, `tap ${listen} → ${target}`),
    { kind: 'list', items: factsOf(report) },
    ...(protocols.length === 0
      ? [paragraph('nothing has crossed')]
      : [WIRE_NOTE, protocolTable(protocols)]),
    ...subjectBlocks(
      protocols.flatMap(({ subjects }) => subjects).sort((a, b) => b.bytes - a.bytes),
    ),
    ...protocols.flatMap(protocolBlocks),
    ...(notable.length === 0 ? [] : notableBlocks(notable)),
  ]
}

const WIRE_NOTE = paragraph(
  'wire: bytes of the streams, TLS included; headers of TCP and IP are not seen here. a message: wire bytes of the steady phase, acknowledgements included. unread: wire bytes that are in no layer.',
  'faint',
)

function factsOf({ durationMs, ending, connections, wireBytes, capture }: TapReport): string[] {
  const { accepted, open, closed, broken, unreachable, lost, peakConcurrent } = connections
  const fates: [number, string][] = [
    [closed, 'closed in order'],
    [broken, 'broken'],
    [unreachable, 'reset, as the target could not be reached'],
    [open, 'still open'],
  ]
  const fate = fates
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
  return [
    `${elapsedText(durationMs)}; ${ENDINGS[ending]}`,
    [
      `${formatCount(accepted)} connection${accepted === 1 ? '' : 's'}`,
      ...fate,
      `at most ${formatCount(peakConcurrent)} at once`,
    ].join(', '),
    ...(lost === 0 ? [] : [`${formatCount(lost)} connections could not be accepted`]),
    `→ ${formatBytes(wireBytes.up)}, ← ${formatBytes(wireBytes.down)}`,
    ...(capture === null
      ? []
      : [
          `${capture.file}: ${formatBytes(capture.bytes)}${capture.reason === null ? '' : `, ends early: ${capture.reason}`}`,
        ]),
  ]
}

const countText = (count: number): CellText => (count === 0 ? BLANK : cellText(formatCount(count)))

const unreadBytes = (unread: readonly { bytes: number }[]): number =>
  unread.reduce((sum, { bytes }) => sum + bytes, 0)

function protocolTable(protocols: readonly TapProtocol[]): Block {
  const right = ['conns', 'broken', 'messages →', '←', 'wire →', '←', 'a message', 'unread']
  return {
    kind: 'table',
    frame: 'plain',
    columns: [
      { title: 'protocol', align: 'left' },
      ...right.map((title) => ({ title, align: 'right' as const })),
    ],
    groups: protocols.map((totals) => {
      const { connections, messages, wireBytes, steadyWireBytesPerMessage: each } = totals
      const { open, closed, broken } = connections
      return {
        first: cellText(totals.protocol),
        rows: [
          [
            countText(open + closed + broken),
            countText(broken),
            ...DIRECTIONS.map((direction) =>
              messages === null ? BLANK : cellText(formatCount(messages[direction])),
            ),
            ...DIRECTIONS.map((direction) => countText(wireBytes[direction])),
            each === null ? BLANK : cellText(formatCount(each)),
            countText(unreadBytes(totals.unread)),
          ],
        ],
      }
    }),
  }
}

function protocolBlocks({
  protocol,
  ledger,
  units,
  unread,
  remarks,
  outcomes,
}: TapProtocol): Block[] {
  if (ledger.length === 0 && unread.length === 0) return []
  const crossed = DIRECTIONS.flatMap((direction) => {
    const own = units.filter((unit) => unit.direction === direction)
    if (own.length === 0) return []
    return [
      `${ARROWS[direction]} ${own.map(({ label, count }) => `${formatCount(count)} ${label}`).join(', ')}`,
    ]
  })
  const losses = unread.map(
    ({ direction, bytes, connections, reason }) =>
      `${ARROWS[direction]} ${formatBytes(bytes)} unread on ${formatCount(connections)} connection${connections === 1 ? '' : 's'}: ${reason}`,
  )
  return [
    heading(2, protocol),
    ...(crossed.length === 0 ? [] : [{ kind: 'list', items: crossed, tone: 'faint' } as const]),
    ...(losses.length === 0 ? [] : [{ kind: 'list', items: losses, tone: 'mixed' } as const]),
    ...outcomeBlocks(outcomes),
    ...(remarks.length === 0
      ? []
      : [{ kind: 'list', items: remarks.map(wireRemarkText), tone: 'mixed' } as const]),
    ...(ledger.length === 0 ? [] : [ledgerTable(ledger)]),
  ]
}

function notableBlocks(notable: readonly TapConnection[]): Block[] {
  return [
    heading(2, 'connections worth a look'),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: '', align: 'right' },
        { title: 'client', align: 'left' },
        { title: 'protocol', align: 'left' },
        { title: 'state', align: 'left' },
        { title: 'wire', align: 'right' },
        { title: 'steady', align: 'right' },
      ],
      groups: notable.map(({ number, client, protocol, state, wireBytes, ledger }) => ({
        first: cellText(String(number)),
        rows: [
          [
            cellText(client),
            cellText(protocol),
            cellText(state, state === 'closed' || state === 'open' ? 'faint' : 'bad'),
            countText(wireBytes.up + wireBytes.down),
            countText(sumLedger(ledger, { phase: 'steady' })),
          ],
        ],
      })),
    },
    ...troubleOf(notable),
  ]
}

function troubleOf(notable: readonly TapConnection[]): Block[] {
  const items = notable.flatMap(({ number, reason, unread, protocol }) => [
    ...(reason === null ? [] : [`${number}: ${reason}`]),
    ...(protocol === 'TLS'
      ? []
      : unread.map(
          (each) =>
            `${number}: ${ARROWS[each.direction]} ${formatBytes(each.bytes)} unread, ${each.reason}`,
        )),
  ])
  return items.length === 0 ? [] : [{ kind: 'list', items, tone: 'bad' }]
}
