import type { CheckResult } from '../../model/report/check/check.ts'
import { jsonText } from '../document/json-text.ts'

/** The whole result; its schema is `checkResultSchema`. */
export function renderCheckJson(result: CheckResult): string {
  return jsonText(result)
}
