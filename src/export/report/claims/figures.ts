import { findMetric } from '../../../model/report/metric.ts'
import type { Cell } from '../../../model/report/report.ts'
import { type FormatUnit, formatRange } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { linkBasisOf } from '../../../model/wire/ledger.ts'
import { isHttp, isMqtt } from '../scenario-cells.ts'

const say = catalogue({
  en: { link: 'link', modelledLink: 'link (modelled)', aboutEqual: 'about equal' },
  'zh-TW': { link: '鏈路', modelledLink: '鏈路（模型估算）', aboutEqual: '大致相等' },
})

export const PER_MESSAGE = 'wire_bytes_per_message'
export const LINK_PER_MESSAGE = 'link_bytes_per_message'
export const WIRE_TOTAL = 'total_wire_bytes_per_message'
export const LINK_TOTAL = 'total_link_bytes_per_message'

export function valuesOf(metric: string, cells: readonly Cell[]): number[] {
  return cells.flatMap((cell) => findMetric(metric)?.of(cell) ?? [])
}

/** What of the link is not counted but modelled says so where it is told. */
export const linkWord = (cells: readonly Cell[]): string =>
  cells.some(
    (cell) => cell.status === 'measured' && linkBasisOf(cell.bytes?.ledger ?? []) === 'modelled',
  )
    ? say.modelledLink
    : say.link

/** Each MQTT to each HTTP that is like it: what has TLS to what has TLS, resumed to resumed. */
export function ratiosOf(metric: string, cells: readonly Cell[]): number[] {
  return cells.filter(isMqtt).flatMap((mqtt) => {
    const alike = cells.filter((cell) => isHttp(cell) && handshakeOf(cell) === handshakeOf(mqtt))
    const divisors = valuesOf(metric, alike).filter((value) => value !== 0)
    return valuesOf(metric, [mqtt]).flatMap((value) => divisors.map((divisor) => value / divisor))
  })
}

/** Each message has one of its own, which is most of what such a message costs. */
export const isOwnConnection = (cell: Cell): boolean =>
  cell.status === 'measured' && cell.bytes?.firstMessage?.connection === 'own'

export const handshakeOf = (cell: Cell): 'full' | 'resumed' | undefined =>
  cell.status === 'measured' ? cell.bytes?.firstMessage?.tls : undefined

/**
 * Pure acknowledgements come and go with the time that each side takes: of one
 * connection with its message 35 bytes of some 2,000, from run to run.
 */
const LINK_NOISE = 0.02

export const linkRatioText = (ratios: number[]): string =>
  ratios.length > 0 && ratios.every((ratio) => Math.abs(ratio - 1) < LINK_NOISE)
    ? say.aboutEqual
    : rangeText(ratios, 'ratio')

export function rangeText(values: readonly number[], unit: FormatUnit): string {
  const ascending = values.toSorted((a, b) => a - b)
  const low = ascending[0]
  const high = ascending.at(-1)
  return low === undefined || high === undefined ? '' : formatRange(low, high, unit)
}
