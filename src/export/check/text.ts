import type { BudgetVerdict, CellVerdict, CheckResult } from '../../model/report/check.ts'
import { isKept, listDetails, nameOf, sayFinding, saySettlements, summarise } from './sentences.ts'

const WORD_OF: Record<CellVerdict['verdict'] | BudgetVerdict['verdict'], string> = {
  pass: 'pass',
  fail: 'FAIL',
  'no-verdict': 'no verdict',
  unmeasured: 'no verdict',
}

/**
 * For people: a line for every cell and budget that is not as it should be,
 * below it what shows it, then the sum, then what settles it. One line where all
 * is well.
 */
export function renderCheckText(result: CheckResult): string {
  const notKept = result.cells.filter((cell) => !isKept(cell))
  const lines = [
    ...notKept.flatMap((cell) => [
      `${WORD_OF[cell.verdict]}: ${nameOf(cell)}: ${sayFinding(cell)}`,
      ...listDetails(cell).map((detail) => `  ${detail}`),
    ]),
    ...result.budgets
      .filter(({ verdict, asked }) => asked && verdict !== 'pass')
      .map(({ verdict, line }) => `${WORD_OF[verdict]}: ${line}`),
    summarise(result),
    ...saySettlements(result),
  ]
  const unasked = result.budgets.filter(({ asked }) => !asked).length
  if (unasked > 0) {
    const many = unasked === 1 ? '1 budget is' : `${unasked} budgets are`
    lines.push(`${many} for transports that were not run`)
  }
  return `${lines.join('\n')}\n`
}
