import type { BudgetVerdict, CellVerdict, CheckResult } from '../../model/report/check/check.ts'
import { listFindings, placeOf, sayDetails } from './findings.ts'
import { saySettlements, summarise } from './sentences.ts'

const WORD_OF: Record<CellVerdict['verdict'] | BudgetVerdict['verdict'], string> = {
  pass: 'pass',
  fail: 'FAIL',
  'no-verdict': 'no verdict',
  unmeasured: 'no verdict',
}

/**
 * For people: a line for every finding and budget that is not as it should be,
 * below it what shows it, then the sum, then what settles it. One line where all
 * is well.
 */
export function renderCheckText(result: CheckResult): string {
  const lines = [
    ...listFindings(result.cells).flatMap((finding) => [
      `${WORD_OF[finding.verdict]}: ${placeOf(finding)}: ${finding.sentence}`,
      ...sayDetails(finding).map((detail) => `  ${detail}`),
    ]),
    ...result.budgets
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ verdict, line }) => `${WORD_OF[verdict]}: ${line}`),
    summarise(result),
    ...saySettlements(result),
  ]
  return `${lines.join('\n')}\n`
}
