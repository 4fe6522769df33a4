import type { BudgetVerdict } from '../../../model/report/check/check.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { saidText } from '../../../model/said/said.ts'
import { catalogue } from '../../../model/text/language.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  listOf,
  type Tone,
} from '../../document/document.ts'
import { WORDS } from '../../words.ts'

const MARKS = { fail: '✗', pass: '✓' } as const

const say = catalogue({
  en: {
    budgets: 'Budgets',
    told: { fail: `${MARKS.fail} broken`, unmeasured: 'open', pass: `${MARKS.pass} kept` },
  },
  'zh-TW': {
    budgets: '預算',
    told: { fail: `${MARKS.fail} 超出`, unmeasured: '未定', pass: `${MARKS.pass} 符合` },
  },
})

const TONE_OF: Record<BudgetVerdict['verdict'], Tone> = {
  fail: 'bad',
  unmeasured: 'mixed',
  pass: 'good',
}

/**
 * A figure as a table shows it, with ✓ or ✗ where a budget is set for it. A
 * budget on a ratio is of two rows, and told in its own section alone.
 */
export function judgedText(
  text: string,
  metric: string | undefined,
  cell: Pick<Cell, 'scenario' | 'transport'>,
  { budgets = [] }: Pick<Report, 'budgets'>,
): CellText {
  const verdicts = budgets
    .filter((budget) => budget.metric === metric && budget.ratioTo === null)
    .filter(({ scenario, transport }) => scenario === cell.scenario && transport === cell.transport)
    .map(({ verdict }) => verdict)
  const verdict = (['fail', 'pass'] as const).find((each) => verdicts.includes(each))
  if (text === '' || verdict === undefined) return cellText(text)
  return cellText(`${text} ${MARKS[verdict]}`, TONE_OF[verdict])
}

type Judged = Pick<BudgetVerdict, 'verdict' | 'line'>

export const budgetText = ({ verdict, line }: Judged): string =>
  WORDS.named(say.told[verdict], saidText(line))

/** The gates of the scenario files, what is not kept first. */
export const budgetTexts = (budgets: readonly Judged[] = []): { text: string; tone: Tone }[] =>
  (['fail', 'unmeasured', 'pass'] as const).flatMap((verdict) =>
    budgets
      .filter((budget) => budget.verdict === verdict)
      .map((budget) => ({ text: budgetText(budget), tone: TONE_OF[verdict] })),
  )

/** Last, where a terminal stands still. */
export function budgetBlocks(level: 1 | 2, budgets?: readonly Judged[]): Block[] {
  const told = budgetTexts(budgets)
  if (told.length === 0) return []
  const lists = Object.values(TONE_OF).flatMap((tone) => {
    const items = told.filter((each) => each.tone === tone).map(({ text }) => text)
    return listOf(items, tone)
  })
  return [heading(level, say.budgets), ...lists]
}
