import type { Layer } from '../../model/vocabulary.ts'

/** The layers of a stream as a sentence has them. */
export const LAYER_WORDS: readonly [layer: Layer, word: string][] = [
  ['payload', 'payload'],
  ['framing', 'framing'],
  ['acknowledgement', 'acknowledgement'],
  ['control', 'control'],
  ['security', 'security'],
]
