import type { Report } from '../../../model/report/report.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, heading, paragraph } from '../../document/document.ts'
import { commands } from './commands.ts'
import { fanOut } from './fan-out.ts'
import type { Kind } from './kind.ts'
import { link } from './link.ts'
import { load } from './load.ts'
import { published } from './published.ts'
import { uplink } from './uplink.ts'

const say = catalogue({
  en: { answer: 'Answer' },
  'zh-TW': { answer: '結論' },
})

/** Of equal weight, what was asked for besides comes before what is always measured. */
const KINDS: readonly Kind[] = [link, load, uplink, commands, fanOut]

/** What a run is of, the weightiest first; what others published has no other answer than how right they are. */
export function kindsOf(report: Report): Kind[] {
  const kinds = published.weight(report) > 0 ? [published, load] : KINDS
  return kinds
    .map((kind) => ({ kind, weight: kind.weight(report) }))
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ kind }) => kind)
}

/** What the run comes to, each sentence with its figures and with what they are of. */
export function answerBlocks(report: Report): Block[] {
  const sentences = answerOf(report)
  return sentences.length === 0
    ? []
    : [heading(1, say.answer), ...sentences.map((text) => paragraph(text))]
}

export const answerOf = (report: Report): string[] =>
  kindsOf(report).flatMap((kind) => kind.sentences(report, 'with the claim'))

/** What matters most of each kind, and then the rest: as much of it as there is room for. */
export function answerInShort(report: Report): string[] {
  const told = kindsOf(report).map((kind) => kind.sentences(report, 'without the claim'))
  return [...told.flatMap(([first]) => first ?? []), ...told.flatMap(([, ...others]) => others)]
}
