import type { Counts, Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { subscribersOf } from '../../model/scenario/fan-out-family.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import {
  type Block,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { countOrNothing } from './figure-table.ts'

const say = catalogue({
  en: {
    delivery: 'Delivery',
    allIntact: (sent: string) => `all ${sent} messages sent were completed and delivered intact`,
    allCompleted: (sent: string) => `all ${sent} messages sent were completed`,
    someIntact: (sent: string, told: string) =>
      `all ${sent} messages sent were completed, and ${told} of them delivered intact`,
    butThose: (sent: string) =>
      `of ${sent} messages sent, all were completed and delivered intact but those of:`,
    untold: (cells: string) =>
      `your server does not report arrivals, so delivery is unknown for ${cells}`,
    cell: (scenario: string, transport: string) => `${scenario} on ${transport}`,
    underLoad: (client: string, warning: string) => `under load by ${client}: ${warning}`,
    columns: {
      sent: 'sent',
      completed: 'completed',
      delivered: 'delivered',
      lost: 'lost',
      duplicated: 'duplicated',
      corrupted: 'corrupted',
    },
  },
  'zh-TW': {
    delivery: '送達',
    allIntact: (sent) => `送出的 ${sent} 則訊息全部完成，並完整送達`,
    allCompleted: (sent) => `送出的 ${sent} 則訊息全部完成`,
    someIntact: (sent, told) => `送出的 ${sent} 則訊息全部完成，其中 ${told} 則確認完整送達`,
    butThose: (sent) => `送出的 ${sent} 則訊息，除下列外全部完成並完整送達：`,
    untold: (cells) => `您的伺服器不回報送達，因此不知道 ${cells} 是否送達`,
    cell: (scenario, transport) => `${scenario}／${transport}`,
    underLoad: (client, warning) => `以 ${client} 加負荷時：${warning}`,
    columns: {
      sent: '送出',
      completed: '完成',
      delivered: '送達',
      lost: '遺失',
      duplicated: '重複',
      corrupted: '損壞',
    },
  },
})

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
  const blocks: Block[] = [heading(1, say.delivery)]
  const faulty = counted.filter(({ cell, counts }) => !isIntact(counts, subscribersOf(cell) ?? 1))
  const sent = counted.reduce((sum, { counts }) => sum + counts.sent, 0)
  const untold = counted.filter(({ counts }) => counts.delivered === null)
  if (counted.length > 0 && faulty.length === 0) {
    const told = sent - untold.reduce((sum, { counts }) => sum + counts.sent, 0)
    if (untold.length === 0) blocks.push(paragraph(say.allIntact(formatCount(sent))))
    else if (told === 0) blocks.push(paragraph(say.allCompleted(formatCount(sent))))
    else blocks.push(paragraph(say.someIntact(formatCount(sent), formatCount(told))))
  }
  if (faulty.length > 0) {
    blocks.push(
      paragraph(say.butThose(formatCount(sent)), 'bad'),
      plainTable(
        [WORDS.scenario, WORDS.transport],
        COLUMNS.map((key) => say.columns[key]),
        faulty.map(({ cell, counts }) =>
          rowGroup(cell.scenario, [
            cell.transport,
            ...COLUMNS.map((key) => countOrNothing(counts[key])),
          ]),
        ),
      ),
    )
  }
  if (untold.length > 0) {
    const cells = untold.map(({ cell }) => say.cell(cell.scenario, cell.transport))
    blocks.push(paragraph(say.untold(listNames(cells))))
  }
  blocks.push(...listOf(warnings, 'mixed'))
  return blocks
}

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
      warnings.map((warning) => say.underLoad(client, saidText(warning))),
    )
    for (const warning of [...cell.warnings.map(saidText), ...ofLoad]) {
      const names = cellsOf.get(warning) ?? []
      cellsOf.set(warning, [...names, say.cell(cell.scenario, cell.transport)])
    }
  }
  return Array.from(cellsOf, ([warning, names]) => warning + WORDS.inBrackets(listNames(names)))
}
