import type { Cell, Report } from '../../model/report/report.ts'
import { formatCount, formatMicrosNumber } from '../../model/text/format.ts'
import { wordsOf } from '../../model/text/wording.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { type Block, cellText, heading, paragraph } from '../document/document.ts'
import { type ScenarioCells, scenarioCells } from './scenario-cells.ts'

const COLUMNS = ['bytes', 'of them setup', 'and close', 'round trips', 'p50 to completion']

/**
 * Transports that open a connection for each message: what a device costs that
 * wakes, sends one reading and goes away.
 */
export function coldStartBlocks(report: Report): Block[] {
  const sections = scenarioCells(report).flatMap((entry) => scenarioBlocks(entry, report))
  if (sections.length === 0) return []
  return [
    heading(1, 'Cold start: from nothing to acknowledged, and gone again'),
    paragraph(
      'of one message on a connection of its own: wire bytes with opening and closing it; round trips until it is acknowledged, TCP’s own included; response latency from before connecting, in microseconds on loopback, where a round trip costs next to nothing.',
      'faint',
    ),
    ...sections,
  ]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  const groups = cells.flatMap((cell) => {
    const row = figuresOf(cell, report)
    return row === null
      ? []
      : [{ first: cellText(cell.transport), rows: [row.map((text) => cellText(text))] }]
  })
  if (groups.length === 0) return []
  return [
    heading(2, `${scenario.name}: ${wordsOf(scenario.title)}`),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'transport', align: 'left' },
        { title: 'completion', align: 'left' },
        ...COLUMNS.map((title) => ({ title, align: 'right' as const })),
      ],
      groups,
    },
  ]
}

function figuresOf(cell: Cell, { breakEven }: Report): string[] | null {
  if (cell.status !== 'measured' || cell.bytes === null) return null
  const cost = breakEven?.costs.find(
    ({ scenario, transport }) => scenario === cell.scenario && transport === cell.transport,
  )
  if (cost?.connection !== 'own') return null
  const { ledger, messages } = cell.bytes
  const each = (phase: 'setup' | 'close'): string =>
    formatCount(sumLedger(ledger, { phase }) / messages)
  const p50 = cell.latency?.response?.p50Us ?? null
  return [
    cell.completion,
    formatCount(cost.bytes.further),
    each('setup'),
    each('close'),
    cost.roundTrips === null ? '' : formatCount(cost.roundTrips.further),
    p50 === null ? '' : formatMicrosNumber(p50),
  ]
}
