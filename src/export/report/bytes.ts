import { bytesOf, totalLinkBytesOf } from '../../model/report/metric.ts'
import type { BytesResult, Cell, Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatCount, formatRatio } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Flow } from '../../model/vocabulary.ts'
import {
  type LedgerFilter,
  linkBasisOf,
  networkPerMessage,
  sumLedger,
} from '../../model/wire/ledger.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { lastMessageOf, whyText } from '../message-why.ts'
import { WORDS } from '../words.ts'
import { judgedText } from './cost/budgets.ts'
import {
  reasonLines,
  type ScenarioCells,
  scenarioCells,
  scenarioHeading,
  transportName,
} from './scenario-cells.ts'

interface Figure {
  title: string
  /** What a budget calls it; left out where none can be set. */
  metric?: string
  of(bytes: BytesResult): string
  /** Left out where no cell has any. */
  shownIf?(bytes: BytesResult): boolean
  /** Of the connections: in a table of its own where all together are too wide for 80 columns. */
  ofConnections?: true
}

const say = catalogue({
  en: {
    bytes: 'Bytes',
    whatIsShown:
      'wire bytes per message, both directions, acknowledgements included; steady phase; measured at a relay. wire is the sum of the columns before it; setup, idle and close: bytes of all connections together.',
    link: (how: string) =>
      `link is wire with the headers of TCP, UDP and IP and with pure acknowledgements, each message in its own time; ${how}.`,
    counted: 'counted on an Ethernet link between two network namespaces',
    modelled: ' modelled from the bytes of the stream',
    totals:
      'wire total and link total: one message with its share of setup and close, which is what it costs where it opens its own connection.',
    connections: 'the connections:',
    ofFanOut: ' (a message: on the publisher’s link, and on those of all subscribers)',
    ofRoundTrip: ' (a message: a command, with the state that answers it)',
    columns: {
      payload: 'payload',
      framing: 'framing',
      ack: 'ack',
      other: 'other',
      wire: 'wire',
      link: 'link',
      times: '× payload',
      setup: 'setup',
      idle: 'idle',
      close: 'close',
      wireTotal: 'wire total',
      linkTotal: 'link total',
    },
  },
  'zh-TW': {
    bytes: '位元組',
    whatIsShown:
      '每則訊息的線路位元組，含兩個方向與確認；穩定階段；在中繼測得。線路為其左側各欄之和；建立、閒置與關閉為所有連線合計的位元組。',
    link: (how) =>
      `鏈路為線路加上 TCP、UDP 與 IP 的標頭，以及純確認封包，每則訊息各自計算；${how}。`,
    counted: '在兩個網路命名空間之間的乙太網路鏈路上計數',
    modelled: ' 由串流的位元組以模型估算',
    totals: '線路總計與鏈路總計：一則訊息加上它分攤的建立與關閉，也就是自己開連線時的花費。',
    connections: '連線：',
    ofFanOut: '（一則訊息：發布者的鏈路加上所有訂閱者的鏈路）',
    ofRoundTrip: '（一則訊息：一個指令與回應它的狀態）',
    columns: {
      payload: '負載',
      framing: '封裝',
      ack: '確認',
      other: '其他',
      wire: '線路',
      link: '鏈路',
      times: '× 負載',
      setup: '建立',
      idle: '閒置',
      close: '關閉',
      wireTotal: '線路總計',
      linkTotal: '鏈路總計',
    },
  },
})

const perMessage = (bytes: BytesResult, total: number): string =>
  bytes.messages === 0 ? '' : formatCount(total / bytes.messages)

const steady = (bytes: BytesResult, filter: LedgerFilter = {}): number =>
  sumLedger(bytes.ledger, { ...filter, phase: 'steady' })

const otherSteady = (bytes: BytesResult): number =>
  steady(bytes, { layer: 'control' }) + steady(bytes, { layer: 'security' })

const phaseTotal = (bytes: BytesResult, phase: 'setup' | 'idle' | 'close'): number =>
  sumLedger(bytes.ledger, { phase })

const isOwnConnection = (bytes: BytesResult | null): boolean =>
  bytes?.firstMessage?.connection === 'own'

const MODELLED = '≈'

/** What is modelled is marked where it stands. */
const markedText = ({ ledger }: BytesResult, bytes: number): string =>
  (linkBasisOf(ledger) === 'modelled' ? MODELLED : '') + formatCount(bytes)

function linkText(bytes: BytesResult): string {
  const { ledger, messages } = bytes
  if (linkBasisOf(ledger) === null || messages === 0) return ''
  return markedText(bytes, steady(bytes) / messages + networkPerMessage(ledger, messages))
}

/** Opening and closing the connection included. */
function linkTotalText(bytes: BytesResult): string {
  const total = totalLinkBytesOf(bytes)
  return total === null ? '' : markedText(bytes, total)
}

