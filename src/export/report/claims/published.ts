import { groupBy } from '../../../model/group-by.ts'
import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { formatValue } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  notesOf,
  paragraph,
  rowGroup,
} from '../../document/document.ts'
import { noteMark, verdictWord } from '../notes.ts'
import { claimUnit, TONE_OF } from './comparison.ts'
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

export const isExact = (verdict: ClaimVerdict): boolean =>
  isOneFigure(verdict) && verdict.verdict === 'holds'

/** What others published, beside what their set-ups give here. */
export function publishedBlocks(report: Report): Block[] {
  const { verdicts } = report
  const publications = publicationsOf(verdicts)
  const { publication, figure, ours, difference } = say.columns
  return [
    heading(1, say.title),
    {
      kind: 'table',
      frame: 'boxed',
      columns: [publication, figure, ours, difference].map((title) => ({ title, align: 'left' })),
      groups: [...publications].map(([source, figures], index) =>
        rowGroup(siteOf(source) + noteMark(index + 1), ...figures.map(rowOf)),
      ),
    },
    ...notesOf([...publications.keys()]),
    paragraph(say.sum(publications.size, verdicts.length, verdicts.filter(isExact).length)),
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
  const unit = claimUnit(verdict)
  const values = verdict.evidence.map(({ value }) => value)
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
