import type { CheckResult } from '../../model/report/check/check.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { listFindings, placeOf, sayDetails } from './findings.ts'
import { sayCells, saySettlements } from './sentences.ts'

const say = catalogue({
  en: {
    budget: (cell: string) => `budget: ${cell}`,
    more: (count: number) => `${count} more`,
    inLog: (count: number) => `the log of this step has ${count} more findings`,
  },
  'zh-TW': {
    budget: (cell) => `預算：${cell}`,
    more: (count) => `還有 ${count} 項`,
    inLog: (count) => `這一步的記錄裡還有 ${count} 項`,
  },
})

/** GitHub shows ten annotations of a kind for one step, and drops the rest without a word. */
const MAX_ANNOTATIONS = 10

interface Annotation {
  level: 'error' | 'notice'
  title: string
  lines: string[]
}

/** Workflow commands that GitHub shows beside the run; empty where all is well. */
export function renderCheckGithub(result: CheckResult): string {
  const annotations = [...annotateCells(result), ...annotateBudgets(result)]
  const errors = annotations.filter(({ level }) => level === 'error')
  const notices = annotations.filter(({ level }) => level === 'notice')
  return [...limit(errors), ...limit(notices)].map((each) => `${formatAnnotation(each)}\n`).join('')
}

function annotateCells(result: CheckResult): Annotation[] {
  return listFindings(result.cells).map((finding) => ({
    level: finding.verdict === 'pass' ? 'notice' : 'error',
    title: placeOf(finding),
    lines: [
      finding.sentence,
      ...sayDetails(finding),
      ...saySettlements({ cells: finding.cells, command: result.command }),
    ],
  }))
}

function annotateBudgets({ budgets }: CheckResult): Annotation[] {
  return budgets
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ scenario, transport, line }) => ({
      level: 'error',
      title: say.budget(sayCells(scenario, [transport])),
      lines: [saidText(line)],
    }))
}

function limit(annotations: readonly Annotation[]): Annotation[] {
  const [first] = annotations
  if (first === undefined || annotations.length <= MAX_ANNOTATIONS) return [...annotations]
  const shown = annotations.slice(0, MAX_ANNOTATIONS - 1)
  const more = annotations.length - shown.length
  return [...shown, { level: first.level, title: say.more(more), lines: [say.inLog(more)] }]
}

function formatAnnotation({ level, title, lines }: Annotation): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(lines.join('\n'))}`
}

/** The runner undoes these, and reads any other CR or LF as the end of the command. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** In a property, a colon or comma would end it too. */
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
