import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import {
  type Block,
  cellText,
  type Group,
  heading,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { onBasis } from './basis.ts'
import { bytesOf, megabytesText, nameCell, percentText, rowName } from './figures.ts'
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
  const taken: Group[] = rows.map((row) =>
    rowGroup(nameCell(row, rows), [
      cellText(
        megabytesText(bytesOf(row)),
        bytesOf(row) / row.readings === least ? 'good' : 'strong',
      ),
      ...parts.map((part) => (row.stack[part] === 0 ? '' : megabytesText(row.stack[part]))),
    ]),
  )
  const woken: Group[] = rows.map((row) =>
    rowGroup(nameCell(row, rows), [
      formatCount(row.wakeUpsADay),
      `${formatCount(Math.round(row.wakeUpBytes))} B`,
      ...(isCounted ? [countedText(row)] : []),
      formatCount(row.roundTrips),
      ...(row.activeSeconds === null ? [] : [`${row.activeSeconds.toFixed(2)} s`]),
    ]),
  )
  const onAir = fleet.link === null ? [] : [columns.onAir]
  return [
    heading(1, onBasis(report, say.bytes, 'modelled')),
    plainTable(
      [columns.transport],
      [columns.megabytes, ...parts.map((part) => columns[part])],
      taken,
    ),
    heading(1, onBasis(report, say.wakeUpsHead, ...bases)),
    plainTable(
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
    return rowGroup(rowName(each, rows), [
      sayChange.change(each.change) + mark,
      cellText(percentText(-saved), 'good'),
      megabytesText(each.afterBytes),
      cellText(
        [sayChange.price(each.change), ...bills]
          .filter((text) => text !== '')
          .join(WORDS.semicolon),
        'faint',
      ),
    ])
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
