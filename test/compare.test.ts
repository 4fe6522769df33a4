import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { renderComparison } from '../src/export/compare/index.ts'
import type { DistributionRatio, ReportComparison } from '../src/model/report/comparison.ts'
import type { Cell, Report } from '../src/model/report/report.ts'
import { saidInEnglish } from '../src/model/said/said.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { compareReports } from '../src/stats/compare-reports.ts'
import { fixtureReport } from './fixtures/report.ts'
import { root, runCommand, temporaryFolder } from './support/command.ts'
import { expectAnswerAgain } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

const compare = (a: Report, b: Report): ReportComparison =>
  compareReports({ name: 'before', report: a }, { name: 'after', report: b })

/** The report with one cell changed. */
function changed(report: Report, transport: string, change: (cell: Cell) => Cell): Report {
  let isFirst = true
  const cells = report.cells.map((cell) => {
    if (cell.transport !== transport || cell.status !== 'measured' || !isFirst) return cell
    isFirst = false
    return change(cell)
  })
  return { ...report, cells }
}

/** Response latencies of a cell, so many times what they were. */
const slower =
  (factor: number) =>
  (cell: Cell): Cell => {
    if (cell.status !== 'measured' || !cell.latency?.response) throw new Error('no latency')
    const { response } = cell.latency
    const [low, high] = response.medianIntervalUs ?? [0, 0]
    return {
      ...cell,
      latency: {
        ...cell.latency,
        response: {
          ...response,
          p50Us: (response.p50Us ?? 0) * factor,
          medianIntervalUs: [low * factor, high * factor],
        },
      },
    }
  }

function medianOf(comparison: ReportComparison, transport: string): DistributionRatio {
  const cell = comparison.cells.find((each) => each.transport === transport)
  const found = cell?.distributions.find(({ metric }) => metric === 'latency_p50_us')
  if (found === undefined) throw new Error(`no median of ${transport}`)
  return found
}

describe('two reports side by side', () => {
  it('says that others used the CPUs before it says what is slower', () => {
    const busy = changed(fixtureReport(), 'http1', (cell) => {
      if (cell.status !== 'measured') return cell
      const machine = {
        ...{ elapsedMs: 2_000, cpus: 2, loadAverage: 3.1 },
        ...{ othersCpus: 1.4, stealShare: 0, throttledMs: 0 },
      }
      return { ...slower(2)(cell), machine: { latency: machine } }
    })
    const comparison = compare(fixtureReport(), busy)
    const warning =
      'after: the latencies of single-reading were measured while other programs used 1.4 of 2 CPUs (load average 3.1): run again when it is quieter, or fewer transports at a time; until then, what is slower or faster may be that'
    expect(comparison.warnings.map(saidInEnglish)).toContain(warning)
    const text = renderComparison('markdown', comparison, PLAIN)
    expect(text.indexOf('other programs used')).toBeGreaterThan(-1)
    expect(text.indexOf('other programs used')).toBeLessThan(text.indexOf('slower |'))
  })

  it('finds nothing between a report and itself', () => {
    const { warnings, cells } = compare(fixtureReport(), fixtureReport())
    // The fixture is a partial run, on both sides.
    expect(warnings.map(saidInEnglish).filter((text) => !text.includes('partial'))).toEqual([])
    for (const { exact, distributions } of cells) {
      expect(exact.every(({ difference }) => difference === 0)).toBe(true)
      expect(distributions.every(({ ratio }) => ratio === null || ratio === 1)).toBe(true)
      expect(distributions.some(({ verdict }) => verdict === 'slower')).toBe(false)
    }
  })

  it('compares bytes exactly, by difference', () => {
    const report = fixtureReport()
    const fatter = changed(report, 'mqtt-qos1', (cell) => {
      if (cell.status !== 'measured' || cell.bytes === null) throw new Error('no bytes')
      const { ledger, messages } = cell.bytes
      const [entry, ...others] = ledger.filter(({ phase }) => phase === 'steady')
      if (entry === undefined) throw new Error('no steady bytes')
      const rest = ledger.filter(({ phase }) => phase !== 'steady')
      const grown = { ...entry, bytes: entry.bytes + messages }
      return { ...cell, bytes: { ...cell.bytes, ledger: [...rest, grown, ...others] } }
    })
    const cell = compare(report, fatter).cells.find(({ transport }) => transport === 'mqtt-qos1')
    const differing = cell?.exact.filter(({ difference }) => difference !== 0) ?? []
    expect(differing.find(({ metric }) => metric === 'wire_bytes_per_message')?.difference).toBe(1)
    expect(differing.some(({ metric }) => metric === 'payload_bytes')).toBe(false)
  })

  it.each([
    [1.1, 'noise'],
    [1 / 1.1, 'noise'],
    [2, 'slower'],
    [0.5, 'faster'],
  ] as const)('calls a median that is %d times the other %s', (factor, verdict) => {
    const report = fixtureReport()
    const found = medianOf(compare(report, changed(report, 'http1', slower(factor))), 'http1')
    expect(found.ratio).toBeCloseTo(factor)
    expect(found.verdict).toBe(verdict)
  })

  it('leaves open what has no interval, and what one of them has not', () => {
    const report = fixtureReport()
    const { cells } = report
    const [first] = cells
    const { cells: compared } = compare(report, { ...report, cells: cells.slice(1) })
    expect(compared[0]).toMatchObject({ transport: first?.transport, statusB: 'absent' })
    expect(compared[0]?.exact.every(({ difference }) => difference === null)).toBe(true)
    const tails = compare(report, report).cells.flatMap(({ distributions }) => distributions)
    const p99 = tails.filter(({ metric }) => metric === 'latency_p99_us')
    expect(p99.length).toBeGreaterThan(0)
    expect(p99.every(({ verdict }) => verdict === 'open')).toBe(true)
  })

  it('warns of what else differs, and says what it can move', () => {
    const report = fixtureReport()
    const { environment, plan } = report
    const [scenario, ...others] = plan.scenarios
    if (scenario === undefined) throw new Error('no scenario')
    const elsewhere: Report = {
      ...report,
      environment: {
        ...environment,
        cpuModel: 'another',
        node: '26.0.0',
        libraries: { ...environment.libraries, mqtt: '9.9.9' },
        pinning: { ...environment.pinning, pinned: !environment.pinning.pinned },
      },
      plan: { ...plan, link: '3G', scenarios: [{ ...scenario, topic: 'other' }, ...others] },
    }
    const text = compare(report, elsewhere).warnings.map(saidInEnglish).join('\n')
    for (const word of ['CPU', 'Node', 'mqtt differs', 'pinning', 'link', scenario.name]) {
      expect(text).toContain(word)
    }
  })
})

