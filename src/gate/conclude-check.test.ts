import { describe, expect, it } from 'vitest'
import type { BudgetVerdict, CellVerdict } from '../model/report/check/check.ts'
import { checkResultSchema } from '../model/report/check/check.ts'
import { concludeCheck } from './conclude-check.ts'

const NAME = { scenario: 'json', transport: 'http1' }
const PASS: CellVerdict = { ...NAME, finding: 'unchanged', verdict: 'pass' }
const FAIL: CellVerdict = { ...NAME, finding: 'gone', verdict: 'fail' }
const OPEN: CellVerdict = { ...NAME, finding: 'failed', verdict: 'no-verdict', reason: 'broke' }
const budget = (verdict: BudgetVerdict['verdict']): BudgetVerdict => ({
  ...NAME,
  ...{ metric: 'setup_bytes', ratioTo: null, min: null, max: 1, value: null, line: 'a line' },
  verdict,
})

const conclude = (cells: CellVerdict[], budgets: BudgetVerdict[] = []) =>
  concludeCheck({
    tool: { name: 'mqtt-vs-http', version: '0.1.0' },
    baseline: 'results/baseline.json',
    command: 'npx mqtt-vs-http check',
    cells,
    budgets,
  })

describe('the verdict over all', () => {
  it.each<[string, CellVerdict[], BudgetVerdict[], string, number]>([
    ['all pass', [PASS, PASS], [budget('pass')], 'pass', 0],
    ['one cell fails', [PASS, FAIL], [], 'fail', 1],
    ['one budget fails', [PASS], [budget('pass'), budget('fail')], 'fail', 1],
    ['one cell gave no figure', [PASS, OPEN], [], 'no-verdict', 3],
    ['one budget gave no figure', [PASS], [budget('unmeasured')], 'no-verdict', 3],
    ['one fails and one gave no figure', [OPEN, FAIL], [], 'fail', 1],
    ['nothing was judged', [], [], 'no-verdict', 3],
    ['only budgets were judged', [], [budget('pass')], 'pass', 0],
  ])('where %s', (_what, cells, budgets, verdict, exitCode) => {
    const result = conclude(cells, budgets)
    expect(result).toMatchObject({ verdict, exitCode })
    expect(checkResultSchema.parse(result)).toEqual(result)
  })
})
