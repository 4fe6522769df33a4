import type { CheckResult } from '../../model/report/check.ts'
import { type Finding, listFindings, placeOf } from './findings.ts'
import { listSettlements, summarise } from './sentences.ts'

const TITLE_OF: Record<CheckResult['verdict'], string> = {
  pass: 'passed',
  fail: 'failed',
  'no-verdict': 'no verdict',
}

/** A summary for a job's page, such as `$GITHUB_STEP_SUMMARY`: headline, table, frames, commands. */
export function renderCheckMarkdown(result: CheckResult): string {
  const findings = listFindings(result.cells)
  const budgets = result.budgets.filter(({ verdict }) => verdict !== 'pass')
  const details = findings.flatMap((finding) =>
    finding.details.map(
      (detail) => `- ${escapeMarkdown(placeOf(finding))}: ${escapeMarkdown(detail)}`,
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
          ...findings.map(rowOf),
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

function rowOf(finding: Finding): string {
  const { sentence, verdict, figures } = finding
  const row = (...columns: string[]): string => `| ${columns.join(' | ')} |`
  const head = [escapeMarkdown(placeOf(finding)), verdict] as const
  if (figures === null) return row(...head, escapeMarkdown(sentence), '', '', '')
  return row(...head, figures.place, figures.was, figures.is, figures.change)
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Text that Markdown leaves as it is: header values come from outside. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|~#&$]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ')
