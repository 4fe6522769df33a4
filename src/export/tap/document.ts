import type { TapConnection, TapProtocol, TapReport } from '../../model/report/tap/tap-report.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { wirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import {
  BLANK,
  type Block,
  cellText,
  countText,
  heading,
  list,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { outcomeBlocks, unitLines } from '../document/outcome-lines.ts'
import { subjectBlocks } from '../document/subject-table.ts'
import { unreadBytes, unreadText, wireRemarkText } from '../document/wire-remark-text.ts'
import { ledgerTable } from '../inspect/ledger-table.ts'
import { ARROWS, WORDS } from '../words.ts'
import { elapsedText } from './elapsed.ts'

const say = catalogue({
  en: {
    endings: {
      signal: 'ended by a signal',
      duration: 'ended when its time was over',
      connections: 'ended with its last connection',
      running: 'still running',
    },
    nothing: 'nothing has crossed',
    note: 'wire: bytes of the streams, TLS included; headers of TCP and IP are not seen here. a message: wire bytes of the steady phase, acknowledgements included. unread: wire bytes that are in no layer.',
    connections: (count: number) =>
      `${formatCount(count)} ${plural(count, 'connection', 'connections')}`,
    fates: {
      closed: (count: string) => `${count} closed in order`,
      broken: (count: string) => `${count} broken`,
      unreachable: (count: string) => `${count} reset, as the target could not be reached`,
      open: (count: string) => `${count} still open`,
    },
    atOnce: (count: string) => `at most ${count} at once`,
    lost: (count: string) => `${count} connections could not be accepted`,
    endsEarly: (why: string) => `ends early: ${why}`,
    columns: {
      ...{ protocol: 'protocol', connections: 'conns', broken: 'broken' },
      ...{ messages: 'messages →', wire: 'wire →', aMessage: 'a message', unread: 'unread' },
    },
    unreadBecause: (bytes: string, reason: string) => `${bytes} unread, ${reason}`,
    notable: 'connections worth a look',
    notableColumns: { client: 'client', protocol: 'protocol', state: 'state', wire: 'wire' },
    states: {
      ...{ open: 'open', closed: 'closed', broken: 'broken', unreachable: 'unreachable' },
    },
  },
  'zh-TW': {
    endings: {
      signal: '被信號結束',
      duration: '時間到而結束',
      connections: '最後一條連線後結束',
      running: '仍在進行',
    },
    nothing: '沒有任何內容經過',
    note: '線路：串流的位元組，含 TLS；這裡看不到 TCP 與 IP 的標頭。每則訊息：穩定階段的線路位元組，含確認。未讀：不屬於任何一層的線路位元組。',
    connections: (count) => `${formatCount(count)} 條連線`,
    fates: {
      closed: (count) => `${count} 條正常關閉`,
      broken: (count) => `${count} 條中斷`,
      unreachable: (count) => `${count} 條因連不到目標而重設`,
      open: (count) => `${count} 條仍開啟`,
    },
    atOnce: (count) => `同時最多 ${count} 條`,
    lost: (count) => `${count} 條連線無法接受`,
    endsEarly: (why) => `提早結束：${why}`,
    columns: {
      ...{ protocol: '協定', connections: '連線', broken: '中斷' },
      ...{ messages: '訊息 →', wire: '線路 →', aMessage: '每則訊息', unread: '未讀' },
    },
    unreadBecause: (bytes, reason) => `${bytes} 未讀，${reason}`,
    notable: '值得一看的連線',
    notableColumns: { client: '用戶端', protocol: '協定', state: '狀態', wire: '線路' },
    states: { open: '開啟', closed: '關閉', broken: '中斷', unreachable: '連不到' },
  },
})

/** What a tap saw, as a person reads it: all of it, each protocol, and the connections worth a look. */
export function tapDocument(report: TapReport): Block[] {
  const { listen, target, protocols, notable } = report
  return [
    heading(1, `tap ${listen} → ${target}`),
    list(factsOf(report)),
    ...(protocols.length === 0
      ? [paragraph(say.nothing)]
      : [paragraph(say.note, 'faint'), protocolTable(protocols)]),
    ...subjectBlocks(protocols),
    ...protocols.flatMap(protocolBlocks),
    ...(notable.length === 0 ? [] : notableBlocks(notable)),
  ]
}

