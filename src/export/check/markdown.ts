import type { CellVerdict, CheckResult } from '../../model/report/check.ts'
import { formatBytes } from '../../model/text/format.ts'
import {
  isKept,
  listDetails,
  listSettlements,
  nameOf,
  placeOf,
  sayChange,
  sayFinding,
  summarise,
} from './sentences.ts'

const TITLE_OF: Record<CheckResult['verdict'], string> = {
  pass: 'passed',
  fail: 'failed',
  'no-verdict': 'no verdict',
}

/** A summary for a job's page, such as `$GITHUB_STEP_SUMMARY`: headline, table, frames, commands. */
export function renderCheckMarkdown(result: CheckResult): string {
  const notKept = result.cells.filter((cell) => !isKept(cell))
  const budgets = result.budgets.filter(({ asked, verdict }) => asked && verdict !== 'pass')
  const details = notKept.flatMap((cell) =>
    listDetails(cell).map(
      (detail) => `- ${escapeMarkdown(nameOf(cell))}: ${escapeMarkdown(detail)}`,
    ),
  )
  const blocks = [
    [`### mqtt-vs-http check: ${TITLE_OF[result.verdict]}`],
    [escapeMarkdown(upperFirst(summarise(result)))],
    notKept.length === 0
      ? []
      : [
          '| cell | verdict | figure | was | is | difference |',
          '| --- | --- | --- | ---: | ---: | ---: |',
          ...notKept.flatMap(rowsOf),
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

function rowsOf(cell: CellVerdict): string[] {
  const row = (...columns: string[]): string => `| ${columns.join(' | ')} |`
  const head = [escapeMarkdown(nameOf(cell)), cell.verdict] as const
  const differences = 'differences' in cell ? cell.differences : []
  const rows = differences.map((difference) =>
    row(
      ...head,
      placeOf(difference),
      formatBytes(difference.was),
      formatBytes(difference.is),
      sayChange(difference.was, difference.is),
    ),
  )
  if (cell.finding === 'messages') {
    const { was, is } = cell.messages
    rows.unshift(row(...head, 'messages', String(was), String(is), ''))
  }
  return rows.length === 0 ? [row(...head, escapeMarkdown(sayFinding(cell)), '', '', '')] : rows
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Text that Markdown leaves as it is: header values come from outside. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|~#&$]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ')
