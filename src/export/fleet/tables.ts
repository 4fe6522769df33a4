import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { type Block, cellText, type Group, heading, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import { onBasis } from './basis.ts'
import {
  bytesOf,
  megabytesText,
  nameCell,
  percentText,
  right,
  rowName,
  tableOf,
} from './figures.ts'
import { sayChange } from './words/change-words.ts'
import { say } from './words/words.ts'

/** What a device takes a month, and what its wake-ups are: a row for each way of talking. */
export function bytesBlocks(report: FleetReport): Block[] {
  const { rows, fleet } = report
  const { columns } = say
  const isCounted = rows.some(({ measured }) => measured !== null)
  const bases = ['modelled' as const, ...(isCounted ? (['measured'] as const) : [])]
  const least = Math.min(...rows.map((row) => bytesOf(row) / row.readings))
  const parts = ['readings', 'headers', 'pings', 'handshakes'] as const
  const taken: Group[] = rows.map((row) => ({
    first: nameCell(row, rows),
    rows: [
      [
        right(
          megabytesText(bytesOf(row)),
          bytesOf(row) / row.readings === least ? 'good' : 'strong',
        ),
        ...parts.map((part) => right(row.stack[part] === 0 ? '' : megabytesText(row.stack[part]))),
      ],
    ],
  }))
  const woken: Group[] = rows.map((row) => ({
    first: nameCell(row, rows),
    rows: [
      [
        right(formatCount(row.wakeUpsADay)),
        right(`${formatCount(Math.round(row.wakeUpBytes))} B`),
        ...(isCounted ? [right(countedText(row))] : []),
        right(formatCount(row.roundTrips)),
        ...(row.activeSeconds === null ? [] : [right(`${row.activeSeconds.toFixed(2)} s`)]),
      ],
    ],
  }))
  const onAir = fleet.link === null ? [] : [columns.onAir]
  return [
    heading(1, onBasis(report, say.bytes, 'modelled')),
    tableOf([columns.transport], [columns.megabytes, ...parts.map((part) => columns[part])], taken),
    heading(1, onBasis(report, say.wakeUpsHead, ...bases)),
    tableOf(
      [columns.transport],
      [
        columns.wakeUps,
        columns.wakeUp,
        ...(isCounted ? [columns.counted] : []),
        columns.roundTrips,
        ...onAir,
      ],
      woken,
    ),
  ]
}

/** `2,158.7 B (2,124–2,193.3)`: the mean, and what runs lie between. */
const countedText = ({ measured }: FleetRow): string =>
  measured === null
    ? ''
    : `${formatCount(measured.mean)} B (${formatCount(measured.low)}–${formatCount(measured.high)})`

/** More is in fleet.json. */
const MOST_CHANGES = 10

export function changeBlocks(
  report: FleetReport,
  most = MOST_CHANGES,
  detail: 'with bills' | 'short' = 'with bills',
): Block[] {
  const { changes, rows } = report
  if (changes.length === 0) return []
  const { columns } = say
  const groups: Group[] = changes.slice(0, most).map((each) => {
    const saved = 1 - each.afterBytes / each.beforeBytes
    const mark = each.basis === 'reshaped frames' ? ' ~' : ''
    const bills = (detail === 'short' ? [] : each.bills)
      .filter(({ before, after }) => before !== after)
      .map(({ plan, before, after }) => sayChange.billThen(plan, percentText(after / before - 1)))
    return {
      first: cellText(rowName(each, rows)),
      rows: [
        [
          cellText(sayChange.change(each.change) + mark),
          right(percentText(-saved), 'good'),
          right(megabytesText(each.afterBytes)),
          cellText(
            [sayChange.price(each.change), ...bills]
              .filter((text) => text !== '')
              .join(WORDS.semicolon),
            'faint',
          ),
        ],
      ],
    }
  })
  return [
    heading(1, onBasis(report, sayChange.changes, 'modelled')),
    {
      kind: 'table',
      frame: 'plain',
      columns: [columns.transport, columns.change, columns.saves, columns.after, columns.costs].map(
        (title, at) => ({
          title,
          align: at === 2 || at === 3 ? ('right' as const) : ('left' as const),
        }),
      ),
      groups,
    },
    paragraph(sayChange.changesNote, 'faint'),
  ]
}
