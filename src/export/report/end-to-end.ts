import type { EndToEnd, Received } from '../../model/report/reception.ts'
import type { Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  list,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'

const say = catalogue({
  en: {
    endToEnd: (publishers: number, subscribers: number) =>
      `End to end: ${publishers} ${plural(publishers, 'publisher', 'publishers')}, ${subscribers} ${plural(subscribers, 'subscriber', 'subscribers')}`,
    received: 'Received',
    columns: {
      sent: 'sent',
      acknowledged: 'acknowledged',
      delivered: 'delivered',
      missing: 'missing',
      duplicated: 'duplicated',
      reordered: 'out of order',
      corrupted: 'corrupted',
      messages: 'messages',
      bytes: 'bytes',
      gaps: 'gaps',
      silent: 'silent',
    },
    unnumbered:
      'payloads hold no number: duplicates, gaps and order are not known of the subscribers alone',
    silent: 'silent: connections of publishers that nothing came from.',
  },
  'zh-TW': {
    endToEnd: (publishers, subscribers) =>
      `端到端：${publishers} 個發布者，${subscribers} 個訂閱者`,
    received: '收到的訊息',
    columns: {
      sent: '送出',
      acknowledged: '已確認',
      delivered: '送達',
      missing: '遺失',
      duplicated: '重複',
      reordered: '失序',
      corrupted: '損壞',
      messages: '訊息',
      bytes: '位元組',
      gaps: '缺號',
      silent: '無聲',
    },
    unnumbered: '負載不含編號：單憑訂閱者無從得知重複、缺號與順序',
    silent: '無聲：發布者中沒有任何訊息到達的連線。',
  },
})

type Column = keyof typeof say.columns

const ENDS = [
  ...(['sent', 'acknowledged', 'delivered', 'missing'] as const),
  ...(['duplicated', 'reordered', 'corrupted'] as const),
] satisfies Column[]
const RECEIVED = [
  ...(['messages', 'bytes', 'duplicated', 'reordered', 'gaps'] as const),
  ...(['corrupted', 'silent'] as const),
] satisfies Column[]
/** Of which there should be none. */
const FAULTS: readonly Column[] = [
  'missing',
  'duplicated',
  'reordered',
  'gaps',
  'corrupted',
  'silent',
]

/** What subscribers were told: of one of them, or held against what all publishers sent. */
export function endToEndBlocks({ cells }: Report): Block[] {
  return cells.flatMap((cell): Block[] => {
    if (cell.status === 'skipped') return []
    const { transport, endToEnd, received } = cell
    if (endToEnd !== undefined) {
      return [
        heading(1, say.endToEnd(endToEnd.publishers, endToEnd.subscribers)),
        tableOf(transport, ENDS, endToEnd satisfies Partial<Record<Column, unknown>>),
        list(endToEnd.unknown.map(saidText), 'mixed'),
      ]
    }
    if (received === undefined) return []
    return [
      heading(1, say.received),
      tableOf(transport, RECEIVED, { ...received, ...received.sequence }),
      list([say.silent, ...(received.sequence === null ? [say.unnumbered] : [])], 'faint'),
    ]
  })
}

function tableOf(
  transport: string,
  columns: readonly Column[],
  figures: Partial<Record<Column, number | null>> & (EndToEnd | Received),
): Block {
  return plainTable(
    [WORDS.transport],
    columns.map((name) => say.columns[name]),
    [
      rowGroup(
        transport,
        columns.map((name) => figureOf(name, figures[name] ?? null)),
      ),
    ],
  )
}

const figureOf = (name: Column, value: number | null): CellText =>
  value === null
    ? cellText('')
    : cellText(formatCount(value), FAULTS.includes(name) && value > 0 ? 'bad' : undefined)
