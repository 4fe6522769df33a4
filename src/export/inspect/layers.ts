import { styleText } from 'node:util'
import { catalogue } from '../../model/text/language.ts'
import type { Layer } from '../../model/vocabulary.ts'
import { WORDS } from '../words.ts'

type Style = Parameters<typeof styleText>[0]

const say = catalogue({ en: { acknowledgement: 'ack' }, 'zh-TW': { acknowledgement: '確認' } })

/** As tables have it: the one long word is short. */
export const layerTitle = (layer: Layer): string =>
  layer === 'acknowledgement' ? say.acknowledgement : WORDS.layers[layer]

/** The colour says what the word beside it says too. */
const STYLE_OF: Record<Layer, Style> = {
  payload: 'green',
  framing: 'cyan',
  acknowledgement: 'yellow',
  control: 'magenta',
  security: 'red',
  network: 'gray',
}

/** Colours a text by its layer, where colour is wanted. */
export function paintLayer(text: string, layer: Layer, colour: boolean): string {
  if (!colour || text === '') return text
  // Whether there is a terminal was decided by who set `colour`.
  return styleText(STYLE_OF[layer], text, { validateStream: false })
}