describe('renderings', () => {
  const before = fixtureReport()
  const after = changed(changed(before, 'http1', slower(2)), 'mqtt-qos1', (cell) => {
    if (cell.status !== 'measured' || cell.bytes === null) throw new Error('no bytes')
    return { ...cell, bytes: { ...cell.bytes, messages: cell.bytes.messages * 2 } }
  })
  const comparison = compare(before, after)

  it.each([
    ['table', 'txt'],
    ['markdown', 'md'],
    ['csv', 'csv'],
  ] as const)('%s is as in its golden file', (format, extension) => {
    const file = join(root, 'test', 'golden', `comparison.${extension}`)
    const text = renderComparison(format, comparison, PLAIN)
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it.each(LANGUAGES)(
    'ends with its answer again in %s, where it is more than a screen',
    (language) =>
      expectAnswerAgain(inLanguage(language, () => renderComparison('table', comparison, PLAIN))),
  )

  it('CSV has a row a cell and metric, and never a 0 for what is missing', () => {
    const rows: Record<string, string>[] = parse(renderComparison('csv', comparison, PLAIN), {
      columns: true,
    })
    const expected = comparison.cells.reduce(
      (sum, { exact, distributions }) => sum + exact.length + distributions.length,
      0,
    )
    expect(rows).toHaveLength(expected)
    expect(rows.filter((row) => row.verdict === 'open').every((row) => row.ratio_low === '')).toBe(
      true,
    )
  })

  it('JSON is the comparison, its warnings in English', () => {
    const warnings = comparison.warnings.map(saidInEnglish)
    expect(JSON.parse(renderComparison('json', comparison, PLAIN))).toEqual({
      ...comparison,
      warnings,
    })
  })
})

describe('the command', () => {
  it('compares two stored reports and ends with 0 where they differ', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'other.json')
    writeFileSync(file, JSON.stringify(changed(fixtureReport(), 'http1', slower(3))))
    const same = join(folder.path, 'report.json')
    writeFileSync(same, JSON.stringify(fixtureReport()))
    const result = await runCommand(['compare', folder.path, file])
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    expect(result.stdout).toContain('slower')
  })

  it('names a report that it cannot read', async () => {
    using folder = temporaryFolder()
    const result = await runCommand(['compare', folder.path, join(folder.path, 'no.json')])
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/^error: .*report\.json.*\n$/)
  })
})
