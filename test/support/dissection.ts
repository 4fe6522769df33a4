import type { Direction } from '../../src/model/vocabulary.ts'
import type { DissectorFactory, Frame, Unexplained } from '../../src/model/wire/frame.ts'

/** What was said on a connection, in order. */
export type Conversation = readonly (readonly [Direction, Uint8Array])[]

export interface Dissection {
  frames: Frame[]
  gaps: Unexplained[]
}

export function dissect(factory: DissectorFactory, conversation: Conversation): Dissection {
  const found: Dissection = { frames: [], gaps: [] }
  const dissector = factory({
    frame: (frame) => found.frames.push(frame),
    unexplained: (gap) => found.gaps.push(gap),
  })
  for (const [direction, bytes] of conversation) dissector.feed(direction, bytes)
  dissector.end()
  return found
}

export const up = (bytes: string | Uint8Array): readonly [Direction, Uint8Array] => [
  'up',
  toBytes(bytes),
]
export const down = (bytes: string | Uint8Array): readonly [Direction, Uint8Array] => [
  'down',
  toBytes(bytes),
]

const toBytes = (bytes: string | Uint8Array): Uint8Array =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes

/** `10 02 00 04`, spaces as you like. */
export const hex = (digits: string): Uint8Array => Buffer.from(digits.replace(/\s/g, ''), 'hex')

/** One line a part, for comparing at a glance: `layer label length text`. */
export const describeParts = (frame: Frame | undefined): string[] =>
  (frame?.parts ?? []).map(({ layer, label, lengthBytes, text }) =>
    [layer, label, lengthBytes, text ?? '-'].join(' | '),
  )

/** Labels of the parts whose bytes must not be shown. */
export const withheldLabels = (frame: Frame | undefined): string[] =>
  (frame?.parts ?? []).filter((part) => part.disclosure === 'withheld').map(({ label }) => label)

/**
 * The promise of every dissector: parts sum to their frame, and the frames of a
 * direction tile its stream from the first byte to the first unexplained one.
 */
export function findTilingFault(
  { frames, gaps }: Dissection,
  conversation: Conversation,
): string | null {
  for (const direction of ['up', 'down'] as const) {
    let at = 0
    for (const frame of frames.filter((candidate) => candidate.direction === direction)) {
      const summed = frame.parts.reduce((sum, part) => sum + part.lengthBytes, 0)
      if (summed !== frame.lengthBytes)
        return `${frame.label} at ${frame.offset}: parts sum to ${summed}`
      if (frame.offset !== at) return `${frame.label} begins at ${frame.offset}, not at ${at}`
      at += frame.lengthBytes
    }
    const own = gaps.filter((gap) => gap.direction === direction)
    if (own.length > 1) return `${own.length} gaps ${direction}`
    const total = conversation
      .filter((said) => said[0] === direction)
      .reduce((sum, [, bytes]) => sum + bytes.length, 0)
    const [gap] = own
    if (gap === undefined && at !== total) return `${total - at} bytes ${direction} are in no frame`
    if (gap !== undefined && (gap.offset !== at || at >= total))
      return `gap at ${gap.offset} of ${at}`
  }
  return null
}
