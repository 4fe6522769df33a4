import type { CheckResult } from '../../model/report/check/check.ts'
import { type Finding, listFindings, placeOf } from './findings.ts'
import { inBrackets, listSettlements, summarise } from './sentences.ts'

const TITLE_OF: Record<CheckResult['verdict'], string> = {
  pass: 'passed',
  fail: 'failed',
  'no-verdict': 'no verdict',
}

/** A summary for a job's page, such as `$GITHUB_STEP_SUMMARY`: headline, table, frames, commands. */
export function renderCheckMarkdown(result: CheckResult): string {
  const findings = listFindings(result.cells)
  const budgets = result.budgets.filter(({ verdict }) => verdict !== 'pass')
  const details = findings.flatMap(({ scenario, details }) =>
    details.map(
      ({ transports, text }) =>
        `- ${escapeMarkdown(`${scenario} on ${transports.join(', ')}`)}: ${escapeMarkdown(text)}`,
    ),
  )
  const blocks = [
    [`### mqtt-vs-http check: ${TITLE_OF[result.verdict]}`],
    [escapeMarkdown(upperFirst(summarise(result)))],
    findings.length === 0
      ? []
      : [
          '| cell | verdict | figure | was | is | difference |',
          '| --- | --- | --- | ---: | ---: | ---: |',
          ...findings.flatMap(rowsOf),
        ],
    details,
    budgets.map(({ verdict, line }) => `- **${verdict}**: ${escapeMarkdown(line)}`),
    ...listSettlements(result).map(({ purpose, command }) => [
      `${upperFirst(purpose)}:`,
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
  const row = (...columns: string[]): string => `| ${columns.join(' | ')} |`
  if (figures.length === 0) {
    return [row(escapeMarkdown(placeOf(finding)), verdict, escapeMarkdown(sentence), '', '', '')]
  }
  return figures.map(({ transports, figures: { place, was, is, change, percent, of } }) =>
    row(
      escapeMarkdown(`${scenario} on ${transports.join(', ')}`),
      ...[verdict, `${place}${of}`, was, is, `${change}${inBrackets(percent)}`],
    ),
  )
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Text that Markdown leaves as it is: header values come from outside. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|~#&$]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ')
