import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plotFiles } from '../src/export/html/html.ts'
import { exporters } from '../src/export/index.ts'
import { METRICS } from '../src/model/report/metric.ts'
import { formatRange } from '../src/model/text/format.ts'
import { inLanguage } from '../src/model/text/language.ts'
import { parseReport } from '../src/runner/read-report.ts'
import { hasTool, root, runCommand, temporaryFolder } from './support/command.ts'

const textOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')
const readme = textOf('README.md')
const transports = textOf('docs', 'transports.md')
const reference = parseReport(textOf('results', 'reference', 'report.json'), 'results/reference')

const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block]) => block ?? '',
  )
const rowsOf = (markdown: string): string[] =>
  markdown.split('\n').filter((line) => line.startsWith('|'))

/** Lines of the README's shell blocks. */
const commands = blocksOf(readme, 'sh')
  .flatMap((block) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '')

it('is short, and names the two commands that do everything', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(150)
  expect(commands.slice(0, 2)).toEqual(['npm ci && npx mqtt-vs-http run all', 'npm cit'])
})

// `npm ci` would take the ground from under the tests that run at this moment.
const runnable = commands.filter((line) => line.startsWith('npx mqtt-vs-http '))

// One folder for all, in the order of the README: one command's files are the next one's.
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

it.each(runnable)(
  'works: %s',
  async (line) => {
    writeFileSync(join(folder.path, 'my-sensor.yaml'), blocksOf(readme, 'yaml')[0] ?? '')
    const args = line.replace('npx mqtt-vs-http ', '').split(' ')
    // The stored report that the README names is in the repository.
    const given = args.map((arg) => (arg === 'results/reference' ? join(root, arg) : arg))
    const result = await runCommand(given, { cwd: folder.path })
    expect(result.code, result.stderr).toBe(0)
    expect(result.stdout + result.stderr).not.toBe('')
  },
  300_000,
)

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const pages = ['README.md', 'README.zh-TW.md', 'CONTRIBUTING.md'].concat(
  readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
)

it.each(pages)('every link of %s leads somewhere', (page) => {
  for (const [, link = ''] of textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    expect(existsSync(join(root, file)), `${page}: ${link}`).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(textOf(file)), `${page}: ${link}`).toContain(anchor)
  }
})

describe('what the README shows of the committed reference run', () => {
  const full = exporters.table.render(reference, { columns: 80, colour: false })

  it('is its comparison', () => {
    const rows = rowsOf(
      exporters.markdown.render(reference, {
        ...{ columns: 80, colour: false, sections: ['comparison'] },
      }),
    )
    expect(rows.length).toBeGreaterThan(15)
    // Without the numbers of the notes, which are not there.
    for (const row of rows) expect(readme).toContain(row.replaceAll(/[¹²³⁴⁵⁶⁷⁸⁹⁰]/g, ''))
  })

  it('is its picture', () => {
    const [, says, path = ''] = /!\[(.*)\]\((.*)\)/.exec(readme) ?? []
    const plot = plotFiles(reference).find(({ name }) => path.endsWith(`/${name}`))
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(join(root, path), plot?.text ?? '')
    expect(textOf(path)).toBe(plot?.text)
    expect(plot?.text.replaceAll('&#39;', "'")).toContain(`>${says}</title>`)
  })

  it('is its figures: each of the finding stands in the report or among the transports', () => {
    const finding = /## What it finds\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
    const figures = finding.match(/[\d.,–]+(?= B\b)/g) ?? []
    expect(figures.length).toBeGreaterThan(7)
    // A range is the figures of both its ends.
    for (const figure of figures.flatMap((range) => range.split('–'))) {
      expect(`${full} ${transports}`).toMatch(new RegExp(`(?<![\\d.,])${figure}(?![\\d]|[.,]\\d)`))
    }
  })

  it('is its ratios: each is of the two figures before it, which are of the transports meant', () => {
    const finding = /## What it finds\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
    const number = (text = ''): number => Number(text.replaceAll(',', ''))
    const rowOf = (id: string): string[] =>
      rowsOf(transports).filter((row) => row.startsWith(`| ${id} |`))
    const isOf = (id: string, figure = ''): boolean =>
      rowOf(id).some((row) =>
        row.split('|').some((cell) => cell.trim().replace(/^≈/, '') === figure),
      )
    const [, mqtt, http, divisor] =
      /with TCP\/IP headers ([\d.,]+) B against ([\d.,]+) B \(1\/([\d.]+)\)/.exec(finding) ?? []
    expect([isOf('mqtt-qos0', mqtt), isOf('http1', http)]).toEqual([true, true])
    expect(divisor).toBe((number(http) / number(mqtt)).toFixed(1))
    const [, one, other, less] =
      /hardly anything: ([\d.,]+) B against ([\d.,]+) B \(1\/([\d.]+)\)/.exec(finding) ?? []
    expect([isOf('mqtts-resumed', one), isOf('https1-resumed', other)]).toEqual([true, true])
    expect(less).toBe((number(other) / number(one)).toFixed(2))
  })

  it('is its tenth to twentieth: the least and the most of the reference run', () => {
    const finding = /## What it finds\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
    const wire = METRICS.find(({ name }) => name === 'wire_bytes_per_message')
    const rangeOf = (...ids: string[]): string => {
      const bytes = reference.cells.flatMap((cell) =>
        /^(single-reading|json)$/.test(cell.scenario) && ids.includes(cell.transport)
          ? (wire?.of(cell) ?? [])
          : [],
      )
      return formatRange(Math.min(...bytes), Math.max(...bytes), 'bytes')
    }
    const [mqtt, http] = [rangeOf('mqtt-qos0', 'mqtt-qos1'), rangeOf('http1')]
    expect(finding).toContain(`${mqtt} over MQTT and ${http} over HTTP`)
    const [least = 0, most = 0] = (mqtt.match(/\d+/g) ?? []).map(Number)
    const [fewest = 0, largest = 0] = (http.match(/\d+/g) ?? []).map(Number)
    // At one end within the claim, and at no end far from it.
    expect(largest / least).toBeGreaterThan(10)
    expect(largest / least).toBeLessThan(20)
    expect(fewest / most).toBeGreaterThan(9.5)
  })

  it('is the number of transports', () => {
    const names = new Set(rowsOf(transports).map((row) => row.split('|')[1]?.trim()))
    // Without head and rule of the tables.
    expect(readme).toContain(`compare all ${names.size - 2} transports`)
  })
})

