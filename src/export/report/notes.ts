import type { ClaimVerdict, Report } from '../../model/report/report.ts'
import { catalogue } from '../../model/text/language.ts'
import { type Wording, wordsOf } from '../../model/text/wording.ts'
import { type Block, notesOf, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import { conditionOf } from './claims/condition.ts'

const say = catalogue({
  en: {
    sourceOfAll: (source: string) => `source of every claim: ${source}`,
    source: (source: string) => `; source: ${source}`,
    comparedTo: (transport: string) => ` (compared to ${transport})`,
    judged: (claim: string, verdict: string) => `${claim} ${verdict}`,
  },
  'zh-TW': {
    sourceOfAll: (source) => `所有說法的出處：${source}`,
    source: (source) => `；出處：${source}`,
    comparedTo: (transport) => `（與 ${transport} 相比）`,
    // A mark of full width has its own room.
    judged: (claim, verdict) => `${claim}${verdict.replaceAll('） ', '）')}`,
  },
})

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

export const noteMark = (number: number): string =>
  String(number).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '')

/** The notes under the comparison: what each verdict rests on, numbered as the table reads. */
export class ClaimNotes {
  readonly #verdicts: ClaimVerdict[] = []
  readonly #commonSource: Wording | null

  constructor({ verdicts }: Report) {
    const sources = new Set(verdicts.map(({ source }) => source && wordsOf(source)))
    const source = verdicts[0]?.source
    this.#commonSource = sources.size === 1 && verdicts.length > 1 ? (source ?? null) : null
  }

  /** @returns the mark that refers to the note, such as `¹²` */
  add(verdict: ClaimVerdict): string {
    this.#verdicts.push(verdict)
    return noteMark(this.#verdicts.length)
  }

  blocks(): Block[] {
    if (this.#verdicts.length === 0) return []
    const items = this.#verdicts.map((verdict) => this.#textOf(verdict))
    const blocks: Block[] = notesOf(items)
    if (this.#commonSource !== null) {
      blocks.push(paragraph(say.sourceOfAll(wordsOf(this.#commonSource)), 'faint'))
    }
    return blocks
  }

  #textOf(verdict: ClaimVerdict): string {
    const { source, scenario } = verdict
    const cited = source === null || this.#commonSource !== null ? '' : say.source(wordsOf(source))
    return WORDS.named(scenario ?? WORDS.overall, describeVerdict(verdict) + cited)
  }
}

/** What became of a claim; what failed was tested, and is not known. */
export const verdictWord = ({ verdict, failed = [] }: ClaimVerdict): string =>
  verdict === 'untested' && failed.length > 0 ? WORDS.notKnown : WORDS.verdicts[verdict]

/** What was claimed, and what became of it. */
export function describeVerdict(told: ClaimVerdict): string {
  const { says, verdict, evidence } = told
  const condition = conditionOf(told)
  const divisors = [...new Set(evidence.flatMap((item) => item.comparedTo ?? []))]
  const basis = divisors.length === 1 ? say.comparedTo(divisors[0] ?? '') : ''
  // `conditional: holds for …` says it twice.
  const judged = verdict === 'conditional' ? condition : WORDS.named(verdictWord(told), condition)
  return say.judged(WORDS.quoted(wordsOf(says)), judged + basis)
}
