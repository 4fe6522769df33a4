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
  return pairsOf(cells).flatMap(([mqtt, http]) => {
    const divisors = valuesOf(metric, [http]).filter((value) => value !== 0)
    return valuesOf(metric, [mqtt]).flatMap((value) => divisors.map((divisor) => value / divisor))
  })
}

const pairsOf = (cells: readonly Cell[]): [mqtt: Cell, http: Cell][] =>
  cells
    .filter(isMqtt)
    .flatMap((mqtt) =>
      cells
        .filter((cell) => isHttp(cell) && handshakeOf(cell) === handshakeOf(mqtt))
        .map((http): [Cell, Cell] => [mqtt, http]),
    )

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

/**
 * The ratio of messages that open their own connections. On a busy machine each
 * takes a few more acknowledgements, of either protocol: one is told to cost more
 * only where the mean, the message that took the fewest and the model all have it.
 */
export function linkRatioText(cells: readonly Cell[]): string {
  const pairs = pairsOf(cells).filter((pair) => ratiosOf(LINK_TOTAL, pair).length > 0)
  return pairs.length > 0 && pairs.every(isAboutEqual)
    ? say.aboutEqual
    : rangeText(ratiosOf(LINK_TOTAL, cells), 'ratio')
}

/** Each of what is known of both says for itself which costs more; they must agree. */
function isAboutEqual([mqtt, http]: readonly [Cell, Cell]): boolean {
  const [of, to] = [linkTotalsOf(mqtt), linkTotalsOf(http)]
  const ofBoth = Math.min(of.length, to.length)
  const ratios = of.slice(0, ofBoth).map((bytes, index) => bytes / (to[index] as number))
  const isDearer = ratios.every((ratio) => ratio > 1 + LINK_NOISE)
  const isCheaper = ratios.every((ratio) => ratio < 1 - LINK_NOISE)
  return !isDearer && !isCheaper
}

/** Of a message with its connection: the mean, and where it was counted the fewest and what the model has. */
function linkTotalsOf(cell: Cell): number[] {
  const witnesses = cell.status === 'skipped' ? undefined : cell.bytes?.linkWitnesses
  const mean = valuesOf(LINK_TOTAL, [cell])
  return witnesses === undefined ? mean : [...mean, witnesses.leastBytes, witnesses.modelledBytes]
}

export function rangeText(values: readonly number[], unit: FormatUnit): string {
  const ascending = values.toSorted((a, b) => a - b)
  const low = ascending[0]
  const high = ascending.at(-1)
  return low === undefined || high === undefined ? '' : formatRange(low, high, unit)
}
