import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { type CellText, cellText } from '../document/document.ts'
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

export const nameCell = (row: FleetRow, rows: readonly FleetRow[]): CellText =>
  cellText(`${rowName(row, rows)}${row.ticket === 'dead' ? ' *' : ''}`)

/** Cents, and more digits where there are no cents yet. */
function moneyNumber(amount: number): string {
  const digits = amount >= 1_000 ? -1 : amount >= 1 ? 1 : 3
  return formatCount(amount, digits)
}

type Range = readonly [number, number]
export const rangeText = ([from, to]: Range, of: (value: number) => string): string =>
  of(from) === of(to) ? of(from) : `${of(from)}–${of(to)}`

export const moneyText = (currency: string | null, amount: Range | null): string =>
  amount === null ? '' : `${rangeText(amount, moneyNumber)} ${currency ?? ''}`.trim()

export const meteredText = (metered: Range | null, unit: 'bytes' | 'messages'): string => {
  if (metered === null) return ''
  return unit === 'bytes'
    ? `${rangeText(metered, megabytesText)} MB`
    : rangeText(metered, (value) => formatCount(Math.ceil(value)))
}

/** A bill on a screen: money, or megabytes where no price was read. */
export function billText(bill: FleetRow['plans'][number] | undefined): string {
  if (bill === undefined) return ''
  return bill.total === null
    ? `${rangeText(bill.billedBytes, megabytesText)} MB`
    : moneyText(null, bill.total)
}

export function cloudText(bill: FleetRow['clouds'][number] | undefined): string {
  if (bill === undefined) return ''
  return bill.total === null ? meteredText(bill.metered, bill.unit) : moneyText(null, bill.total)
}

export const hasSecondHand = (data: FleetReport['data']): boolean =>
  data.some(({ sources }) => sources.some(({ secondHand }) => secondHand))

/** `hologram †`: a part of its file was read second-hand. */
export const fileName = ({ data }: FleetReport, kind: string, id: string): string =>
  hasSecondHand(data.filter((file) => file.kind === kind && file.id === id)) ? `${id} †` : id

export const percentText = (share: number): string =>
  `${share > 0 ? '+' : share < 0 ? '−' : ''}${formatCount(Math.abs(share) * 100)}%`
