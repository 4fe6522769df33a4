import type { InspectedCell, Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { LAYERS, PHASES } from '../../model/vocabulary.ts'
import type { Exchange } from '../../model/wire/exchange.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { wirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import {
  type Block,
  cellText,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { whyText } from '../message-why.ts'
import { WORDS } from '../words.ts'
import { hasExchange, ledgerOf } from './cell-ledger.ts'
import { describeDifference } from './difference.ts'
import { layerTitle } from './layers.ts'
import { ledgerTable } from './ledger-table.ts'

const say = catalogue({
  en: {
    legend:
      '→ leaves the device, ← arrives at it. Each line: bytes in hexadecimal, the same as text, layer (ack: acknowledgement), field: value (clause).',
    title: (scenario: string, transport: string, title: string) =>
      `${scenario} on ${transport}: ${title}`,
    did: (messages: number, client: string, protocol: string, secure: boolean) =>
      `${messages === 1 ? 'one message' : `${formatCount(messages)} messages`} by ${client} over ${protocol}${secure ? ' in TLS' : ''}`,
    wire: (bytes: string, idle: string | null) =>
      `${bytes} on the wire with opening and closing${idle === null ? '' : `; waiting once is ${idle} more`}`,
    gap: (offset: number, direction: string, connection: number, reason: string) =>
      `from byte ${offset} of the ${direction} stream of connection ${connection} on, nothing can be read: ${reason}`,
    ledger: (transport: string) => `${transport}: bytes by phase, direction and layer`,
    sideBySide: 'Side by side',
    steady: 'steady is the sum of the layers before it: the message and what answers it',
    all: 'all',
  },
  'zh-TW': {
    legend:
      '→ 由裝置送出，← 送到裝置。每行：十六進位的位元組、同樣內容的文字、層、欄位: 值（條文）。',
    title: (scenario, transport, title) => `${scenario}／${transport}：${title}`,
    did: (messages, client, protocol, secure) =>
      `${client} 以${secure ? ' TLS 中的' : ''} ${protocol} 送出 ${formatCount(messages)} 則訊息`,
    wire: (bytes, idle) =>
      `線路上 ${bytes}，含建立與關閉${idle === null ? '' : `；等待一次再加 ${idle}`}`,
    gap: (offset, direction, connection, reason) =>
      `連線 ${connection} 的${direction}串流從第 ${offset} 個位元組起無法解讀：${reason}`,
    ledger: (transport) => `${transport}：各階段、方向與層的位元組`,
    sideBySide: '並列比較',
    steady: '「穩定」是它前面各層的總和：訊息與對它的回應',
    all: '全部',
  },
})

/** What the marks mean, before the first frame. */
export const legend = (): string => say.legend

/** What was done on one transport, and what it came to. */
export function cellHeadBlocks(
  { scenario, title, messages }: Inspection,
  cell: InspectedCell,
): Block[] {
  const { transport, client, protocol, secure, completion, exchange, problem } = cell
  const why =
    exchange && whyText(transport, { ledger: ledgerOf(exchange), messages }, exchange.frames)
  const did = say.did(messages, client, protocol, secure)
  return [
    heading(1, say.title(scenario, transport, title)),
    ...(exchange === null
      ? []
      : [
          paragraph(
            WORDS.named([did, WORDS.completions[completion]].join(WORDS.comma), wireText(exchange)),
            'faint',
          ),
        ]),
    ...(why === null ? [] : [paragraph(why)]),
    ...(problem === null ? [] : [paragraph(problem, exchange === null ? 'mixed' : 'bad')]),
  ]
}

/** What a run says of the same: a ping is no part of an exchange that takes a second. */
function wireText(exchange: Exchange): string {
  const idle = sumLedger(ledgerOf(exchange), { phase: 'idle' })
  const bytes = exchange.totals.up + exchange.totals.down - idle
  return say.wire(formatBytes(bytes), idle === 0 ? null : formatBytes(idle))
}

/** Bytes that no rule explains, and the sums. */
export function cellFootBlocks({ transport, exchange }: InspectedCell): Block[] {
  if (exchange === null || exchange.frames.length === 0) return []
  const gaps = exchange.gaps.map(({ connection, direction, offset, reason }) =>
    say.gap(offset, WORDS.directions[direction], connection, wirePhrase(reason)),
  )
  return [
    ...listOf(gaps, 'bad'),
    heading(2, say.ledger(transport)),
    ledgerTable(ledgerOf(exchange)),
  ]
}

/** All transports side by side; nothing where there are not two. */
export function comparisonBlocks(inspection: Inspection): Block[] {
  const cells = inspection.cells.filter(hasExchange)
  if (cells.length < 2) return []
  const ledgers = cells.map(({ exchange }) => ledgerOf(exchange))
  const layers = LAYERS.filter((layer) =>
    ledgers.some((ledger) => sumLedger(ledger, { phase: 'steady', layer }) > 0),
  )
  const others = PHASES.filter((phase) => phase !== 'steady')
  const phases = ['steady', ...others] as const
  const titles = [...layers.map(layerTitle), ...phases.map((phase) => WORDS.phases[phase]), say.all]
  const difference = describeDifference(inspection)
  return [
    heading(1, say.sideBySide),
    paragraph(say.steady, 'faint'),
    plainTable(
      [WORDS.transport],
      titles,
      cells.map(({ transport }, index) => {
        const ledger = ledgers[index] ?? []
        const figures = [
          ...layers.map((layer) => sumLedger(ledger, { phase: 'steady', layer })),
          ...phases.map((phase) => sumLedger(ledger, { phase })),
          sumLedger(ledger),
        ]
        return rowGroup(
          transport,
          figures.map((bytes) => cellText(formatCount(bytes))),
        )
      }),
    ),
    ...(difference === null ? [] : [paragraph(difference)]),
  ]
}
