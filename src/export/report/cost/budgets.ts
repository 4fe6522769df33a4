import type { BudgetVerdict } from '../../../model/report/check/check.ts'
import { findMetric } from '../../../model/report/metric.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { saidText } from '../../../model/said/said.ts'
import { formatValue } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, type CellText, cellText, heading, type Tone } from '../../document/document.ts'
import { WORDS } from '../../words.ts'

interface BudgetWords extends Pick<BudgetVerdict, 'scenario' | 'transport' | 'metric' | 'ratioTo'> {
  value: string
  min: string | null
  max: string | null
}

const MARKS = { fail: '✗', pass: '✓' } as const

const say = catalogue({
  en: {
    budgets: 'Budgets',
    told: { fail: `${MARKS.fail} broken`, unmeasured: 'open', pass: `${MARKS.pass} kept` },
    line: (line: string, _: BudgetWords) => line,
  },
  'zh-TW': {
    budgets: '預算',
    told: { fail: `${MARKS.fail} 超出`, unmeasured: '未定', pass: `${MARKS.pass} 符合` },
    line: (_, { scenario, transport, metric, ratioTo, value, min, max }) =>
      `${scenario}：${transport} 的 ${metric}${ratioTo === null ? '' : `（除以 ${ratioTo}）`} 為 ${value}${max === null ? '' : `，上限 ${max}`}${min === null ? '' : `，下限 ${min}`}`,
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

/** The gates of the scenario files, last, where a terminal stands still; what is not kept first. */
export function budgetBlocks({ budgets = [] }: Report): Block[] {
  if (budgets.length === 0) return []
  const lists = (['fail', 'unmeasured', 'pass'] as const).flatMap((verdict): Block[] => {
    const items = budgets
      .filter((budget) => budget.verdict === verdict)
      .map((budget) => WORDS.named(say.told[verdict], lineOf(budget)))
    return items.length === 0 ? [] : [{ kind: 'list', items, tone: TONE_OF[verdict] }]
  })
  return [heading(2, say.budgets), ...lists]
}

/** Told from its figures; where there is none, as it stands. */
function lineOf({ line, value, metric, ratioTo, min, max, ...budget }: BudgetVerdict): string {
  if (value === null) return saidText(line)
  const unit = ratioTo === null ? (findMetric(metric)?.unit ?? 'messages') : 'ratio'
  const text = (bound: number | null) => (bound === null ? null : formatValue(bound, unit))
  const figures = {
    metric,
    ratioTo,
    value: formatValue(value, unit),
    min: text(min),
    max: text(max),
  }
  return say.line(line, { ...budget, ...figures })
}
