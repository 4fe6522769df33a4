import { describe, expect, it } from 'vitest'
import { fixtureReport } from '../../test/fixtures/report.ts'
import type { Cell, Report, Series } from '../model/report/report.ts'
import type { Layer } from '../model/vocabulary.ts'
import { markdown, renderAsMarkdown } from './document/markdown.ts'
import { table } from './document/terminal-table.ts'
import { lastMessageOf, whyText } from './message-why.ts'
import { comparisonBlocks } from './report/claims/comparison.ts'
import { countsBlocks } from './report/counts.ts'
import { latencyBlocks } from './report/latency.ts'
import { timeBlocks } from './report/time.ts'

type Measured = Extract<Cell, { status: 'measured' }>

/** The fixture with the measured cells of one scenario changed, and without all others. */
function reportWith(change: (cell: Measured) => Cell | null): Report {
  const report = fixtureReport()
  const cells = report.cells.flatMap((cell) =>
    cell.scenario === 'single-reading' && cell.status === 'measured' ? (change(cell) ?? []) : [],
  )
  return { ...report, cells }
}

describe('where the time goes', () => {
  const withResponses = (
    medians: Record<string, [p50Us: number, interval: [number, number] | null]>,
  ): Report =>
    reportWith((cell) => {
      const given = medians[cell.transport]
      if (given === undefined || cell.latency?.response == null) return null
      const response: Series = {
        ...cell.latency.response,
        p50Us: given[0],
        medianIntervalUs: given[1],
      }
      return { ...cell, latency: { ...cell.latency, response } }
    })
  const linesOf = (report: Report): readonly string[] => {
    const list = timeBlocks(report).find((block) => block.kind === 'list')
    return list?.kind === 'list' ? list.items : []
  }

  it('adds up as printed', () => {
    const report = withResponses({
      http1: [258.4, [250, 260]],
      'http1-bare': [101.5, [100, 103]],
      tcp: [60.5, [60, 61]],
    })
    expect(linesOf(report)).toEqual([
      'http1 258 µs = control tcp 61 + protocol (http1-bare − tcp) 41 + library (http1 − http1-bare) 156',
      'controls: tcp 60.5 µs',
    ])
  })

  it('marks what is within the noise', () => {
    const report = withResponses({
      'mqtt-qos1': [60, [50, 70]],
      'mqtt-qos1-bare': [61.2, [55, 65]],
      tcp: [20, [19, 21]],
    })
    expect(linesOf(report)[0]).toBe(
      'mqtt-qos1 60 µs = control tcp 20 + protocol (mqtt-qos1-bare − tcp) 41.2 + library (mqtt-qos1 − mqtt-qos1-bare) ~−1.2',
    )
  })

  it.each<[string, [number, number] | null, [number, number] | null]>([
    ['the first', null, [100, 103]],
    ['the second', [250, 260], null],
  ])('takes a difference without an interval of %s for noise', (_, http1, bare) => {
    const report = withResponses({ http1: [258, http1], 'http1-bare': [101, bare] })
    expect(linesOf(report)).toEqual([
      'http1 258 µs = http1-bare 101 + library (http1 − http1-bare) ~157',
    ])
  })

  it('pairs only what carries the same protocol to the same completion', () => {
    const interval: [number, number] = [1, 2]
    const report = withResponses({ 'mqtt-qos2': [1, interval], 'mqtt-qos1-bare': [1, interval] })
    expect(timeBlocks(report)).toEqual([])
  })
})

describe('counts', () => {
  it.each(['completed', 'delivered'] as const)('tell of cells where %s is short', (name) => {
    const report = reportWith((cell) =>
      cell.transport === 'http1' && cell.counts !== null
        ? { ...cell, counts: { ...cell.counts, [name]: cell.counts.sent - 1 } }
        : cell,
    )
    const block = countsBlocks(report).find(({ kind }) => kind === 'table')
    expect(block).toMatchObject({ groups: [{ first: { text: 'single-reading' } }] })
  })

  it.each(['lost', 'duplicated', 'corrupted'] as const)(
    'tell of cells with %s messages',
    (name) => {
      const report = reportWith((cell) =>
        cell.transport === 'http1' && cell.counts !== null
          ? { ...cell, counts: { ...cell.counts, [name]: 1 } }
          : cell,
      )
      expect(countsBlocks(report).some(({ kind }) => kind === 'table')).toBe(true)
    },
  )

  it('name every cell of a warning, and the warning once', () => {
    const report = reportWith((cell) => ({ ...cell, warnings: ['the generator was late'] }))
    expect(countsBlocks(report).at(-1)).toMatchObject({
      kind: 'list',
      items: [
        expect.stringMatching(/^the generator was late \(single-reading on http1, .*memory\)$/),
      ],
    })
  })
})

