import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadReport, loadSeriesOf, runOf, stretchOf } from '../../test/fixtures/load-report.ts'
import { fixtureReport } from '../../test/fixtures/report.ts'
import { type Report, reportSchema } from '../model/report/report.ts'
import { saidInEnglish } from '../model/said/said.ts'
import { mergeReports } from './merge-reports.ts'
import { mergeLoadSeries, mergeRuns } from './merge-runs.ts'

const named = (...reports: Report[]) =>
  reports.map((report, index) => ({ name: `part-${index + 1}`, report }))

const at = (second: number) => `2025-03-01T12:00:${String(second).padStart(2, '0')}.000Z`

describe('merged series', () => {
  it('have the percentiles of one histogram of all values', () => {
    const parts = fc.array(fc.array(fc.integer({ min: 1, max: 1e10 }), { minLength: 1 }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(parts, (lists) => {
        const merged = mergeLoadSeries(lists.flatMap((list) => loadSeriesOf(list) ?? []))
        const whole = loadSeriesOf(lists.flat())
        expect(merged?.histogram).toBe(whole?.histogram)
        expect(merged).toMatchObject({
          ...{ samples: whole?.samples, minUs: whole?.minUs, maxUs: whole?.maxUs },
        })
        for (const p of ['p50Us', 'p90Us', 'p99Us', 'p999Us'] as const) {
          const [one, other] = [merged?.[p] ?? null, whole?.[p] ?? null]
          if (one === null || other === null) expect(one).toBe(other)
          else expect(Math.abs(one - other)).toBeLessThanOrEqual(other / 1_000)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('a merged machine', () => {
  const machine = {
    ...{ elapsedMs: 2_000, cpus: 2, loadAverage: 1, othersCpus: 0.1, stealShare: 0 },
    throttledMs: 0,
  }
  /** Without figures: those of the fixture have no distribution to merge. */
  const withMachine = (othersCpus?: number): Report => {
    const report = fixtureReport()
    const kept = othersCpus !== undefined && { machine: { latency: { ...machine, othersCpus } } }
    const cells = report.cells.map((cell) =>
      cell.status === 'skipped' ? cell : { ...cell, latency: null, ...kept },
    )
    return { ...report, cells }
  }

  it('was as busy as in its busiest part', () => {
    const merged = mergeReports(named(withMachine(0.1), withMachine(1.5)))
    expect(reportSchema.parse(merged).cells[0]).toMatchObject({
      machine: { latency: { othersCpus: 1.5 } },
    })
  })

  it('is left out where no part has it', () => {
    const [cell] = mergeReports(named(withMachine(), withMachine())).cells
    expect(cell).not.toHaveProperty('machine')
  })
})

describe('merged stretches', () => {
  const part = (second: number, messagesPerS: number) => [
    runOf('bare', [stretchOf({ startedAt: at(second), messagesPerS })]),
  ]

  it('add up their rates where they ran at one time', () => {
    const [run] = mergeRuns([part(10, 1_000), part(10, 2_000), part(10, 500)])
    expect(run).toMatchObject({ workers: 3, connections: 30, opened: 30, inFlight: 10 })
    expect(run?.stretches[0]).toMatchObject({
      messagesPerS: 3_500,
      sent: 3 * 274_509,
      elapsedMs: 3_000,
      merged: { parts: 3, together: 'same interval', messagesPerS: [1_000, 2_000, 500] },
    })
  })

  it('have no common rate where they did not, and keep each', () => {
    const [run] = mergeRuns([part(10, 1_000), part(20, 2_000)])
    expect(run?.stretches[0]).toMatchObject({
      messagesPerS: null,
      sent: 2 * 274_509,
      elapsedMs: 6_000,
      merged: { parts: 2, together: 'apart', messagesPerS: [1_000, 2_000] },
    })
  })

  it('can be merged again', () => {
    const once = mergeRuns([part(10, 1_000), part(10, 2_000)])
    const [run] = mergeRuns([once, part(10, 500)])
    expect(run?.stretches[0]?.merged).toMatchObject({
      parts: 3,
      messagesPerS: [1_000, 2_000, 500],
    })
  })

  it('keep what went wrong in any of them', () => {
    const lost = [{ what: 'was reset', connections: 2 }]
    const broken = runOf('bare', [stretchOf({ lostConnections: lost })], { failure: 'was lost' })
    const [run] = mergeRuns([[broken], [broken], part(10, 1)])
    expect(run?.failure).toBe('was lost')
    expect(run?.stretches[0]?.lostConnections).toEqual([{ what: 'was reset', connections: 4 }])
  })
})

describe('merged reports', () => {
  it('are a report, of everything that was measured', () => {
    const histogram = loadSeriesOf([1, 2, 3])?.histogram as string
    // The fixture’s own are no histograms.
    const text = JSON.stringify(fixtureReport(), (key, value) =>
      key === 'histogram' ? histogram : value,
    )
    const report = reportSchema.parse(JSON.parse(text))
    const merged = mergeReports(named(report, report))
    expect(() => reportSchema.parse(merged)).not.toThrow()
    expect(merged.merged).toHaveLength(2)
    const [cell, was] = [merged.cells[0], report.cells[0]]
    if (cell?.status !== 'measured' || was?.status !== 'measured') throw new Error('not measured')
    expect(cell.counts?.sent).toBe(2 * (was.counts?.sent ?? 0))
    expect(cell.bytes).toEqual(was.bytes)
  })

  it.each(['saturation', 'rate', 'sweep'] as const)('under load: %s', (kind) => {
    const merged = mergeReports(named(loadReport(kind), loadReport(kind)))
    expect(() => reportSchema.parse(merged)).not.toThrow()
  })

  it('have the interval of all parts, and are partial where one is', () => {
    const report = loadReport('rate')
    const other = {
      ...{ ...report, startedAt: '2020-01-01T00:00:00.000Z' },
      ...{ partial: true, partialReason: 'stopped by SIGINT' },
    }
    expect(mergeReports(named(report, other))).toMatchObject({
      ...{
        startedAt: '2020-01-01T00:00:00.000Z',
        partial: true,
        partialReason: 'stopped by SIGINT',
      },
    })
  })

  const report = loadReport('rate')
  const { plan } = report
  const otherLoad = { ...plan.load, connections: 20 } as typeof plan.load
  it.each<[string, Report, RegExp]>([
    [
      'scenarios',
      loadlessScenario(report),
      /part-2 has other scenarios than part-1 \(\["other"\], not \["json"\]\)/,
    ],
    ['transports', { ...report, plan: { ...plan, transports: ['tcp'] } }, /other transports/],
    ['load', { ...report, plan: { ...plan, load: otherLoad } }, /other load/],
    ['cells', { ...report, cells: report.cells.slice(1) }, /other cells/],
    [
      'versions',
      { ...report, tool: { ...report.tool, version: '9.9.9' } },
      /other version of the tool/,
    ],
  ])('are refused in one line for other %s', (_, other, message) => {
    expect(() => mergeReports(named(report, other))).toThrow(message)
    expect(() => mergeReports(named(report, other))).toThrow(/^--merge: [^\n]+$/)
  })

  it('are refused for sweeps whose steps went at other rates', () => {
    const sweep = loadReport('sweep')
    const other = structuredClone(sweep)
    const cell = other.cells[0]
    const step = cell?.status === 'measured' ? cell.load?.runs[0]?.stretches[1] : undefined
    if (step === undefined) throw new Error('no step')
    step.rate = '7,000'
    expect(() => mergeReports(named(sweep, other))).toThrow(
      /^--merge: the parts went at other rates/,
    )
  })

  it('are more than one', () => {
    expect(() => mergeReports(named(report))).toThrow('--merge: takes two reports or more')
  })
})

function loadlessScenario(report: Report): Report {
  const [scenario] = report.plan.scenarios
  if (scenario === undefined) throw new Error('no scenario')
  return { ...report, plan: { ...report.plan, scenarios: [{ ...scenario, name: 'other' }] } }
}

describe('parts of one load', () => {
  const startAt = at(0)
  const part = (number: number, over: Partial<Report['plan']> = {}): Report => {
    const report = loadReport('rate')
    return { ...report, plan: { ...report.plan, part: { number, of: 3 }, startAt, ...over } }
  }

  it('are the whole where all are there', () => {
    const merged = mergeReports(named(part(3), part(1), part(2)))
    expect(merged).toMatchObject({ partial: false, partialReason: null })
    expect(merged.plan).not.toHaveProperty('part')
    expect(merged.plan).not.toHaveProperty('parts')
    expect(merged.merged?.map((each) => each.part)).toEqual([3, 1, 2])
    expect(reportSchema.parse(merged)).toEqual(merged)
  })

  it('are never called the whole where one is missing, be there one or two', () => {
    for (const [parts, missing] of [
      [[part(1), part(3)], '2'],
      [[part(2)], '1, 3'],
    ] as const) {
      const merged = mergeReports(named(...parts))
      expect(merged.partial).toBe(true)
      expect(saidInEnglish(merged.partialReason ?? '')).toMatch(
        new RegExp(`^of 3 parts ${missing} (is|are) missing: these figures are not the whole$`),
      )
      expect(merged.plan.parts).toEqual(parts.map(({ plan }) => plan.part?.number))
      expect(reportSchema.parse(merged)).toEqual(merged)
    }
  })

  it('are told by name where one was late or cut short', () => {
    const early = { startAt: new Date(Date.parse(at(0)) - 86_400_000).toISOString() }
    const cut = { ...part(2, early), partial: true }
    const { warnings, partial } = mergeReports(named(part(1, early), cut, part(3, early)))
    expect(partial).toBe(true)
    const lines = warnings.map(saidInEnglish)
    expect(lines).toContain('part 2 was cut short: what it did not measure is missing here')
    expect(lines.filter((line) => /^part [123] began [\d,]+ ms after/.test(line))).toHaveLength(3)
  })

  it('are told by name where their clocks disagree, by that of the server', () => {
    const withClock = (number: number, aheadOfServerMs: number): Report => {
      const report = structuredClone(part(number))
      for (const cell of report.cells) {
        if (cell.status === 'skipped') continue
        for (const run of cell.load?.runs ?? []) {
          for (const stretch of run.stretches) stretch.aheadOfServerMs = aheadOfServerMs
        }
      }
      return reportSchema.parse(report)
    }
    const lines = (...parts: Report[]): string[] =>
      mergeReports(named(...parts)).warnings.map(saidInEnglish)
    expect(lines(withClock(1, 40), withClock(2, -3_160), withClock(3, 300))).toContain(
      'the clock of part 3 is 3,460 ms ahead of that of part 2, by the Date that the server told both: they did not begin at one instant',
    )
    expect(lines(withClock(1, 40), withClock(2, 1_540), part(3)).join()).not.toContain('clock')
  })

  it.each([
    [[part(1), part(1)], /part-1 and part-2 are both part 1 of 3; give each part once/],
    [[part(1), loadReport('rate')], /part-2 has other number of parts than part-1/],
  ])('are refused where they are not those of one load', (parts, problem) =>
    expect(() => mergeReports(named(...parts))).toThrow(problem),
  )
})
