import { formatBytes } from '../model/text/format.ts'
import { catalogue } from '../model/text/language.ts'
import { type Layer, WIRE_LAYERS } from '../model/vocabulary.ts'
import type { Frame } from '../model/wire/frame.ts'
import { type LedgerEntry, sumLedger } from '../model/wire/ledger.ts'
import { WORDS } from './words.ts'

const say = catalogue({
  en: {
    why: (name: string, bytes: string, because: string) =>
      `${name}: a message takes ${bytes} on the wire once connected, because of ${because}.`,
    layer: (bytes: string, layer: string) => `${bytes} ${layer}`,
  },
  'zh-TW': {
    why: (name, bytes, because) =>
      `${name}：連線之後，一則訊息在線路上要 ${bytes}，因為${because}。`,
    layer: (bytes, layer) => `${layer} ${bytes}`,
  },
})

type SteadyFrame = Pick<Frame, 'phase' | 'message'> & {
  readonly parts: readonly Pick<Frame['parts'][number], 'layer' | 'label' | 'lengthBytes'>[]
}

/** The largest fields of a layer are why it is as large as it is. */
const MOST_FIELDS = 3

type WireLayer = (typeof WIRE_LAYERS)[number]

/** Wire bytes of the steady phase by layer, the largest first. */
export const steadyLayers = (ledger: readonly LedgerEntry[]): [layer: WireLayer, bytes: number][] =>
  WIRE_LAYERS.map((layer): [WireLayer, number] => [
    layer,
    sumLedger(ledger, { phase: 'steady', layer }),
  ])
    .filter(([, bytes]) => bytes > 0)
    .sort(([, a], [, b]) => b - a)

/**
 * Why a message takes what it takes, in one sentence: the bytes of each layer,
 * the most first, with the largest fields that its frames have of each.
 * @param frames of one message or of several alike
 * @param messages of the ledger; null where there is nothing to say
 */
export function whyText(
  name: string,
  { ledger, messages }: { ledger: readonly LedgerEntry[]; messages: number },
  frames: readonly SteadyFrame[],
): string | null {
  const sums = steadyLayers(ledger)
  if (sums.length === 0 || messages === 0) return null
  const told = sums.map(([layer, bytes]) => {
    const text = layerText(layer, bytes / messages)
    // What a payload consists of is the reader's own.
    const fields = layer === 'payload' ? [] : largestFields(frames, (of) => of === layer)
    return fields.length === 0
      ? text
      : text + WORDS.inBrackets(fields.map(([label]) => label).join(WORDS.comma))
  })
  const total = sums.reduce((sum, [, bytes]) => sum + bytes, 0)
  return say.why(name, formatBytes(total / messages), told.join(WORDS.comma))
}

/** `24 B framing`. */
export const layerText = (layer: WireLayer, bytes: number): string =>
  say.layer(formatBytes(bytes), WORDS.layers[layer])

/** Of the steady phase, by name, since a header may stand in several frames. */
export function largestFields(
  frames: readonly SteadyFrame[],
  isOf: (layer: Layer) => boolean,
): [label: string, bytes: number][] {
  const sizes = new Map<string, number>()
  for (const { phase, parts } of frames) {
    if (phase !== 'steady') continue
    for (const { layer, label, lengthBytes } of parts) {
      if (isOf(layer)) sizes.set(label, (sizes.get(label) ?? 0) + lengthBytes)
    }
  }
  return [...sizes].sort(([, a], [, b]) => b - a).slice(0, MOST_FIELDS)
}

/** The frames of the last message of several, which has what later ones have; none where no message begins. */
export function lastMessageOf<Given extends SteadyFrame>(frames: readonly Given[]): Given[] {
  const steady = frames.filter(({ phase }) => phase === 'steady')
  const begins = steady.findLastIndex(
    ({ message, parts }) =>
      message === 'begins' ||
      (message === undefined && parts.some(({ layer }) => layer === 'payload')),
  )
  return begins < 0 ? [] : steady.slice(begins)
}
