import type {
  CapturedConnection,
  CapturedProtocol,
  CaptureLedger,
} from '../../model/report/tap/captured.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { wirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  countText,
  heading,
  list,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { isTrouble, outcomeBlocks, timesText, unitLines } from '../document/outcome-lines.ts'
import { subjectBlocks } from '../document/subject-table.ts'
import { unreadBytes, unreadText, wireRemarkText } from '../document/wire-remark-text.ts'
import { ledgerTable } from '../inspect/ledger-table.ts'
import { ARROWS, WORDS } from '../words.ts'
import { conclusionLines, messageCost } from './conclusion.ts'

const counted = (count: number, what: string): string =>
  `${formatCount(count)} ${plural(count, what, `${what}s`)}`

const say = catalogue({
  en: {
    title: (file: string, format: string, packets: number, connections: number) =>
      `${file}: ${format}, ${counted(packets, 'packet')}, ${counted(connections, 'connection')}`,
    noPacket: 'there is no packet in it',
    allConnections: 'all connections',
    full: '--full has every connection, each with its ledger.',
    note: 'wire: bytes of the stream that were read; network: headers of IP and what is around it, and of TCP, and what was sent again; unread: bytes of the stream that are in no layer. Together they are the total length of the IP packets.',
    unreadBecause: (bytes: string, reason: string) => `${bytes} unread: ${reason}`,
    messages: 'messages →',
    wire: 'wire',
    unread: 'unread',
    protocol: 'protocol',
    connections: 'conns',
    aMessage: 'a message',
    inTls: (protocol: string) => `${protocol} in TLS`,
    allOfThem: 'connections',
    greatest: (count: number) => `the ${count} greatest connections`,
    places: 'client → server',
    more: (count: string, bytes: string) => `and ${count} more: ${bytes} in all layers`,
    connection: (number: number, places: string, protocol: string) =>
      `${number}: ${places}, ${protocol}`,
    joined: 'joined: it began before the capture',
    endings: {
      finished: 'ended in order',
      reset: 'was reset',
      missing: 'did not end in the capture',
    },
    packets: (up: string, down: string) => `${up} packets →, ${down} ←`,
    repeated: (bytes: string) => `${bytes} of payload came again`,
  },
  'zh-TW': {
    title: (file, format, packets, connections) =>
      `${file}：${format}，${formatCount(packets)} 個封包，${formatCount(connections)} 條連線`,
    noPacket: '裡面沒有封包',
    allConnections: '所有連線',
    full: '--full 列出每一條連線，各附其帳目。',
    note: '線路：讀到的串流位元組；網路：IP 及其外層與 TCP 的標頭，以及重送的；未讀：不屬於任何一層的串流位元組。三者相加即 IP 封包的總長度。',
    unreadBecause: (bytes, reason) => `${bytes} 未讀：${reason}`,
    messages: '訊息 →',
    wire: '線路',
    unread: '未讀',
    protocol: '協定',
    connections: '連線',
    aMessage: '每則訊息',
    inTls: (protocol) => `TLS 中的 ${protocol}`,
    allOfThem: '連線',
    greatest: (count) => `最大的 ${count} 條連線`,
    places: '用戶端 → 伺服器',
    more: (count, bytes) => `還有 ${count} 條：所有層共 ${bytes}`,
    connection: (number, places, protocol) => `${number}：${places}，${protocol}`,
    joined: '中途加入：它在擷取之前就開始了',
    endings: { finished: '正常結束', reset: '被重設', missing: '擷取時尚未結束' },
    packets: (up, down) => `封包 → ${up} 個，← ${down} 個`,
    repeated: (bytes) => `${bytes} 的負載重送了`,
  },
})

/** So many connections are shown, the greatest; the others are added up. */
const MOST_SHOWN = 20
/** So few are shown each with its ledger. */
const MOST_DETAILED = 5

/**
 * A capture as a person reads it: what it comes to, then each protocol, what
 * could not be read and why, the greatest connections.
 * @param extent `full`: every connection, each with its ledger
 */
