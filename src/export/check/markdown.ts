import type { CheckResult } from '../../model/report/check/check.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import { type Finding, listFindings, placeOf } from './findings.ts'
import { inBrackets, listSettlements, sayCells, summarise } from './sentences.ts'

const say = catalogue({
  en: {
    title: (verdict: string) => `mqtt-vs-http check: ${verdict}`,
    titles: { pass: 'passed', fail: 'failed', 'no-verdict': 'no verdict' },
    verdicts: {
      ...{ pass: 'pass', fail: 'fail' },
      ...{ 'no-verdict': 'no-verdict', unmeasured: 'unmeasured' },
    },
    head: '| cell | verdict | figure | was | is | difference |',
  },
  'zh-TW': {
    title: (verdict) => `mqtt-vs-http check：${verdict}`,
    titles: { pass: '通過', fail: '失敗', 'no-verdict': '無法判定' },
    verdicts: {
      ...{ pass: '通過', fail: '失敗' },
      ...{ 'no-verdict': '無法判定', unmeasured: '沒有測到' },
    },
    head: '| 項目 | 判定 | 數字 | 原為 | 現為 | 差異 |',
  },
})

/** A summary for a job's page, such as `$GITHUB_STEP_SUMMARY`: headline, table, frames, commands. */
export function renderCheckMarkdown(result: CheckResult): string {
  const findings = listFindings(result.cells)
  const budgets = result.budgets.filter(({ verdict }) => verdict !== 'pass')
  const details = findings.flatMap(({ scenario, details }) =>
    details.map(
      ({ transports, text }) =>
        `- ${WORDS.named(escapeMarkdown(sayCells(scenario, transports)), escapeMarkdown(text))}`,
    ),
  )
  const blocks = [
    [`### ${say.title(say.titles[result.verdict])}`],
    [escapeMarkdown(upperFirst(summarise(result)))],
    findings.length === 0
      ? []
      : [say.head, '| --- | --- | --- | ---: | ---: | ---: |', ...findings.flatMap(rowsOf)],
    details,
    budgets.map(
      ({ verdict, line }) =>
        `- ${WORDS.named(`**${say.verdicts[verdict]}**`, escapeMarkdown(saidText(line)))}`,
    ),
    ...listSettlements(result).map(({ purpose, command }) => [
      WORDS.named(upperFirst(purpose), '').trimEnd(),
      '',
      '```sh',
      command,
      '```',
    ]),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function rowsOf(finding: Finding): string[] {
  const { scenario, sentence, verdict, figures } = finding
  const told = say.verdicts[verdict]
  const row = (...columns: string[]): string => `| ${columns.join(' | ')} |`
  if (figures.length === 0) {
    return [row(escapeMarkdown(placeOf(finding)), told, escapeMarkdown(sentence), '', '', '')]
  }
  return figures.map(({ transports, figures: { place, was, is, change, percent, of } }) =>
    row(
      escapeMarkdown(sayCells(scenario, transports)),
      ...[told, `${place}${of}`, was, is, `${change}${inBrackets(percent)}`],
    ),
  )
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Text that Markdown leaves as it is: header values come from outside. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|~#&$]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ')