function factsOf({ durationMs, ending, connections, wireBytes, capture }: TapReport): string[] {
  const { accepted, open, closed, broken, unreachable, lost, peakConcurrent } = connections
  const counts = { closed, broken, unreachable, open }
  const fates = (['closed', 'broken', 'unreachable', 'open'] as const)
    .filter((fate) => counts[fate] > 0)
    .map((fate) => say.fates[fate](formatCount(counts[fate])))
  return [
    [elapsedText(durationMs), say.endings[ending]].join(WORDS.semicolon),
    [say.connections(accepted), ...fates, say.atOnce(formatCount(peakConcurrent))].join(
      WORDS.comma,
    ),
    ...(lost === 0 ? [] : [say.lost(formatCount(lost))]),
    [`→ ${formatBytes(wireBytes.up)}`, `← ${formatBytes(wireBytes.down)}`].join(WORDS.comma),
    ...(capture === null
      ? []
      : [
          WORDS.named(
            capture.file,
            [
              formatBytes(capture.bytes),
              ...(capture.reason === null ? [] : [say.endsEarly(wirePhrase(capture.reason))]),
            ].join(WORDS.comma),
          ),
        ]),
  ]
}

function protocolTable(protocols: readonly TapProtocol[]): Block {
  const { connections, broken, messages, wire, aMessage, unread } = say.columns
  const right = [connections, broken, messages, '←', wire, '←', aMessage, unread]
  return plainTable(
    [say.columns.protocol],
    right,
    protocols.map((totals) => {
      const { connections, messages, wireBytes, steadyWireBytesPerMessage: each } = totals
      const { open, closed, broken } = connections
      return rowGroup(totals.protocol, [
        countText(open + closed + broken),
        countText(broken),
        ...DIRECTIONS.map((direction) =>
          messages === null ? BLANK : cellText(formatCount(messages[direction])),
        ),
        ...DIRECTIONS.map((direction) => countText(wireBytes[direction])),
        each === null ? BLANK : cellText(formatCount(each)),
        countText(unreadBytes(totals.unread)),
      ])
    }),
  )
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
  return [
    heading(2, protocol),
    ...listOf(unitLines(units), 'faint'),
    ...listOf(unread.map(unreadText), 'mixed'),
    ...outcomeBlocks(outcomes),
    ...listOf(remarks.map(wireRemarkText), 'mixed'),
    ...(ledger.length === 0 ? [] : [ledgerTable(ledger)]),
  ]
}

function notableBlocks(notable: readonly TapConnection[]): Block[] {
  const { client, protocol, state, wire } = say.notableColumns
  return [
    heading(2, say.notable),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: '', align: 'right' },
        ...[client, protocol, state].map((title) => ({ title, align: 'left' as const })),
        ...[wire, WORDS.phases.steady].map((title) => ({ title, align: 'right' as const })),
      ],
      groups: notable.map((one) =>
        rowGroup(String(one.number), [
          ...[one.client, one.protocol],
          cellText(say.states[one.state], ['closed', 'open'].includes(one.state) ? 'faint' : 'bad'),
          countText(one.wireBytes.up + one.wireBytes.down),
          countText(sumLedger(one.ledger, { phase: 'steady' })),
        ]),
      ),
    },
    ...troubleOf(notable),
  ]
}

function troubleOf(notable: readonly TapConnection[]): Block[] {
  const items = notable.flatMap(({ number, reason, unread, protocol }) => [
    ...(reason === null ? [] : [WORDS.named(String(number), wirePhrase(reason))]),
    ...(protocol === 'TLS'
      ? []
      : unread.map((each) =>
          WORDS.named(
            String(number),
            `${ARROWS[each.direction]} ${say.unreadBecause(formatBytes(each.bytes), wirePhrase(each.reason))}`,
          ),
        )),
  ])
  return listOf(items, 'bad')
}
