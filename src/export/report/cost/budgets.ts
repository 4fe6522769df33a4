import type { BudgetVerdict } from '../../../model/report/check/check.ts'
import type { Report } from '../../../model/report/report.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, heading, type Tone } from '../../document/document.ts'
import { WORDS } from '../../words.ts'

const say = catalogue({
  en: {
    budgets: 'Budgets',
    told: { fail: 'broken', unmeasured: 'open', pass: 'kept' },
  },
  'zh-TW': {
    budgets: '預算',
    told: { fail: '超出', unmeasured: '未定', pass: '符合' },
  },
})

const TONE_OF: Record<BudgetVerdict['verdict'], Tone> = {
  fail: 'bad',
  unmeasured: 'mixed',
  pass: 'good',
}

/** The gates of the scenario files, last, where a terminal stands still; what is not kept first. */
export function budgetBlocks({ budgets = [] }: Report): Block[] {
  if (budgets.length === 0) return []
  const lists = (['fail', 'unmeasured', 'pass'] as const).flatMap((verdict): Block[] => {
    const items = budgets
      .filter((budget) => budget.verdict === verdict)
      .map(({ line }) => WORDS.named(say.told[verdict], line))
    return items.length === 0 ? [] : [{ kind: 'list', items, tone: TONE_OF[verdict] }]
  })
  return [heading(2, say.budgets), ...lists]
}
