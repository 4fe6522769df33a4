import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type CheckFormat, renderCheck } from '../src/export/check/index.ts'
import {
  type CellVerdict,
  type CheckResult,
  type Comparison,
  checkResultSchema,
} from '../src/model/report/check/check.ts'
import { inLanguage } from '../src/model/text/language.ts'
import { checkResults } from './fixtures/check-results.ts'
import { parseXml, type XmlElement } from './support/xml.ts'

const GOLDEN = fileURLToPath(new URL('golden/check', import.meta.url))
const EXTENSIONS: Record<CheckFormat, string> = {
  text: 'txt',
  markdown: 'md',
  json: 'json',
  junit: 'xml',
  github: 'github.txt',
}
const RESULTS = checkResults()
const CASES = Object.keys(RESULTS).flatMap((name) =>
  (Object.keys(EXTENSIONS) as CheckFormat[]).map(
    (format) => [name as keyof typeof RESULTS, format] as const,
  ),
)

/** `UPDATE_GOLDEN=1` writes what is rendered; read it before it is committed. */
function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(GOLDEN, { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).toBe(readFileSync(path, 'utf8'))
}

/** The mixed result, with every free text replaced by what would break out of a format. */
function hostile(text: string): CheckResult {
  return JSON.parse(
    JSON.stringify(RESULTS.mixed, (key, value) =>
      ['text', 'label', 'reason', 'line', 'scenario'].includes(key) ? text : value,
    ),
  )
}

describe('golden files of a check', () => {
  it.each(CASES)('%s as %s', (name, format) => {
    const text = renderCheck(format, RESULTS[name])
    expect(text).toMatch(/(^|[^\n]\n)$/)
    expectGolden(`${name}.${EXTENSIONS[format]}`, text)
  })
})

describe('in Chinese', () => {
  it.each(['text', 'markdown', 'github'] as const)('as %s', (format) => {
    const text = inLanguage('zh-TW', () => renderCheck(format, RESULTS.mixed))
    expectGolden(`mixed.zh-TW.${EXTENSIONS[format]}`, text)
  })

  it.each(['json', 'junit'] as const)('is the same %s', (format) => {
    expect(inLanguage('zh-TW', () => renderCheck(format, RESULTS.mixed))).toBe(
      renderCheck(format, RESULTS.mixed),
    )
  })
})

describe('text', () => {
  it('is one line where all is well', () => {
    expect(renderCheck('text', { ...RESULTS.passed, budgets: [] })).toBe(
      'all 2 cells as in the baseline\n',
    )
  })

  it('says in one line of a failing cell what was, what is, by how much, and where', () => {
    expect(renderCheck('text', RESULTS.mixed)).toContain(
      'FAIL: json on mqtt-qos1: steady up framing was 18 B a message, is 19 B: 1 B more (+5.6 %)\n',
    )
  })

  it('names one cause once for all transports, and what shows it for each', () => {
    const [http, mqtt] = RESULTS.mixed.cells.slice(0, 2) as [CellVerdict, CellVerdict]
    const payload = [
      { phase: 'steady', direction: 'up', layer: 'payload', was: 1400, is: 1500 } as const,
    ]
    const text = renderCheck('text', {
      ...RESULTS.mixed,
      cells: [
        { ...http, differences: payload } as CellVerdict,
        { ...mqtt, differences: [...payload, ...(mqtt as Comparison).differences] } as CellVerdict,
      ],
    })
    const [first, ...rest] = text.split('\n')
    expect(first).toBe(
      'FAIL: json on http1, mqtt-qos1: steady up payload was 14 B a message, is 15 B: 1 B more (+7.1 %)',
    )
    expect(rest).toContainEqual(
      expect.stringMatching(/^ {2}http1: first differing frame: .*priority/),
    )
    expect(rest).toContainEqual(
      expect.stringMatching(/^ {2}mqtt-qos1: first differing frame: .*Topic/),
    )
    expect(rest).toContain(
      'FAIL: json on mqtt-qos1: steady up framing was 18 B a message, is 19 B: 1 B more (+5.6 %)',
    )
  })

  it('says a share that is too small for a digit as such', () => {
    const [http] = RESULTS.mixed.cells as [CellVerdict]
    const [difference] = (http as Comparison).differences
    const cell = { ...http, differences: [{ ...difference, was: 1e7, is: 1e7 + 100 }] }
    expect(renderCheck('text', { ...RESULTS.mixed, cells: [cell as CellVerdict] })).toContain(
      'was 100,000 B a message, is 100,001 B: 1 B more (under 0.1 %)\n',
    )
  })

  it('says nothing of each message where there is one', () => {
    const cells = RESULTS.mixed.cells.map((cell) =>
      'messages' in cell && cell.finding === 'changed'
        ? { ...cell, messages: { was: 1, is: 1 } }
        : cell,
    )
    expect(renderCheck('text', { ...RESULTS.mixed, cells })).toContain(
      'steady up framing was 1,800 B, is 1,900 B: 100 B more (+5.6 %)\n',
    )
  })

  it('says that nothing was checked rather than nothing', () => {
    const nothing: CheckResult = {
      ...RESULTS.passed,
      cells: [],
      budgets: [],
      verdict: 'no-verdict',
      exitCode: 3,
    }
    expect(renderCheck('text', nothing)).toBe('no verdict: nothing was checked\n')
  })

  it('counts one in words', () => {
    const { cells, budgets } = RESULTS.passed
    const one = { ...RESULTS.passed, cells: cells.slice(0, 1), budgets: budgets.slice(0, 1) }
    expect(renderCheck('text', one)).toBe(
      'the one cell is as in the baseline; the one budget is kept\n',
    )
  })
})

