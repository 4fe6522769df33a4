import { groupBy } from '../../../model/group-by.ts'
import { findMetric } from '../../../model/report/metric.ts'
import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { type FormatUnit, formatValue } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  notesOf,
  paragraph,
} from '../../document/document.ts'
import { noteMark, verdictWord } from '../notes.ts'
import { TONE_OF } from './comparison.ts'
import { rangeText } from './figures.ts'

const say = catalogue({
  en: {
    title: 'Published figures',
    columns: {
      publication: 'publication',
      figure: 'figure',
      ours: 'ours',
      difference: 'difference',
    },
    sum: (publications: number, figures: number, exact: number) =>
      `${figures} figures of ${publications} publications, ${exact} of them exact to the byte. Where a figure is a range or a ratio, the difference is the verdict.`,
  },
  'zh-TW': {
    title: '公開發表的數據',
    columns: { publication: '出處', figure: '數據', ours: '本次測得', difference: '差異' },
    sum: (publications, figures, exact) =>
      `${publications} 個出處的 ${figures} 項數據，其中 ${exact} 項一個位元組不差。數據為範圍或比值時，差異欄為判定。`,
  },
})

/** Of scenarios that set up what others measured, and of nothing else. */
export const isOfPublished = ({ plan }: Report): boolean =>
  plan.scenarios.length > 0 && plan.scenarios.every(({ name }) => name.startsWith('published-'))

/** A figure that is one number: what was measured differs from it by so much. */
export const isOneFigure = ({ between: [low, high] }: ClaimVerdict): boolean => low === high

/** What others published, beside what their set-ups give here. */
export function publishedBlocks(report: Report): Block[] {
  const { verdicts } = report
  const publications = publicationsOf(verdicts)
  const exact = verdicts.filter((each) => isOneFigure(each) && each.verdict === 'holds')
  const { publication, figure, ours, difference } = say.columns
  return [
    heading(1, say.title),
    {
      kind: 'table',
      frame: 'boxed',
      columns: [publication, figure, ours, difference].map((title) => ({ title, align: 'left' })),
      groups: [...publications].map(([source, figures], index) => ({
        first: cellText(siteOf(source) + noteMark(index + 1)),
        rows: figures.map(rowOf),
      })),
    },
    ...notesOf([...publications.keys()]),
    paragraph(say.sum(publications.size, verdicts.length, exact.length)),
  ]
}

/** The figures of each, by its whole source. */
export const publicationsOf = (verdicts: readonly ClaimVerdict[]): Map<string, ClaimVerdict[]> =>
  groupBy(verdicts, ({ source }) => wordsOf(source ?? ''))

/** Who published it, where the whole source has no room: `disk91.com`, `github.com/sak007`. */
export function siteOf(source: string): string {
  const [place = ''] = source.split(', ')
  return place.replace(/^(github\.com\/[^/]+|[^/ ]+)\/.*$/, '$1')
}

function rowOf(verdict: ClaimVerdict): CellText[] {
  const unit: FormatUnit =
    verdict.subject === 'ratio' ? 'ratio' : (findMetric(verdict.metric)?.unit ?? 'messages')
  const values = verdict.evidence.flatMap(({ value }) => value ?? [])
  const [only] = values
  const isDifference = isOneFigure(verdict) && only !== undefined && values.length === 1
  const difference = isDifference
    ? formatValue(only - verdict.between[0], unit)
    : verdictWord(verdict)
  return [
    cellText(wordsOf(verdict.says)),
    cellText(rangeText(values, unit)),
    cellText(difference, TONE_OF[verdict.verdict]),
  ]
}
