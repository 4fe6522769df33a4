import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { listNames } from '../../model/text/language.ts'
import {
  type Block,
  type CellText,
  cellText,
  type Group,
  heading,
  list,
  paragraph,
} from '../document/document.ts'
import { WORDS } from '../words.ts'
import { sayChange } from './words/change-words.ts'
import { say } from './words/words.ts'

const MEGABYTE = 1e6

export const bytesOf = ({ bytesUp, bytesDown }: Pick<FleetRow, 'bytesUp' | 'bytesDown'>): number =>
  bytesUp + bytesDown

/** Three digits, more where they are few. */
export const megabytesText = (bytes: number): string => {
  const megabytes = bytes / MEGABYTE
  return formatCount(megabytes, megabytes >= 100 ? 0 : megabytes >= 1 ? 1 : 3)
}

/** `https1, per message, resumed`: as short as it is one of these rows. */
export function rowName(
  row: Pick<FleetRow, 'transport' | 'policy'>,
  rows: readonly Pick<FleetRow, 'transport' | 'policy'>[],
): string {
  const alike = rows.filter(({ transport }) => transport === row.transport)
  if (alike.length === 1) return row.transport
  const batch = 'batch' in row ? (row as FleetRow).batch : null
  const how = batch === null ? say.policies[row.policy] : say.batch(batch.size, batch.as)
  return `${row.transport} ${how}`
}

const right = (text: string, tone?: CellText['tone']): CellText => cellText(text, tone)

/** What a device takes a month, and what its wake-ups are: a row for each way of talking. */
export function bytesBlocks({ rows, fleet }: FleetReport): Block[] {
  const { columns } = say
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
        right(formatCount(row.roundTrips)),
        ...(row.activeSeconds === null ? [] : [right(`${row.activeSeconds.toFixed(2)} s`)]),
      ],
    ],
  }))
  const onAir = fleet.link === null ? [] : [columns.onAir]
  return [
    heading(1, say.bytes),
    tableOf([columns.transport], [columns.megabytes, ...parts.map((part) => columns[part])], taken),
    heading(1, say.wakeUpsHead),
    tableOf(
      [columns.transport],
      [columns.wakeUps, columns.wakeUp, columns.roundTrips, ...onAir],
      woken,
    ),
  ]
}

const nameCell = (row: FleetRow, rows: readonly FleetRow[]): CellText =>
  cellText(`${rowName(row, rows)}${row.ticket === 'dead' ? ' *' : ''}`)

/** Cents, and more digits where there are no cents yet. */
function moneyNumber(amount: number): string {
  const digits = amount >= 1_000 ? -1 : amount >= 1 ? 1 : 3
  return formatCount(amount, digits)
}

type Range = readonly [number, number]
const rangeText = ([from, to]: Range, of: (value: number) => string): string =>
  of(from) === of(to) ? of(from) : `${of(from)}–${of(to)}`

export const moneyText = (currency: string | null, amount: Range | null): string =>
  amount === null ? '' : `${rangeText(amount, moneyNumber)} ${currency ?? ''}`.trim()

/** What is by a data file: a group of rows for each. */
function byFile<T>(
  { rows }: FleetReport,
  of: (row: FleetRow) => readonly T[],
  nameOf: (item: T) => string,
  cells: (item: T, row: FleetRow) => readonly CellText[],
): Group[] {
  const first = rows[0]
  return first === undefined
    ? []
    : of(first).map((file, at) => ({
        first: cellText(nameOf(file)),
        rows: rows.map((row) => [cellText(rowName(row, rows)), ...cells(of(row)[at] as T, row)]),
      }))
}

const tableOf = (left: readonly string[], numbers: readonly string[], groups: Group[]): Block => ({
  kind: 'table',
  frame: 'plain',
  columns: [
    ...left.map((title) => ({ title, align: 'left' as const })),
    ...numbers.map((title) => ({ title, align: 'right' as const })),
  ],
  groups,
})

const isSecondHand = ({ data }: FleetReport, kind: string, id: string): boolean =>
  data.some(
    (file) => file.kind === kind && file.id === id && file.sources.some((each) => each.secondHand),
  )

/** A column for each data file, a row for each way of talking: what a screen has room for. */
export function shortBlocks(report: FleetReport): Block[] {
  const { rows } = report
  const [first] = rows
  if (first === undefined) return []
  const table = (
    title: string,
    names: readonly string[],
    cells: (row: FleetRow) => readonly string[],
  ): Block[] => {
    if (names.length === 0) return []
    const groups = rows.map((row) => ({
      first: nameCell(row, rows),
      rows: [cells(row).map((text) => right(text))],
    }))
    return [heading(1, title), tableOf([say.columns.transport], names, groups)]
  }
  const withCurrency = (name: string, currency: string | null): string =>
    currency === null ? name : `${name} ${currency}`
  return [
    ...table(
      say.plansShort,
      first.plans.map(({ plan, currency, total }) =>
        withCurrency(marked(report, 'plan', plan), total && currency),
      ),
      ({ plans }) =>
        plans.map(({ total, billedBytes }) =>
          total === null ? `${rangeText(billedBytes, megabytesText)} MB` : moneyText(null, total),
        ),
    ),
    ...planFindings(report),
    ...table(
      say.cloudsShort,
      first.clouds.map(({ cloud, currency, total }) =>
        withCurrency(marked(report, 'cloud', cloud), total && currency),
      ),
      ({ clouds }) =>
        clouds.map(({ total, metered, unit }) =>
          total === null ? meteredText(metered, unit) : moneyText(null, total),
        ),
    ),
    ...table(
      say.radiosShort,
      first.radios.map(({ radio }) => radio),
      ({ radios }) => radios.map(({ mAhADay }) => formatCount(mAhADay, 1)),
    ),
    ...radioFindings(report),
  ]
}

