import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { RenderOptions } from '../src/export/exporter.ts'
import { exporters } from '../src/export/index.ts'
import type { Cell, Report } from '../src/model/report/report.ts'
import { fanoutReport } from './fixtures/fanout-report.ts'
import { expectGolden, expectGoldenReport } from './support/golden.ts'

const PLAIN: RenderOptions = { columns: 80, colour: false }
const WIDE: RenderOptions = { columns: 200, colour: false }

const withCells = (report: Report, change: (cell: Cell) => Cell): Report => ({
  ...report,
  cells: report.cells.map(change),
})

describe('a fan-out', () => {
  it('as people read it, in both languages, and as CSV', () => {
    expectGoldenReport('fan-out', fanoutReport())
    expectGolden('fan-out.csv', exporters.csv.render(fanoutReport(), PLAIN))
  })

  it('is no row of the comparison, and has no break-even', () => {
    const text = exporters.table.render(fanoutReport(), { ...WIDE, breakEven: 'all-pairs' })
    expect(text).not.toMatch(/Comparison|Break-even/)
  })

  it('says what became of the claims about it, beside its own figures', () => {
    const report = fanoutReport()
    const text = exporters.table.render(
      {
        ...report,
        verdicts: [
          {
            scenario: 'fan-out-10',
            says: 'ten subscribers cost 300 bytes',
            metric: 'subscriber_bytes_per_message',
            subject: 'value',
            between: [300, 300],
            source: null,
            verdict: 'holds',
            evidence: [
              {
                scenario: 'fan-out-10',
                transport: 'mqtt-qos0',
                comparedTo: null,
                value: 300,
                inside: true,
              },
            ],
            condition: '300 B with mqtt-qos0',
          },
        ],
      },
      WIDE,
    )
    expect(text).toContain(
      '1. fan-out-10: “ten subscribers cost 300 bytes” holds: 300 B with mqtt-qos0',
    )
    expect(text).not.toContain('Comparison')
  })

  it('shows only what was asked for', () => {
    const bytesOnly = withCells(fanoutReport(), (cell) =>
      cell.status === 'skipped' ? cell : { ...cell, latency: null },
    )
    const bytes = exporters.table.render(bytesOnly, WIDE)
    expect(bytes).toMatch(/^transport +completion +to +bytes +each +lost$/m)
    expect(bytes).not.toMatch(/^memory/m)
    const report = fanoutReport()
    const latencyOnly = withCells(
      { ...report, plan: { ...report.plan, measures: ['latency'] } },
      (cell) => (cell.status === 'skipped' ? cell : { ...cell, bytes: null }),
    )
    const latency = exporters.table.render(latencyOnly, WIDE)
    expect(latency).toMatch(/^transport +completion +to +first p50 +last p50 +lost$/m)
    // The reason stands in the one section that there is, once for all numbers of subscribers.
    expect(latency.match(/http1 skipped: http1 has no fanout flow/g)).toHaveLength(1)
    expect(latency).toContain('mqtt-qos1 failed: the endpoint process of mqtt-qos1 ended')
  })

  it('counts as intact when every subscriber has every message', () => {
    const report = fanoutReport()
    const cells = report.cells.filter((cell) => cell.transport === 'memory')
    const text = exporters.table.render({ ...report, cells }, WIDE)
    expect(text).toContain('all 8,400 messages sent were completed and delivered intact')
  })

  it('leaves its columns of results.csv empty in every other flow', () => {
    const rows = parse(exporters.csv.render(fanoutReport(), PLAIN), { columns: true }) as Record<
      string,
      string
    >[]
    const rowOf = (scenario: string, transport: string) =>
      rows.find((row) => row.scenario === scenario && row.transport === transport)
    expect(rowOf('fan-out-100', 'mqtt-qos0')).toMatchObject({
      subscribers: '100',
      subscriber_bytes_per_message: '3000',
      wire_bytes_per_message: '3030',
      wire_bytes_down_per_message: '3000',
      overhead_bytes_per_message: '1616',
      payload_bytes: '14',
      delivery_first_p50_us: '90.5',
      delivery_last_p50_us: '1278.5',
    })
    expect(rowOf('fan-out-10', 'mqtt-qos1')).toMatchObject({
      subscriber_bytes_per_message: '360',
      wire_bytes_per_message: '396',
    })
    expect(rowOf('fan-out-10', 'memory')?.subscriber_bytes_per_message).toBe('')
  })
})