export function captureDocument(capture: CaptureLedger, extent: 'short' | 'full'): Block[] {
  const { file, format, packets, protocols, connections, remarks } = capture
  const detailed = extent === 'full' || connections.length <= MOST_DETAILED ? connections : []
  return [
    heading(1, say.title(file, format, packets, connections.length)),
    ...(packets === 0 ? [paragraph(say.noPacket)] : []),
    ...(connections.length === 0 ? [] : [list(conclusionLines(protocols), 'strong')]),
    ...(protocols.length === 0 ? [] : protocolBlocks(protocols)),
    ...listOf(
      remarks.map(({ text, count }) => timesText(wirePhrase(text), count)),
      'mixed',
    ),
    ...subjectBlocks(protocols),
    ...(connections.length === 0 ? [] : connectionTable(connections, extent)),
    ...detailed.flatMap(connectionBlocks),
    ...(connections.length > 1
      ? [heading(2, say.allConnections), ledgerTable(allOf(protocols))]
      : []),
    ...(detailed.length < connections.length ? [paragraph(say.full, 'faint')] : []),
  ]
}

const allOf = (protocols: readonly CapturedProtocol[]) => protocols.flatMap(({ ledger }) => ledger)

/** Each protocol in a line; then why bytes are unread, what was refused, what was odd, however many connections there are. */
function protocolBlocks(protocols: readonly CapturedProtocol[]): Block[] {
  const several = protocols.length > 1
  const named = (protocol: string, texts: readonly string[]): string[] =>
    texts.map((text) => (several ? WORDS.named(protocol, text) : text))
  return [
    paragraph(say.note, 'faint'),
    protocolTable(protocols),
    ...listOf(
      protocols.flatMap(({ protocol, unread }) => named(protocol, unread.map(unreadText))),
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

const columns = (): string[] => [say.messages, '←', say.wire, WORDS.layers.network, say.unread]

function protocolTable(protocols: readonly CapturedProtocol[]): Block {
  return plainTable(
    [say.protocol],
    [say.connections, ...columns(), say.aMessage],
    protocols.map((sum) => {
      const cost = messageCost(sum)
      return rowGroup(sum.protocol, [
        countText(sum.connections),
        ...figuresOf(sum),
        cost === null ? BLANK : cellText(formatCount(cost.wire)),
      ])
    }),
  )
}

type Figures = Pick<CapturedConnection, 'messages' | 'ledger' | 'unread'>

const figuresOf = (sum: Figures): CellText[] => [
  ...DIRECTIONS.map((direction) => countText(sum.messages?.[direction] ?? 0)),
  countText(sumLedger(sum.ledger)),
  countText(sumLedger(sum.ledger, { layer: 'network' })),
  countText(unreadBytes(sum.unread)),
]

/** `mqtt/3.1.1 in TLS`, `TLS`, `?`. */
function protocolText({ protocol, tls }: CapturedConnection): string {
  if (tls === 'none') return protocol ?? '?'
  return protocol === null ? 'TLS' : say.inTls(protocol)
}

const sizeOf = (connection: CapturedConnection): number =>
  sumLedger(connection.ledger) +
  sumLedger(connection.ledger, { layer: 'network' }) +
  unreadBytes(connection.unread)

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
    heading(2, others === 0 ? say.allOfThem : say.greatest(MOST_SHOWN)),
    plainTable(
      ['', say.places, say.protocol],
      columns(),
      shown.map((connection) =>
        rowGroup(String(connection.number), [
          `${connection.client} → ${connection.server}`,
          protocolText(connection),
          ...figuresOf(connection),
        ]),
      ),
    ),
    ...(others === 0 ? [] : [paragraph(say.more(formatCount(others), formatBytes(rest)))]),
  ]
}

function connectionBlocks(connection: CapturedConnection): Block[] {
  const { number, client, server, ledger, unread, remarks, outcomes } = connection
  const losses = unread.map(
    ({ direction, bytes, reason }) =>
      `${ARROWS[direction]} ${say.unreadBecause(formatBytes(bytes), wirePhrase(reason))}`,
  )
  return [
    heading(2, say.connection(number, `${client} → ${server}`, protocolText(connection))),
    list(factsOf(connection), 'faint'),
    ...listOf(losses, 'bad'),
    ...outcomeBlocks(outcomes),
    ...listOf(remarks.map(wireRemarkText), 'mixed'),
    ledgerTable(ledger),
  ]
}

function factsOf(connection: CapturedConnection): string[] {
  const { beginning, ending, packets, units, repeatedBytes } = connection
  const repeated = repeatedBytes.up + repeatedBytes.down
  return [
    [
      ...(beginning === 'joined' ? [say.joined] : []),
      say.endings[ending],
      say.packets(formatCount(packets.up), formatCount(packets.down)),
      ...(repeated === 0 ? [] : [say.repeated(formatBytes(repeated))]),
    ].join(WORDS.semicolon),
    ...unitLines(units),
  ]
}