describe('README.zh-TW.md', () => {
  const chinese = textOf('README.zh-TW.md')
  const told = <T>(tell: () => T): T => inLanguage('zh-TW', tell)

  it('has the commands of the other one, and is as short', () => {
    const bare = (text: string): string => text.replaceAll(/\s+#.*$/gm, '')
    const shell = (text: string): string[] => blocksOf(text, 'sh').map(bare)
    expect(shell(chinese)).toEqual(shell(readme))
    expect(chinese.split('\n').length).toBeLessThanOrEqual(150)
  })

  it('has the same figures in its finding', () => {
    const figures = (text: string): string[] =>
      /\n## [^\n]*\n([\s\S]*?)\n## /.exec(text)?.[1]?.match(/[\d.,–]+(?= B)|1\/[\d.]+\d/g) ?? []
    expect(figures(chinese).length).toBeGreaterThan(7)
    expect(figures(chinese)).toEqual(figures(readme))
  })

  it('shows the comparison and the picture of the reference run', () => {
    const options = { columns: 80, colour: false, sections: ['comparison'] } as const
    const rows = rowsOf(told(() => exporters.markdown.render(reference, options)))
    expect(rows.length).toBeGreaterThan(15)
    for (const row of rows) expect(chinese).toContain(row.replaceAll(/[¹²³⁴⁵⁶⁷⁸⁹⁰]/g, ''))
    const [, says, path = ''] = /!\[(.*)\]\((.*)\)/.exec(chinese) ?? []
    const plot = told(() => plotFiles(reference)).find(({ name }) => name === 'claim-1.svg')
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(join(root, path), plot?.text ?? '')
    expect(textOf(path)).toBe(plot?.text)
    expect(plot?.text).toContain(`>${says}</title>`)
  })
})

/**
 * Which versions of Node say what the table has: `fetch` and the server's head are
 * Node's, and before 20.19.3 `http2` says GOAWAY once more.
 */
const MADE_WITH_NODE = /^20\.(19\.([3-9]|\d\d)|[2-9]\d\.)/

it.skipIf(!MADE_WITH_NODE.test(process.versions.node) || !hasTool('mosquitto'))(
  'docs/transports.md has what every way up costs',
  async () => {
    const [command = ''] = blocksOf(transports, 'sh')
    const args = command.trim().replace('npx mqtt-vs-http ', '').split(' ')
    const { stdout } = await runCommand(args, { cwd: folder.path })
    // Both sides of h2c speak at once: who is seen first decides one modelled acknowledgement.
    const settled = (text: string): string => text.replaceAll(/^(\| h2c .*?≈)[\d.]+/gm, '$1')
    const printed = rowsOf(settled(stdout))
    expect(printed.length).toBeGreaterThan(60)
    expect(rowsOf(settled(transports))).toEqual(printed)
  },
  300_000,
)
