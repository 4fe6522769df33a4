import type { Counts, Report } from '../../model/report/report.ts'
import { subscribersOf } from '../../model/scenario/subscribers.ts'
import { formatCount } from '../../model/text/format.ts'
import { type Block, cellText, heading, paragraph } from '../document/document.ts'

const COLUMNS = [
  'sent',
  'completed',
  'delivered',
  'lost',
  'duplicated',
  'corrupted',
] as const satisfies readonly (keyof Counts)[]

/** Whether every message arrived as it was sent, and what else the cells warn of. */
export function countsBlocks(report: Report): Block[] {
  const counted = report.cells.flatMap((cell) =>
    cell.status === 'skipped' || cell.counts === null ? [] : [{ cell, counts: cell.counts }],
  )
  const warnings = warningLines(report)
  if (counted.length === 0 && warnings.length === 0) return []
  const blocks: Block[] = [heading(1, 'Delivery')]
  const faulty = counted.filter(({ cell, counts }) => !isIntact(counts, subscribersOf(cell) ?? 1))
  const sent = counted.reduce((sum, { counts }) => sum + counts.sent, 0)
  const untold = counted.filter(({ counts }) => counts.delivered === null)
  if (counted.length > 0 && faulty.length === 0) {
    const told = sent - untold.reduce((sum, { counts }) => sum + counts.sent, 0)
    const completed = `all ${formatCount(sent)} messages sent were completed`
    if (untold.length === 0) blocks.push(paragraph(`${completed} and delivered intact`))
    else if (told === 0) blocks.push(paragraph(completed))
    else blocks.push(paragraph(`${completed}, and ${formatCount(told)} of them delivered intact`))
  }
  if (faulty.length > 0) {
    blocks.push(
      paragraph(
        `of ${formatCount(sent)} messages sent, all were completed and delivered intact but those of:`,
        'bad',
      ),
      {
        kind: 'table',
        frame: 'plain',
        columns: [
          { title: 'scenario', align: 'left' },
          { title: 'transport', align: 'left' },
          ...COLUMNS.map((title) => ({ title, align: 'right' as const })),
        ],
        groups: faulty.map(({ cell, counts }) => ({
          first: cellText(cell.scenario),
          rows: [
            [
              cellText(cell.transport),
              ...COLUMNS.map((key) => cellText(countOrNothing(counts[key]))),
            ],
          ],
        })),
      },
    )
  }
  if (untold.length > 0) {
    const cells = untold.map(({ cell }) => `${cell.scenario} on ${cell.transport}`)
    blocks.push(
      paragraph(
        `nobody tells what arrived at the server: completed is all that is known of ${cells.join(', ')}`,
      ),
    )
  }
  if (warnings.length > 0) blocks.push({ kind: 'list', items: warnings, tone: 'mixed' })
  return blocks
}

const countOrNothing = (count: number | null): string => (count === null ? '' : formatCount(count))

/** As far as it is known. */
function isIntact(
  { sent, completed, delivered, lost, duplicated, corrupted }: Counts,
  receivers: number,
): boolean {
  if (delivered === null) return completed === sent
  const isComplete = completed === sent && delivered === sent * receivers
  return isComplete && [lost, duplicated, corrupted].every((count) => count === 0)
}

/** Each warning once, with the cells that it came from. */
function warningLines(report: Report): string[] {
  const cellsOf = new Map<string, string[]>()
  for (const cell of report.cells) {
    if (cell.status === 'skipped') continue
    const ofLoad = (cell.load?.runs ?? []).flatMap(({ client, warnings }) =>
      warnings.map((warning) => `under load by ${client}: ${warning}`),
    )
    for (const warning of [...cell.warnings, ...ofLoad]) {
      const names = cellsOf.get(warning) ?? []
      cellsOf.set(warning, [...names, `${cell.scenario} on ${cell.transport}`])
    }
  }
  return Array.from(cellsOf, ([warning, names]) => `${warning} (${names.join(', ')})`)
}
