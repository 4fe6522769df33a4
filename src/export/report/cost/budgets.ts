import type { BudgetVerdict } from '../../../model/report/check/check.ts'
import type { Report } from '../../../model/report/report.ts'
import { type Block, heading, type Tone } from '../../document/document.ts'

const WORD_OF: Record<BudgetVerdict['verdict'], { word: string; tone: Tone }> = {
  fail: { word: 'broken', tone: 'bad' },
  unmeasured: { word: 'open', tone: 'mixed' },
  pass: { word: 'kept', tone: 'good' },
}

/** The gates of the scenario files, last, where a terminal stands still; what is not kept first. */
export function budgetBlocks({ budgets = [] }: Report): Block[] {
  if (budgets.length === 0) return []
  const lists = (['fail', 'unmeasured', 'pass'] as const).flatMap((verdict): Block[] => {
    const { word, tone } = WORD_OF[verdict]
    const items = budgets
      .filter((budget) => budget.verdict === verdict)
      .map(({ line }) => `${word}: ${line}`)
    return items.length === 0 ? [] : [{ kind: 'list', items, tone }]
  })
  return [heading(2, 'Budgets'), ...lists]
}
