import type { Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { LAYERS, type Layer } from '../../model/vocabulary.ts'
import { type LedgerEntry, sumLedger } from '../../model/wire/ledger.ts'
import { hasExchange, ledgerOf, type ReadCell } from './cell-ledger.ts'

const NAMED_FIELDS = 3

interface Weighed {
  cell: ReadCell
  ledger: LedgerEntry[]
  steady: number
  whole: number
}

/**
 * Why one is large and the other small, in a sentence: the transport with the
 * most bytes in the steady phase against the one with the fewest, by layer.
 * Null where fewer than two transports were measured.
 */
export function describeDifference({ cells, messages }: Inspection): string | null {
  const weighed = cells
    .filter(hasExchange)
    .filter(({ problem }) => problem === null)
    .map((cell): Weighed => {
      const ledger = ledgerOf(cell.exchange)
      return {
        cell,
        ledger,
        steady: sumLedger(ledger, { phase: 'steady' }),
        whole: sumLedger(ledger),
      }
    })
    .sort((a, b) => b.steady - a.steady)
  const [most, fewest] = [weighed[0], weighed.at(-1)]
  if (most === undefined || fewest === undefined || most === fewest) return null
  const what = messages === 1 ? 'a message' : `${formatCount(messages)} messages`
  const names = [most.cell.transport, fewest.cell.transport]
  if (most.steady === fewest.steady) {
    return `${names.join(' and ')} both take ${formatBytes(most.steady)} for ${what}.`
  }
  return [
    `Why ${what} takes ${formatBytes(most.steady)} on ${names[0]} and ${formatBytes(fewest.steady)} on ${names[1]}:`,
    `${describeLayers(most, fewest)}.`,
    `The largest fields on ${names[0]}: ${largestFields(most.cell)}.`,
    `With the whole connection: ${formatBytes(most.whole)} and ${formatBytes(fewest.whole)}.`,
  ].join(' ')
}

const steadyOf = ({ ledger }: Weighed, layer: Layer): number =>
  sumLedger(ledger, { phase: 'steady', layer })

/** `payload 14 B on both, 217 B more framing (235 against 18)`. */
function describeLayers(most: Weighed, fewest: Weighed): string {
  const layers = LAYERS.filter((layer) => steadyOf(most, layer) + steadyOf(fewest, layer) > 0)
  return layers
    .map((layer) => {
      const [a, b] = [steadyOf(most, layer), steadyOf(fewest, layer)]
      if (a === b) return `${layer} ${formatBytes(a)} on both`
      const by = `${formatBytes(Math.abs(a - b))} ${a > b ? 'more' : 'less'} ${layer}`
      return `${by} (${formatCount(a)} against ${formatCount(b)})`
    })
    .join(', ')
}

/** By name, since a header may stand in several frames; the payload is not what differs. */
function largestFields({ exchange }: ReadCell): string {
  const sizes = new Map<string, number>()
  for (const { phase, parts } of exchange.frames) {
    if (phase !== 'steady') continue
    for (const { layer, label, lengthBytes } of parts) {
      if (layer !== 'payload') sizes.set(label, (sizes.get(label) ?? 0) + lengthBytes)
    }
  }
  return [...sizes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, NAMED_FIELDS)
    .map(([label, bytes]) => `${label} ${formatBytes(bytes)}`)
    .join(', ')
}