describe('json', () => {
  it('reads back as it was', () => {
    for (const result of Object.values(RESULTS)) {
      expect(checkResultSchema.parse(JSON.parse(renderCheck('json', result)))).toEqual(result)
    }
  })
})

describe('github', () => {
  const lines = (result: CheckResult) => renderCheck('github', result).split('\n').slice(0, -1)

  it('has no annotation where all is well', () => {
    expect(renderCheck('github', RESULTS.passed)).toBe('')
  })

  it('is one workflow command a line, whatever the texts are', () => {
    for (const line of lines(hostile('a\r\n::error::b%0Ac, title=d:e'))) {
      expect(line).toMatch(/^::(error|notice) title=[^:,\r\n]*::[^\r\n]*$/)
      expect(line).not.toContain('b%0A')
      expect(line).not.toMatch(/%(?!25|0A|0D|2C|3A)/)
    }
  })

  it('says how many more there are than GitHub shows', () => {
    const [cell] = RESULTS.mixed.cells.filter(({ finding }) => finding === 'changed')
    if (!cell) throw new Error('nothing changed')
    const cells = Array.from({ length: 25 }, (_, index) => ({ ...cell, scenario: `s${index}` }))
    const many = { ...RESULTS.mixed, cells, budgets: [] }
    const annotations = lines(many)
    expect(annotations).toHaveLength(10)
    expect(annotations.at(-1)).toBe(
      '::error title=16 more::the log of this step has 16 more findings',
    )
  })
})

describe('markdown', () => {
  it('keeps every row of the table in its columns, whatever the texts are', () => {
    const text = renderCheck('markdown', hostile('a | b\n| <b>c</b> `d` $e$'))
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(5)
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7)
    expect(text).not.toContain('<b>')
  })
})

/**
 * What the XML schema of Jenkins (junit-10) allows: attributes with those that
 * are required, and elements in any number unless said otherwise.
 */
const JUNIT: Record<string, { required: string[]; optional: string[]; children: string[] }> = {
  testsuites: {
    required: [],
    // No `skipped` here, unlike on a suite.
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { required: [], optional: ['type', 'message'], children: [] },
  error: { required: [], optional: ['type', 'message'], children: [] },
  skipped: { required: [], optional: ['type', 'message'], children: [] },
  'system-out': { required: [], optional: [], children: [] },
}
const WITH_TEXT = ['failure', 'error', 'skipped', 'system-out']

function expectValidJunit(element: XmlElement): void {
  const rule = JUNIT[element.name]
  if (rule === undefined) throw new Error(`<${element.name}> is not in the schema`)
  const names = Object.keys(element.attributes)
  expect(names).toEqual(expect.arrayContaining(rule.required))
  expect([...rule.required, ...rule.optional]).toEqual(expect.arrayContaining(names))
  if (!WITH_TEXT.includes(element.name)) expect(element.text.trim()).toBe('')
  for (const child of element.children) {
    expect(rule.children).toContain(child.name)
    expectValidJunit(child)
  }
}

function* descendants(element: XmlElement): Iterable<XmlElement> {
  yield element
  for (const child of element.children) yield* descendants(child)
}

describe('junit', () => {
  const rootOf = (result: CheckResult) => parseXml(renderCheck('junit', result))

  it.each(Object.keys(RESULTS) as (keyof typeof RESULTS)[])(
    'of %s is what the schema allows',
    (name) => {
      const root = rootOf(RESULTS[name])
      expect(root.name).toBe('testsuites')
      expectValidJunit(root)
    },
  )

  it('counts what is in it, on every level', () => {
    const root = rootOf(RESULTS.mixed)
    const counted = (element: XmlElement, name: string) =>
      [...descendants(element)].filter((each) => each.name === name).length
    for (const element of [root, ...root.children]) {
      expect(Number(element.attributes.tests)).toBe(counted(element, 'testcase'))
      expect(Number(element.attributes.failures)).toBe(counted(element, 'failure'))
      expect(Number(element.attributes.errors)).toBe(counted(element, 'error'))
    }
    const [bytes, budgets] = root.children
    expect(bytes?.attributes.tests).toBe(String(RESULTS.mixed.cells.length))
    expect(budgets?.attributes).toMatchObject({ tests: '3', failures: '1', errors: '1' })
  })

  it('is well-formed whatever the texts are, and gives them back', () => {
    const text = `<a b="c" d='e'>&amp;]]>\u0000\u001b\ud800 true 溫度😀`
    const root = rootOf(hostile(text))
    expectValidJunit(root)
    const [error] = [...descendants(root)].filter(({ name }) => name === 'error')
    const kept = `<a b="c" d='e'>&amp;]]>\ufffd\ufffd\ufffd true 溫度😀`
    expect(error?.attributes.message).toBe(`could not be measured: ${kept}`)
    expect(error?.text).toBe(`could not be measured: ${kept}`)
  })

  it('is valid with nothing in it', () => {
    expectValidJunit(rootOf({ ...RESULTS.passed, cells: [], budgets: [] }))
  })
})
