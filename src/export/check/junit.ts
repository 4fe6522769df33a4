import XmlBuilder from 'fast-xml-builder'
import type { BudgetVerdict, CellVerdict, CheckResult } from '../../model/report/check/check.ts'
import { saidText } from '../../model/said/said.ts'
import { inLanguage } from '../../model/text/language.ts'
import { listDetails, sayFinding, saySettlements } from './sentences.ts'

/** `@` marks attributes, `#text` the text of an element. */
const ATTRIBUTE = '@'

type Outcome = 'failure' | 'error'

interface TestCase {
  '@name': string
  '@classname': string
  failure?: object
  error?: object
  'system-out'?: string
}

/**
 * JUnit XML as Jenkins, GitLab and their like read it: a suite for the cells
 * and one for the budgets. Failed is `failure`, without a verdict is `error`. No
 * element has a time, since a byte has none. Programs read it: it is in English.
 */
export const renderCheckJunit = (result: CheckResult): string =>
  inLanguage('en', () => junitOf(result))

function junitOf(result: CheckResult): string {
  const suites = [
    suiteOf(
      'bytes',
      result.cells.map((cell) => cellCase(cell, result)),
    ),
    suiteOf('budgets', result.budgets.map(budgetCase)),
  ].filter((suite) => suite.testcase.length > 0)
  const total = (attribute: '@tests' | '@failures' | '@errors') =>
    suites.reduce((sum, suite) => sum + suite[attribute], 0)
  const builder = new XmlBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  })
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': 'mqtt-vs-http check',
      '@tests': total('@tests'),
      '@failures': total('@failures'),
      '@errors': total('@errors'),
      testsuite: suites,
    },
  })
}

function suiteOf(name: string, cases: TestCase[]) {
  const count = (outcome: Outcome) => cases.filter((each) => each[outcome] !== undefined).length
  return {
    '@name': name,
    '@tests': cases.length,
    '@failures': count('failure'),
    '@errors': count('error'),
    '@skipped': 0,
    testcase: cases,
  }
}

function cellCase(cell: CellVerdict, { command }: CheckResult): TestCase {
  const identity = { '@name': clean(cell.transport), '@classname': clean(`bytes.${cell.scenario}`) }
  const message = sayFinding(cell)
  const lines = [message, ...listDetails(cell)]
  if (cell.finding === 'unchanged') return identity
  if (cell.verdict === 'pass') return { ...identity, 'system-out': clean(lines.join('\n')) }
  if (cell.verdict === 'no-verdict') {
    return { ...identity, error: problem(cell.finding, message, lines) }
  }
  return {
    ...identity,
    failure: problem(cell.finding, message, [
      ...lines,
      ...saySettlements({ cells: [cell], command }),
    ]),
  }
}

function budgetCase(budget: BudgetVerdict): TestCase {
  const { metric, ratioTo, transport, scenario, verdict } = budget
  const line = saidText(budget.line)
  const of = ratioTo === null ? '' : ` divided by that of ${ratioTo}`
  const bounds = [
    budget.max === null ? '' : ` at most ${budget.max}`,
    budget.min === null ? '' : ` at least ${budget.min}`,
  ].join('')
  const identity = {
    '@name': clean(`${transport} ${metric}${of}${bounds}`),
    '@classname': clean(`budgets.${scenario}`),
  }
  if (verdict === 'pass') return identity
  if (verdict === 'fail') return { ...identity, failure: problem('budget', line, [line]) }
  return { ...identity, error: problem('unmeasured', line, [line]) }
}

function problem(type: string, message: string, lines: readonly string[]): object {
  return { '@type': type, '@message': oneLine(message), '#text': clean(lines.join('\n')) }
}

/** A line break in an attribute is read back as a space (XML 1.0 §3.3.3), so none is written. */
const oneLine = (text: string): string => clean(text).replace(/\s*[\r\n]+\s*/g, ' ')

/** XML 1.0 §2.2 has no place for other control characters, nor for half of a surrogate pair. */
const clean = (text: string): string =>
  text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
