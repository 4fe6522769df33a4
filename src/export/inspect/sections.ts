import type { InspectedCell, Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { PHASES } from '../../model/vocabulary.ts'
import type { Exchange } from '../../model/wire/exchange.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { type Block, cellText, heading, paragraph } from '../document/document.ts'
import { whyText } from '../message-why.ts'
import { hasExchange, ledgerOf } from './cell-ledger.ts'
import { describeDifference } from './difference.ts'
import { layerTitle } from './layers.ts'
import { layersOf, ledgerTable } from './ledger-table.ts'

/** What the marks mean, before the first frame. */
export const LEGEND =
  '→ leaves the device, ← arrives at it. Each line: bytes in hexadecimal, the same as text, layer (ack: acknowledgement), field: value (clause).'

/** What was done on one transport, and what it came to. */
export function cellHeadBlocks(
  { scenario, title, messages }: Inspection,
  cell: InspectedCell,
): Block[] {
  const { transport, client, protocol, secure, completion, exchange, problem } = cell
  const what = messages === 1 ? 'one message' : `${formatCount(messages)} messages`
  const why =
    exchange && whyText(transport, { ledger: ledgerOf(exchange), messages }, exchange.frames)
  const over = `${client} over ${protocol}${secure ? ' in TLS' : ''}`
  return [
    heading(1, `${scenario} on ${transport}: ${title}`),
    ...(exchange === null
      ? []
      : [paragraph(`${what} by ${over}, ${completion}: ${wireText(exchange)}`, 'faint')]),
    ...(why === null ? [] : [paragraph(why)]),
    ...(problem === null ? [] : [paragraph(problem, exchange === null ? 'mixed' : 'bad')]),
  ]
}

/** What a run says of the same: a ping is no part of an exchange that takes a second. */
function wireText(exchange: Exchange): string {
  const idle = sumLedger(ledgerOf(exchange), { phase: 'idle' })
  const bytes = exchange.totals.up + exchange.totals.down - idle
  const waiting = idle === 0 ? '' : `; waiting once is ${formatBytes(idle)} more`
  return `${formatBytes(bytes)} on the wire with opening and closing${waiting}`
}

/** Bytes that no rule explains, and the sums. */
export function cellFootBlocks({ transport, exchange }: InspectedCell): Block[] {
  if (exchange === null || exchange.frames.length === 0) return []
  const gaps = exchange.gaps.map(
    ({ connection, direction, offset, reason }) =>
      `from byte ${offset} of the ${direction} stream of connection ${connection} on, nothing can be read: ${reason}`,
  )
  return [
    ...(gaps.length === 0 ? [] : [{ kind: 'list', items: gaps, tone: 'bad' } as const]),
    heading(2, `${transport}: bytes by phase, direction and layer`),
    ledgerTable(ledgerOf(exchange)),
  ]
}

/** All transports side by side; nothing where there are not two. */
export function comparisonBlocks(inspection: Inspection): Block[] {
  const cells = inspection.cells.filter(hasExchange)
  if (cells.length < 2) return []
  const ledgers = cells.map(({ exchange }) => ledgerOf(exchange))
  const layers = layersOf(ledgers.map((ledger) => ledger.filter(({ phase }) => phase === 'steady')))
  const others = PHASES.filter((phase) => phase !== 'steady')
  const titles = [...layers.map(layerTitle), 'steady', ...others, 'all']
  const difference = describeDifference(inspection)
  return [
    heading(1, 'Side by side'),
    paragraph(
      'steady is the sum of the layers before it: the message and what answers it',
      'faint',
    ),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'transport', align: 'left' },
        ...titles.map((title) => ({ title, align: 'right' as const })),
      ],
      groups: cells.map(({ transport }, index) => {
        const ledger = ledgers[index] ?? []
        const figures = [
          ...layers.map((layer) => sumLedger(ledger, { phase: 'steady', layer })),
          ...(['steady', ...others] as const).map((phase) => sumLedger(ledger, { phase })),
          sumLedger(ledger),
        ]
        return {
          first: cellText(transport),
          rows: [figures.map((bytes) => cellText(formatCount(bytes)))],
        }
      }),
    },
    ...(difference === null ? [] : [paragraph(difference)]),
  ]
}