describe('budgets', () => {
  const budgetOf = (transport: string, metric: string, verdict: 'pass' | 'fail') => ({
    ...{ scenario: 'single-reading', transport, metric, verdict },
    ...{ ratioTo: null, min: null, max: 300, value: 1, line: `${transport} ${metric}` },
  })

  it('stand beside the figures that they are set for', () => {
    const report = {
      ...fixtureReport(),
      budgets: [
        budgetOf('http1', 'wire_bytes_per_message', 'pass'),
        budgetOf('http1', 'wire_bytes_per_message', 'fail'),
        budgetOf('mqtt-qos1', 'wire_bytes_per_message', 'pass'),
        budgetOf('mqtt-qos1', 'latency_p50_us', 'fail'),
      ],
    }
    const text = table.render(report, { columns: 80, colour: false })
    expect(text).toMatch(/^http1 .* \d+ ✗ /m)
    expect(text).toMatch(/^mqtt-qos1 .* \d+ ✓ /m)
    expect(text).toMatch(/^mqtt-qos1 .* [\d.]+ \[.*\] ✗ /m)
    expect(text.match(/✓|✗/g)).toHaveLength(3 + report.budgets.length)
  })
})

describe('the comparison', () => {
  it('has a ratio of each MQTT to each HTTP where no claim says which, and none to nothing', () => {
    const report = reportWith((cell) =>
      cell.transport === 'http1-bare' && cell.bytes !== null
        ? { ...cell, bytes: { ...cell.bytes, ledger: [] } }
        : cell,
    )
    const blocks = comparisonBlocks({ ...report, verdicts: [] })
    const block = blocks.find(({ kind }) => kind === 'table')
    expect(block).toMatchObject({
      groups: [
        {
          rows: [
            [
              { text: 'measured' },
              { text: '0–361 B' },
              { text: '30–44 B' },
              { text: '1/12.0–1/8.20' },
            ],
          ],
        },
      ],
    })
  })

  it.each([
    ['untested', []],
    ['not known', ['mqtt-qos2']],
  ])('puts a claim that is %s in the column of what it names', (told, failed) => {
    const report = fixtureReport()
    const verdicts = report.verdicts
      .filter(({ scenario }) => scenario === 'json')
      .map((verdict) => ({ ...verdict, verdict: 'untested' as const, evidence: [], failed }))
    const block = comparisonBlocks({ ...report, cells: [], verdicts }).find(
      ({ kind }) => kind === 'table',
    )
    expect(block).toMatchObject({
      groups: [
        {
          rows: [
            [{ text: 'measured' }, { text: '' }, { text: '' }, { text: '' }],
            [{}, { text: '400–600 B' }, { text: '30–40 B' }, { text: '1/20–1/10' }],
            [{}, { text: `${told}¹` }, { text: `${told}²` }, { text: `${told}³` }],
          ],
        },
      ],
    })
  })

  it('gives a second claim rows of its own', () => {
    const report = fixtureReport()
    const json = report.verdicts.filter(({ scenario }) => scenario === 'json')
    const block = comparisonBlocks({
      ...report,
      verdicts: [...json, ...json.slice(0, 1).map((verdict) => ({ ...verdict, says: 'again' }))],
    }).find(({ kind }) => kind === 'table')
    const group =
      block?.kind === 'table'
        ? block.groups.find(({ first }) => first.text.startsWith('JSON'))
        : undefined
    expect(group?.rows.map((row) => row[0]?.text)).toEqual([
      'measured',
      'claimed',
      'verdict',
      'claimed',
      'verdict',
    ])
  })

  it('tells a claim of neither protocol in the notes', () => {
    const report = fixtureReport()
    const verdicts = report.verdicts.slice(0, 1).map((verdict) => ({
      ...verdict,
      evidence: verdict.evidence.map((item) => ({ ...item, transport: 'tcp' })),
    }))
    const notes = comparisonBlocks({ ...report, verdicts }).find(({ kind }) => kind === 'notes')
    expect(notes).toMatchObject({ items: [expect.stringContaining('“HTTP takes')] })
  })

  it('cites each source where they differ', () => {
    const report = fixtureReport()
    const verdicts = report.verdicts.map((verdict, index) =>
      index === 0 ? { ...verdict, source: 'a blog' } : verdict,
    )
    const blocks = comparisonBlocks({ ...report, verdicts })
    expect(blocks.some(({ kind }) => kind === 'paragraph')).toBe(false)
    expect(blocks.find(({ kind }) => kind === 'notes')).toMatchObject({
      items: expect.arrayContaining([expect.stringMatching(/; source: a blog$/)]),
    })
  })
})