const figuresOfBytes = (): readonly Figure[] => [
  {
    title: say.columns.payload,
    metric: 'payload_bytes',
    of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'payload' })),
  },
  {
    title: say.columns.framing,
    of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'framing' })),
  },
  {
    title: say.columns.ack,
    of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'acknowledgement' })),
  },
  {
    title: say.columns.other,
    of: (bytes) => perMessage(bytes, otherSteady(bytes)),
    shownIf: (bytes) => otherSteady(bytes) > 0,
  },
  {
    title: say.columns.wire,
    metric: 'wire_bytes_per_message',
    of: (bytes) => perMessage(bytes, steady(bytes)),
  },
  {
    title: say.columns.link,
    metric: 'link_bytes_per_message',
    of: linkText,
    shownIf: ({ ledger }) => linkBasisOf(ledger) !== null,
  },
  {
    title: say.columns.times,
    metric: 'wire_to_payload_ratio',
    of: (bytes) => {
      const payload = steady(bytes, { layer: 'payload' })
      return payload === 0 ? '' : formatRatio(steady(bytes) / payload)
    },
  },
  {
    title: say.columns.setup,
    metric: 'setup_bytes',
    of: (bytes) => formatCount(phaseTotal(bytes, 'setup')),
    ofConnections: true,
  },
  {
    title: say.columns.idle,
    of: (bytes) => formatCount(phaseTotal(bytes, 'idle')),
    shownIf: (bytes) => phaseTotal(bytes, 'idle') > 0,
    ofConnections: true,
  },
  {
    title: say.columns.close,
    metric: 'close_bytes',
    of: (bytes) => formatCount(phaseTotal(bytes, 'close')),
    ofConnections: true,
  },
  // Where each message has a connection of its own, this is what it costs.
  {
    title: say.columns.wireTotal,
    metric: 'total_wire_bytes_per_message',
    of: (bytes) => perMessage(bytes, sumLedger(bytes.ledger) - phaseTotal(bytes, 'idle')),
    shownIf: isOwnConnection,
    ofConnections: true,
  },
  {
    title: say.columns.linkTotal,
    metric: 'total_link_bytes_per_message',
    of: linkTotalText,
    shownIf: (bytes) => isOwnConnection(bytes) && linkBasisOf(bytes.ledger) !== null,
    ofConnections: true,
  },
]

/** More figures leave no room for the completion in 80 columns; it stands beside the latencies too. */
const MOST_BESIDE_COMPLETION = 8

/** More than these do not fit beside each other. */
const MOST_FIGURES = 9

/** What a message is, where the flow gives it another meaning. */
const messageNote = (flow: Flow): string =>
  flow === 'fanout' ? say.ofFanOut : flow === 'roundtrip' ? say.ofRoundTrip : ''

/** Every byte of one message by its purpose, for each scenario. */
export function bytesBlocks(report: Report): Block[] {
  if (!report.plan.measures.includes('bytes')) return []
  const sections = scenarioCells(report).flatMap((entry) => scenarioBlocks(entry, report))
  if (sections.length === 0) return []
  return [
    heading(1, say.bytes),
    paragraph(say.whatIsShown, 'faint'),
    ...linkNote(report),
    ...(report.cells.some((cell) => isOwnConnection(bytesOf(cell)))
      ? [paragraph(say.totals, 'faint')]
      : []),
    ...sections,
  ]
}

function linkNote(report: Report): Block[] {
  const bases = new Set(report.cells.map((cell) => linkBasisOf(bytesOf(cell)?.ledger ?? [])))
  bases.delete(null)
  if (bases.size === 0) return []
  const reason = report.plan.linkBytes?.reason ?? null
  const how = [
    ...(bases.has('measured') ? [say.counted] : []),
    ...(bases.has('modelled')
      ? [MODELLED + (reason === null ? say.modelled : WORDS.named(say.modelled, saidText(reason)))]
      : []),
  ]
  return [paragraph(say.link(how.join(WORDS.semicolon)), 'faint')]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  // What stays inside the process has no wire; what failed is shown, with its reason.
  const shown = cells.filter((cell) => cell.status !== 'measured' || cell.bytes !== null)
  if (shown.length === 0) return []
  const results = shown.flatMap((cell) => bytesOf(cell) ?? [])
  const known = figuresOfBytes().filter(
    ({ shownIf }) => shownIf === undefined || results.some(shownIf),
  )
  const isWide = known.length > MOST_FIGURES
  const ofMessages = isWide ? known.filter(({ ofConnections }) => !ofConnections) : known
  return [
    heading(2, scenarioHeading(scenario) + messageNote(scenario.flow)),
    table(report, shown, ofMessages),
    ...(isWide
      ? [
          paragraph(say.connections, 'faint'),
          table(
            report,
            shown,
            known.filter(({ ofConnections }) => ofConnections),
          ),
        ]
      : []),
    ...whyBlocks(scenario, shown),
    ...listOf(reasonLines(shown), 'bad'),
  ]
}

/** Why the dearest and the cheapest message take what they take; `inspect` says it of every transport. */
function whyBlocks({ flow }: ScenarioCells['scenario'], cells: readonly Cell[]): Block[] {
  // Of other flows a message is several on the wire.
  if (flow !== 'uplink') return []
  const told = cells
    .flatMap((cell) => {
      const bytes = cell.status === 'measured' ? cell.bytes : null
      if (bytes === null || bytes.messages === 0) return []
      const why = whyText(cell.transport, bytes, lastMessageOf(bytes.exchange))
      return why === null ? [] : [{ why, wire: steady(bytes) / bytes.messages }]
    })
    .sort((a, b) => b.wire - a.wire)
  const lines = [told.at(0), ...(told.length > 1 ? [told.at(-1)] : [])].flatMap(
    (each) => each?.why ?? [],
  )
  return listOf(lines)
}

function table(report: Report, cells: readonly Cell[], figures: readonly Figure[]): Block {
  const isWide = figures.length > MOST_BESIDE_COMPLETION
  const rowOf = (cell: Cell): CellText[] => {
    const bytes = bytesOf(cell)
    return [
      ...(isWide ? [] : [cellText(WORDS.completions[cell.completion])]),
      ...figures.map(({ of, metric }) =>
        bytes === null ? BLANK : judgedText(of(bytes), metric, cell, report),
      ),
    ]
  }
  return plainTable(
    [WORDS.transport, ...(isWide ? [] : [WORDS.completion])],
    figures.map(({ title }) => title),
    cells.map((cell) =>
      rowGroup(
        cellText(transportName(cell), cell.status === 'measured' ? undefined : 'bad'),
        rowOf(cell),
      ),
    ),
  )
}
