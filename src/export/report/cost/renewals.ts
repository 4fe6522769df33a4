import type { Cell, Report } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { type Block, cellText, heading, paragraph } from '../../document/document.ts'
import { scenarioCells } from '../scenario-cells.ts'

const COLUMNS = ['pass', 'ended by it', 'opened again', 'messages each', 'bytes each', 'sent twice']

/**
 * Connections that a client would have kept and its server ended. What it took to
 * open others belongs to the messages in between, and not to the first one.
 */
export function renewalBlocks(report: Report): Block[] {
  const groups = scenarioCells(report).flatMap(({ scenario, cells }) =>
    cells.flatMap((cell) => {
      const rows = rowsOf(cell)
      return rows.length === 0
        ? []
        : [
            {
              first: cellText(`${scenario.name} on ${cell.transport}`),
              rows: rows.map((row) => row.map((text) => cellText(text))),
            },
          ]
    }),
  )
  if (groups.length === 0) return []
  return [
    heading(1, 'Connections that the server ended'),
    paragraph(
      'and that the client would have kept; bytes each: what opening another takes, beside a message of its own. In setup and close they are all counted; break-even has them where they fall, between the messages.',
      'faint',
    ),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: 'scenario and transport', align: 'left' },
        ...COLUMNS.map((title, index) => ({
          title,
          align: index === 0 ? ('left' as const) : ('right' as const),
        })),
      ],
      groups,
    },
  ]
}

function rowsOf(cell: Cell): string[][] {
  if (cell.status === 'skipped') return []
  const rows: string[][] = []
  const { renewals } = cell.bytes ?? {}
  if (renewals !== undefined) {
    const { serverEnds, connections, everyMessages, further, begun, repeated } = renewals
    const extra = begun.wireBytes - (further?.wireBytes ?? 0)
    rows.push([
      'bytes',
      ...[serverEnds, connections, everyMessages, extra, repeated ?? 0].map(formatCount),
    ])
  }
  const timed = cell.latency?.renewals
  if (timed !== undefined) {
    const { connections, repeated } = timed
    rows.push(['latency', '', formatCount(connections), '', '', formatCount(repeated)])
  }
  return rows
}
