import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { joinNames, listNames } from '../../model/text/language.ts'
import {
  type Block,
  type Group,
  heading,
  listOf,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { onBasis } from './basis.ts'
import {
  billText,
  cloudText,
  fileName,
  megabytesText,
  meteredText,
  moneyText,
  nameCell,
  rangeText,
  rowName,
} from './figures.ts'
import { say } from './words/words.ts'

/** What is by a data file: a group of rows for each. */
function byFile<T>(
  { rows }: FleetReport,
  of: (row: FleetRow) => readonly T[],
  nameOf: (item: T) => string,
  cells: (item: T, row: FleetRow) => readonly string[],
): Group[] {
  const first = rows[0]
  return first === undefined
    ? []
    : of(first).map((file, at) =>
        rowGroup(
          nameOf(file),
          ...rows.map((row) => [rowName(row, rows), ...cells(of(row)[at] as T, row)]),
        ),
      )
}

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
    const groups = rows.map((row) => rowGroup(nameCell(row, rows), cells(row)))
    return [heading(1, title), plainTable([say.columns.transport], names, groups)]
  }
  const withCurrency = (name: string, currency: string | null): string =>
    currency === null ? name : `${name} ${currency}`
  return [
    ...table(
      onBasis(report, say.plansShort, 'modelled', 'price'),
      first.plans.map(({ plan, currency, total }) =>
        withCurrency(fileName(report, 'plan', plan), total && currency),
      ),
      ({ plans }) => plans.map(billText),
    ),
    ...table(
      onBasis(report, say.cloudsShort, 'modelled', 'price'),
      first.clouds.map(({ cloud, currency, total }) =>
        withCurrency(fileName(report, 'cloud', cloud), total && currency),
      ),
      ({ clouds }) => clouds.map(cloudText),
    ),
    ...table(
      onBasis(report, say.radiosShort, 'modelled', 'radio'),
      first.radios.map(({ radio }) => radio),
      ({ radios }) => radios.map(({ mAhADay }) => formatCount(mAhADay, 1)),
    ),
    ...radioFindings(report),
  ]
}

export function planBlocks(report: FleetReport): Block[] {
  const { rows } = report
  if ((rows[0]?.plans ?? []).length === 0) return []
  const { columns } = say
  const hasPrepaid = rows.some(({ plans }) => plans.some(({ prepaid }) => prepaid !== null))
  const groups = byFile(
    report,
    ({ plans }) => plans,
    ({ plan }) => fileName(report, 'plan', plan),
    (bill) => [
      rangeText(bill.billedBytes, megabytesText),
      bill.total === null ? '' : moneyText(bill.currency, bill.total),
      bill.fleetTotal === null ? '' : moneyText(bill.currency, bill.fleetTotal),
      ...(hasPrepaid
        ? [bill.prepaid === null ? '' : say.months(Math.floor(bill.prepaid.months[0]))]
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
    heading(1, onBasis(report, say.plans, 'modelled', 'price')),
    plainTable([columns.plan, columns.transport], names, groups),
  ]
}

export function cloudBlocks(report: FleetReport): Block[] {
  if ((report.rows[0]?.clouds ?? []).length === 0) return []
  const { columns } = say
  const groups = byFile(
    report,
    ({ clouds }) => clouds,
    ({ cloud }) => fileName(report, 'cloud', cloud),
    ({ metered, unit, total, fleetTotal, currency, quota }) => {
      const bought = quota.map(({ name, units, cost, currency: own }) =>
        say.quota(name, units, cost === null ? '' : ` ${moneyText(own, [cost, cost])}`),
      )
      const money = total === null ? listNames(bought.slice(0, 1)) : moneyText(currency, fleetTotal)
      return [meteredText(metered, unit), total === null ? '' : moneyText(currency, total), money]
    },
  )
  return [
    heading(1, onBasis(report, say.clouds, 'modelled', 'price')),
    plainTable(
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
    ({ mAhADay }, { wakeUpsADay }) => [formatCount(wakeUpsADay), formatCount(mAhADay, 1)],
  )
  return [
    heading(1, onBasis(report, say.radios, 'modelled', 'radio')),
    plainTable([columns.radio, columns.transport], [columns.wakeUps, columns.mAh], groups),
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
  const blind = models.filter(({ tells }) => tells === 'wake-ups').map(({ radio }) => radio)
  const findings = [
    ...(byModel > byWay && models.length > 1
      ? [say.modelsDiffer(formatCount(byModel), formatCount(byWay, 1))]
      : []),
    ...(blind.length === 0 ? [] : [say.cannotTell(joinNames(blind))]),
    ...models
      .filter(({ tells }) => tells === 'nothing')
      .map(({ radio }) => say.tellsNothing(radio)),
  ]
  return listOf(findings, 'mixed')
}
