import type { ClaimVerdict, Report } from '../../model/report/report.ts'
import type { Block } from '../document/document.ts'
import { paragraph } from '../document/document.ts'

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** The notes under the comparison: what each verdict rests on, numbered as the table reads. */
export class ClaimNotes {
  readonly #verdicts: ClaimVerdict[] = []
  readonly #commonSource: string | null

  constructor({ verdicts }: Report) {
    const sources = new Set(verdicts.map((verdict) => verdict.source))
    const [source] = sources
    this.#commonSource = sources.size === 1 && verdicts.length > 1 ? (source ?? null) : null
  }

  /** @returns the mark that refers to the note, such as `¹²` */
  add(verdict: ClaimVerdict): string {
    this.#verdicts.push(verdict)
    return String(this.#verdicts.length).replace(
      /\d/g,
      (digit) => SUPERSCRIPTS[Number(digit)] ?? '',
    )
  }

  blocks(): Block[] {
    if (this.#verdicts.length === 0) return []
    const items = this.#verdicts.map((verdict) => this.#textOf(verdict))
    const blocks: Block[] = [{ kind: 'notes', items }]
    if (this.#commonSource !== null) {
      blocks.push(paragraph(`source of every claim: ${this.#commonSource}`, 'faint'))
    }
    return blocks
  }

  #textOf(verdict: ClaimVerdict): string {
    const { source, scenario } = verdict
    const cited = source === null || this.#commonSource !== null ? '' : `; source: ${source}`
    return `${scenario ?? 'overall'}: ${describeVerdict(verdict)}${cited}`
  }
}

/** What was claimed, and what became of it. */
export function describeVerdict({ says, verdict, condition, evidence }: ClaimVerdict): string {
  const divisors = [...new Set(evidence.flatMap((item) => item.comparedTo ?? []))]
  const basis = divisors.length === 1 ? ` (compared to ${divisors[0]})` : ''
  // `conditional: holds for …` says it twice.
  const judged = verdict === 'conditional' ? condition : `${verdict}: ${condition}`
  return `“${says}” ${judged}${basis}`
}
