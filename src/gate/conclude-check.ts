import { EXIT, type ExitCode } from '../model/exit-codes.ts'
import type { BudgetVerdict, CheckResult } from '../model/report/check/check.ts'
import { CHECK_SCHEMA_VERSION } from '../model/report/schema-versions.ts'

const EXIT_OF = {
  pass: EXIT.fine,
  fail: EXIT.gateFailed,
  'no-verdict': EXIT.failed,
} as const satisfies Record<CheckResult['verdict'], number>

const verdictOf = ({ verdict }: BudgetVerdict): CheckResult['verdict'] =>
  verdict === 'unmeasured' ? 'no-verdict' : verdict

function sumUp(verdicts: readonly CheckResult['verdict'][]): CheckResult['verdict'] {
  if (verdicts.includes('fail')) return 'fail'
  return verdicts.length === 0 || verdicts.includes('no-verdict') ? 'no-verdict' : 'pass'
}

/** What budgets alone end with; 0 where there are none. */
export const exitCodeOfBudgets = (budgets: readonly BudgetVerdict[]): ExitCode =>
  budgets.length === 0 ? EXIT.fine : EXIT_OF[sumUp(budgets.map(verdictOf))]

/**
 * The verdict over all. A cell that failed stays failed, however many others
 * gave no figure. Where nothing at all was judged there is no verdict: a gate
 * that looks at nothing must not pass.
 */
export function concludeCheck(
  parts: Omit<CheckResult, 'schemaVersion' | 'verdict' | 'exitCode'>,
): CheckResult {
  const { tool, baseline, command, cells, budgets } = parts
  const verdict = sumUp([...cells.map((cell) => cell.verdict), ...budgets.map(verdictOf)])
  return {
    schemaVersion: CHECK_SCHEMA_VERSION,
    tool,
    baseline,
    command,
    verdict,
    exitCode: EXIT_OF[verdict],
    cells,
    budgets,
  }
}
