import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { loadFiles } from '../src/export/files/load-csv.ts'
import { renderResultsCsv } from '../src/export/files/results-csv.ts'
import { plotFiles } from '../src/export/html/html.ts'
import { exporters } from '../src/export/index.ts'
import { loadReport } from './fixtures/load-report.ts'
import { expectGolden, expectGoldenReport } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }
const KINDS = ['saturation', 'rate', 'sweep'] as const

describe('golden files', () => {
  it.each(KINDS)('of %s', (kind) => {
    const report = loadReport(kind)
    expectGoldenReport(`load-${kind}`, report)
    for (const { name, text } of loadFiles(report)) expectGolden(`load-${kind}-${name}`, text)
  })
})

it.each(KINDS)('%s stays within 80 columns', (kind) => {
  const lines = exporters.table.render(loadReport(kind), PLAIN).split('\n')
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
})

it('says what was not met before any percentile', () => {
  const text = exporters.table.render(loadReport('rate'), PLAIN)
  const notMet = text.indexOf('offered rate not met: json on http1, by fetch')
  expect(notMet).toBeGreaterThan(0)
  expect(notMet).toBeLessThan(text.indexOf('achieved/s'))
})

it('a sweep whose every rate was met is kept up to the fastest', () => {
  const report = loadReport('sweep')
  for (const cell of report.cells) {
    if (cell.status === 'measured') cell.load?.runs.forEach(({ stretches }) => void stretches.pop())
  }
  expect(
    plotFiles(report)
      .map(({ text }) => text)
      .join(''),
  ).toContain('mqtt-qos1 by mqtt.js keeps up to 45,752/s with a p99 of')
})

it.each([
  [980, 20, '980 were delivered, 20 are missing, and 3 came twice'],
  [null, null, 'it is not known how many were delivered'],
])('tells of a merged load first what arrived: %s', (delivered, missing, told) => {
  const report = loadReport('rate')
  const [cell] = report.cells
  if (cell?.status !== 'measured') throw new Error('no cell')
  const counts = { sent: 1_000, acknowledged: 1_000, delivered, missing }
  cell.endToEnd = {
    ...{ publishers: 2, subscribers: 2, ...counts, duplicated: 3 },
    ...{ reordered: 0, corrupted: 0, unknown: [] },
  }
  const screen = exporters.table.render(report, { ...PLAIN, summary: { folder: null } })
  expect(screen.split('\n').slice(1, 3).join(' ')).toContain(
    `End to end, of 1,000 messages sent ${told}.`,
  )
})

it('calls no figure the server’s that the generator was the limit of', () => {
  const text = exporters.table.render(loadReport('saturation'), PLAIN)
  expect(text).toMatch(/http1 +fetch +≥ 4,210/)
  expect(text).toMatch(/http1 +bare +31,000/)
})

describe('results.csv', () => {
  it('has the throughput of the cell’s own client', () => {
    const rows = parse(renderResultsCsv(loadReport('saturation')), { columns: true })
    expect(rows[0]).toMatchObject({
      ...{ transport: 'http1', throughput_messages_per_s: '4210.4', throughput_limit: 'generator' },
      ...{ offered_messages_per_s: '', send_delay_p50_us: '' },
    })
  })

  it('has a rate apart from what is carried at most', () => {
    const rows = parse(renderResultsCsv(loadReport('rate')), { columns: true })
    expect(rows[0]).toMatchObject({
      ...{ throughput_messages_per_s: '', offered_messages_per_s: '1000' },
      ...{ achieved_messages_per_s: '812.5', rate_met: 'not met' },
    })
  })

  it('leaves the steps of a sweep to their own files', () => {
    const report = loadReport('sweep')
    const [row] = parse(renderResultsCsv(report), { columns: true }) as Record<string, string>[]
    expect(row).toMatchObject({
      throughput_messages_per_s: '91503.001',
      offered_messages_per_s: '',
    })
    expect(loadFiles(report).map(({ name }) => name)).toEqual(['sweep-json-mqtt-qos1.csv'])
  })
})
