import type { CheckResult } from '../../model/report/check/check.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import { listFindings, placeOf, sayDetails } from './findings.ts'
import { saySettlements, summarise } from './sentences.ts'

const say = catalogue({
  en: {
    verdicts: { pass: 'pass', fail: 'FAIL', 'no-verdict': 'no verdict', unmeasured: 'no verdict' },
  },
  'zh-TW': {
    verdicts: {
      ...{ pass: '通過', fail: '失敗' },
      ...{ 'no-verdict': '無法判定', unmeasured: '無法判定' },
    },
  },
})

/**
 * For people: a line for every finding and budget that is not as it should be,
 * below it what shows it, then the sum, then what settles it. One line where all
 * is well.
 */
export function renderCheckText(result: CheckResult): string {
  const lines = [
    ...listFindings(result.cells).flatMap((finding) => [
      WORDS.named(say.verdicts[finding.verdict], WORDS.named(placeOf(finding), finding.sentence)),
      ...sayDetails(finding).map((detail) => `  ${detail}`),
    ]),
    ...result.budgets
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ verdict, line }) => WORDS.named(say.verdicts[verdict], saidText(line))),
    summarise(result),
    ...saySettlements(result),
  ]
  return `${lines.join('\n')}\n`
}
