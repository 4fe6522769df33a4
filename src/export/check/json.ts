import type { CheckResult } from '../../model/report/check.ts'

/** The whole result; its schema is `checkResultSchema`. */
export function renderCheckJson(result: CheckResult): string {
  return `${JSON.stringify(result, null, 2)}\n`
}
