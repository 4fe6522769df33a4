import type { Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, joinNames } from '../../model/text/language.ts'
import { LAYERS, type Layer } from '../../model/vocabulary.ts'
import { type LedgerEntry, sumLedger } from '../../model/wire/ledger.ts'
import { largestFields } from '../message-why.ts'
import { WORDS } from '../words.ts'
import { hasExchange, ledgerOf, type ReadCell } from './cell-ledger.ts'

const messagesOf = (count: number): string =>
  count === 1 ? 'a message' : `${formatCount(count)} messages`

/** Of the larger and of the smaller. */
type Pair = readonly [string, string]

interface Why {
  messages: number
  names: Pair
  steady: Pair
  layers: string
  fields: string
  whole: Pair
}

const say = catalogue({
  en: {
    alike: (names: string, bytes: string, messages: number) =>
      `${names} both take ${bytes} for ${messagesOf(messages)}.`,
    why: ({ messages, names, steady, layers, fields, whole }: Why) =>
      `Why ${messagesOf(messages)} takes ${steady[0]} on ${names[0]} and ${steady[1]} on ${names[1]}: ${layers}. The largest fields on ${names[0]}: ${fields}. With the whole connection: ${whole[0]} and ${whole[1]}.`,
    onBoth: (layer: string, bytes: string) => `${layer} ${bytes} on both`,
    by: (layer: string, bytes: number, a: string, b: string) =>
      `${formatBytes(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'} ${layer} (${a} against ${b})`,
  },
  'zh-TW': {
    alike: (names, bytes, messages) => `${names}：${formatCount(messages)} 則訊息都是 ${bytes}。`,
    why: ({ messages, names, steady, layers, fields, whole }) =>
      `為什麼 ${formatCount(messages)} 則訊息在 ${names[0]} 要 ${steady[0]}，在 ${names[1]} 要 ${steady[1]}：${layers}。${names[0]} 最大的欄位：${fields}。連同整條連線：${whole[0]} 與 ${whole[1]}。`,
    onBoth: (layer, bytes) => `${layer}兩者都是 ${bytes}`,
    by: (layer, bytes, a, b) =>
      `${layer}${bytes > 0 ? '多' : '少'} ${formatBytes(Math.abs(bytes))}（${a} 比 ${b}）`,
  },
})

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
  const names = [most.cell.transport, fewest.cell.transport] as const
  if (most.steady === fewest.steady) {
    return say.alike(joinNames(names), formatBytes(most.steady), messages)
  }
  return say.why({
    messages,
    names,
    steady: [formatBytes(most.steady), formatBytes(fewest.steady)],
    layers: describeLayers(most, fewest),
    // The payload is not what differs.
    fields: largestFields(most.cell.exchange.frames, (layer) => layer !== 'payload')
      .map(([label, bytes]) => `${label} ${formatBytes(bytes)}`)
      .join(WORDS.comma),
    whole: [formatBytes(most.whole), formatBytes(fewest.whole)],
  })
}

const steadyOf = ({ ledger }: Weighed, layer: Layer): number =>
  sumLedger(ledger, { phase: 'steady', layer })

/** `payload 14 B on both, 217 B more framing (235 against 18)`. */
function describeLayers(most: Weighed, fewest: Weighed): string {
  const layers = LAYERS.filter((layer) => steadyOf(most, layer) + steadyOf(fewest, layer) > 0)
  return layers
    .map((layer) => {
      const [a, b] = [steadyOf(most, layer), steadyOf(fewest, layer)]
      const word = WORDS.layers[layer]
      if (a === b) return say.onBoth(word, formatBytes(a))
      return say.by(word, a - b, formatCount(a), formatCount(b))
    })
    .join(WORDS.comma)
}
