import type { ClaimVerdict } from '../../../model/report/report.ts'
import { formatCount, formatRatio } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { plainTable, rowGroup } from '../../document/document.ts'
import { clipText } from '../../document/fit-screen.ts'
import { WORDS } from '../../words.ts'
import { claimedText, claimUnit } from '../claims/comparison.ts'
import { rangeText } from '../claims/figures.ts'
import { isExact, isOfPublished, publicationsOf, siteOf } from '../claims/published.ts'
import type { Kind } from './kind.ts'

const say = catalogue({
  en: {
    hold: (figures: string, publications: string, hold: string, exact: string) =>
      `Of ${figures} figures of ${publications} publications ${hold} hold when their set-up is measured here, ${exact} of them exact to the byte.`,
    others: (conditional: string, refuted: string) =>
      `${conditional} hold for some of the transports that they speak of and not for others; ${refuted} are refuted.`,
    unknown: (count: string) =>
      `${count} could not be tested: what they speak of was not measured.`,
    wrong: (says: string, site: string, claimed: string, measured: string, factor: string) =>
      `The furthest off is ${says} (${site}): published ${claimed}, measured ${measured}, at the nearest ${factor}.`,
    times: (factor: string) => `${factor} times as much`,
    part: (factor: string) => `${factor} of it`,
    columns: { publication: 'publication', figures: 'figures', exact: 'exact' },
  },
  'zh-TW': {
    hold: (figures, publications, hold, exact) =>
      `${publications} 個出處的 ${figures} 項數據，按其設定在此測量，${hold} 項成立，其中 ${exact} 項一個位元組不差。`,
    others: (conditional, refuted) =>
      `${conditional} 項對所談的部分傳輸方式成立，對其他不成立；${refuted} 項不成立。`,
    unknown: (count) => `${count} 項無法判定：所談的並未測得。`,
    wrong: (says, site, claimed, measured, factor) =>
      `差得最多的是${says}（${site}）：公開值 ${claimed}，測得 ${measured}，最接近的也${factor}。`,
    times: (factor) => `是它的 ${factor} 倍`,
    part: (factor) => `只有它的 ${factor}`,
    columns: { publication: '出處', figures: '數據', exact: '精確' },
  },
})

type Verdict = ClaimVerdict['verdict']

/** How many of the published figures hold, and which is the furthest off. */
export const published: Kind = {
  weight: (report) =>
    isOfPublished(report) && report.verdicts.length > 0 ? report.plan.scenarios.length : 0,
  sentences: ({ verdicts }) => {
    const untested = countOf(verdicts, 'untested')
    return [
      say.hold(
        formatCount(verdicts.length),
        formatCount(publicationsOf(verdicts).size),
        formatCount(countOf(verdicts, 'holds')),
        formatCount(verdicts.filter(isExact).length),
      ),
      say.others(
        formatCount(countOf(verdicts, 'conditional')),
        formatCount(countOf(verdicts, 'refuted')),
      ),
      ...mostWrong(verdicts),
      ...(untested === 0 ? [] : [say.unknown(formatCount(untested))]),
    ]
  },
  tables: ({ verdicts }, nameColumns) => {
    const judged = (['holds', 'conditional', 'refuted', 'untested'] as const).filter(
      (verdict) => countOf(verdicts, verdict) > 0,
    )
    const count = (of: number): string => (of === 0 ? '' : formatCount(of))
    const { publication, figures, exact } = say.columns
    return [
      plainTable(
        [publication],
        [figures, ...judged.map((verdict) => WORDS.verdicts[verdict]), exact],
        Array.from(publicationsOf(verdicts), ([source, own]) =>
          rowGroup(clipText(siteOf(source), nameColumns), [
            count(own.length),
            ...judged.map((verdict) => count(countOf(own, verdict))),
            count(own.filter(isExact).length),
          ]),
        ),
      ),
    ]
  },
}

const countOf = (verdicts: readonly ClaimVerdict[], verdict: Verdict): number =>
  verdicts.filter((each) => each.verdict === verdict).length

/** Of what is refuted: whose nearest figure is the most times what was published, or the least part of it. */
function mostWrong(verdicts: readonly ClaimVerdict[]): string[] {
  const [worst] = verdicts
    .flatMap((verdict) => {
      if (verdict.verdict !== 'refuted') return []
      const [nearest] = verdict.evidence
        .map(({ value }) => factorOf(value, verdict))
        .filter((factor) => factor > 0 && Number.isFinite(factor))
        .toSorted((a, b) => distance(a) - distance(b))
      return nearest === undefined ? [] : [{ verdict, nearest }]
    })
    .toSorted((a, b) => distance(b.nearest) - distance(a.nearest))
  if (worst === undefined) return []
  const { verdict, nearest } = worst
  return [
    say.wrong(
      WORDS.quoted(wordsOf(verdict.says)),
      siteOf(wordsOf(verdict.source ?? '')),
      claimedText(verdict),
      rangeText(
        verdict.evidence.map(({ value }) => value),
        claimUnit(verdict),
      ),
      (nearest < 1 ? say.part : say.times)(formatRatio(nearest)),
    ),
  ]
}

const distance = (factor: number): number => Math.abs(Math.log(factor))

/** Of what was measured to the bound that it is beyond. */
const factorOf = (value: number, { between: [low, high] }: ClaimVerdict): number =>
  value < low ? value / low : value / high