it('colours a verdict by what it says', () => {
  const text = table.render(fixtureReport(), { columns: 80, colour: true })
  expect(text).toContain('\u001b[31mrefuted⁴\u001b[39m')
  expect(text).toContain('\u001b[33mconditional⁵\u001b[39m')
  expect(text).toMatch(/\[32mholds/)
})

it('escapes a pipe in a Markdown table', () => {
  const report = reportWith((cell) => cell)
  const [scenario] = report.plan.scenarios
  if (scenario === undefined) throw new Error('no scenario')
  const scenarios = [{ ...scenario, title: 'a|b' }]
  const changed = { ...report, plan: { ...report.plan, scenarios } }
  expect(markdown.render(changed, { columns: 80, colour: false })).toContain('| a\\|b | measured |')
})

describe('a latency that others had a part in', () => {
  const machine = {
    ...{ elapsedMs: 2_000, cpus: 2, loadAverage: 3.1 },
    ...{ othersCpus: 1.4, stealShare: 0, throttledMs: 0 },
  }

  it('is marked, with what to do about it below', () => {
    const report = reportWith((cell) =>
      cell.transport === 'http1' ? { ...cell, machine: { latency: machine } } : cell,
    )
    const text = renderAsMarkdown(latencyBlocks(report))
    expect(text.match(/^.*†.*$/gm)).toEqual([
      expect.stringMatching(/^\| http1 † \|/),
      expect.stringContaining(
        '† measured while other programs used 1.4 of 2 CPUs (load average 3.1): run again when it is quieter, or fewer transports at a time',
      ),
    ])
  })

  it('is not marked for what others did during the byte pass', () => {
    const report = reportWith((cell) => ({ ...cell, machine: { bytes: machine } }))
    expect(renderAsMarkdown(latencyBlocks(report))).not.toContain('†')
  })
})

describe('why a message takes what it takes', () => {
  const part = (layer: Layer, label: string, lengthBytes: number) => ({ layer, label, lengthBytes })
  const frames = [
    { phase: 'steady' as const, parts: [part('payload', 'of an earlier message', 9)] },
    {
      ...{ phase: 'steady' as const, message: 'begins' as const },
      parts: [part('framing', 'Length', 1), part('framing', 'path', 7), part('payload', 'data', 4)],
    },
    { phase: 'steady' as const, parts: [part('acknowledgement', 'x-request-id', 30)] },
    { phase: 'close' as const, parts: [part('control', 'goodbye', 2)] },
  ]
  const entry = (layer: Layer, bytes: number) => ({
    ...{ phase: 'steady' as const, direction: 'up' as const, basis: 'measured' as const },
    ...{ layer, bytes },
  })
  const ledger = [entry('framing', 16), entry('payload', 8), entry('acknowledgement', 60)]

  it('is told by layers and their largest fields, the most first', () => {
    expect(whyText('http1', { ledger, messages: 2 }, lastMessageOf(frames))).toBe(
      'http1: a message takes 42 B on the wire once connected, because of 30 B acknowledgement (x-request-id), 8 B framing (path, Length), 4 B payload.',
    )
  })

  it('is not told where nothing was sent', () => {
    expect(whyText('memory', { ledger: [], messages: 2 }, [])).toBeNull()
  })
})