const meteredText = (metered: Range | null, unit: 'bytes' | 'messages'): string => {
  if (metered === null) return ''
  return unit === 'bytes'
    ? `${rangeText(metered, megabytesText)} MB`
    : rangeText(metered, (value) => formatCount(Math.ceil(value)))
}

const marked = (report: FleetReport, kind: string, id: string): string =>
  isSecondHand(report, kind, id) ? `${id} †` : id

export function planBlocks(report: FleetReport): Block[] {
  const { rows } = report
  if ((rows[0]?.plans ?? []).length === 0) return []
  const { columns } = say
  const hasPrepaid = rows.some(({ plans }) => plans.some(({ prepaid }) => prepaid !== null))
  const groups = byFile(
    report,
    ({ plans }) => plans,
    ({ plan }) => marked(report, 'plan', plan),
    (bill) => [
      right(rangeText(bill.billedBytes, megabytesText)),
      right(bill.total === null ? '' : moneyText(bill.currency, bill.total)),
      right(bill.fleetTotal === null ? '' : moneyText(bill.currency, bill.fleetTotal)),
      ...(hasPrepaid
        ? [right(bill.prepaid === null ? '' : say.months(Math.floor(bill.prepaid.months[0])))]
        : []),
    ],
  )
  const names = [
    columns.billed,
    columns.device,
    columns.fleet,
    ...(hasPrepaid ? [columns.prepaid] : []),
  ]
  return [
    heading(1, say.plans),
    tableOf([columns.plan, columns.transport], names, groups),
    ...planFindings(report),
  ]
}

/** Where rounding decides, and where it cannot be said how. */
function planFindings({ rows }: FleetReport): Block[] {
  const found = (rows[0]?.plans ?? []).flatMap(({ plan }, at) => {
    const own = rows.filter(({ batch }) => batch === null)
    const bills = own.map((row) => row.plans[at]?.billedBytes[0] ?? 0)
    const isSame = own.length > 1 && bills.every((bytes) => bytes === bills[0])
    const open = rows.filter(({ plans }) => plans[at]?.isOpen)
    return [
      ...(isSame ? [say.sameBill(plan)] : []),
      ...(open.length === 0
        ? []
        : [say.openBill(plan, listNames(open.map((row) => rowName(row, rows))))]),
    ]
  })
  return found.length === 0 ? [] : [list(found, 'mixed')]
}

export function cloudBlocks(report: FleetReport): Block[] {
  if ((report.rows[0]?.clouds ?? []).length === 0) return []
  const { columns } = say
  const groups = byFile(
    report,
    ({ clouds }) => clouds,
    ({ cloud }) => marked(report, 'cloud', cloud),
    ({ metered, unit, total, fleetTotal, currency, quota }) => {
      const bought = quota.map(({ name, units, cost, currency: own }) =>
        say.quota(name, units, cost === null ? '' : ` ${moneyText(own, [cost, cost])}`),
      )
      const money = total === null ? listNames(bought.slice(0, 1)) : moneyText(currency, fleetTotal)
      return [
        right(meteredText(metered, unit)),
        right(total === null ? '' : moneyText(currency, total)),
        right(money),
      ]
    },
  )
  return [
    heading(1, say.clouds),
    tableOf(
      [columns.cloud, columns.transport],
      [columns.metered, columns.device, columns.fleet],
      groups,
    ),
  ]
}

export function radioBlocks(report: FleetReport): Block[] {
  const { rows } = report
  const models = rows[0]?.radios ?? []
  if (models.length === 0) return []
  const { columns } = say
  const groups = byFile(
    report,
    ({ radios }) => radios,
    ({ radio }) => radio,
    ({ mAhADay }, { wakeUpsADay }) => [
      right(formatCount(wakeUpsADay)),
      right(formatCount(mAhADay, 1)),
    ],
  )
  return [
    heading(1, say.radios),
    tableOf([columns.radio, columns.transport], [columns.wakeUps, columns.mAh], groups),
    ...radioFindings(report),
  ]
}

function radioFindings({ rows }: FleetReport): Block[] {
  const models = rows[0]?.radios ?? []
  if (models.length === 0) return []
  const charges = models.map((_, at) => rows.map(({ radios }) => radios[at]?.mAhADay ?? 0))
  const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values)
  const byModel = Math.max(
    ...rows.map(({ radios }) => spread(radios.map(({ mAhADay }) => mAhADay))),
  )
  const byWay = Math.max(...charges.map(spread))
  const findings = [
    ...(byModel > byWay && models.length > 1
      ? [say.modelsDiffer(formatCount(byModel), formatCount(byWay, 1))]
      : []),
    ...models.filter(({ tells }) => tells === 'wake-ups').map(({ radio }) => say.cannotTell(radio)),
    ...models
      .filter(({ tells }) => tells === 'nothing')
      .map(({ radio }) => say.tellsNothing(radio)),
  ]
  return findings.length === 0 ? [] : [list(findings, 'mixed')]
}

/** More is in fleet.json. */
const MOST_CHANGES = 10

export function changeBlocks(
  { changes, rows }: FleetReport,
  most = MOST_CHANGES,
  detail: 'with bills' | 'short' = 'with bills',
): Block[] {
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
    heading(1, sayChange.changes),
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

export const percentText = (share: number): string =>
  `${share > 0 ? '+' : share < 0 ? '−' : ''}${formatCount(Math.abs(share) * 100)}%`
