import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { renderResultsCsv } from '../src/export/files/results-csv.ts'
import { exporters } from '../src/export/index.ts'
import type { Report } from '../src/model/report/report.ts'
import { commandReport } from './fixtures/command-report.ts'
import { fixtureReport } from './fixtures/report.ts'
import { expectGoldenReport } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

const table = (report: Report, columns = 80): string =>
  exporters.table.render(report, { ...PLAIN, columns })

describe('a report with commands', () => {
  it('as people read it, in both languages', () => expectGoldenReport('commands', commandReport()))

  it('does not compare them with what goes up', () => {
    const report = commandReport()
    const only: Report = {
      ...report,
      plan: {
        ...report.plan,
        scenarios: report.plan.scenarios.filter(({ flow }) => flow === 'roundtrip'),
      },
    }
    const text = table(only)
    expect(text).toContain('Commands: app → device → app')
    for (const section of ['Comparison', 'Break-even', 'Latency', 'Where the time goes']) {
      expect(text).not.toContain(`\n${section}`)
    }
    expect(table(fixtureReport())).not.toContain('Commands')
  })

  it('leaves out the columns of what was not measured', () => {
    const report = commandReport()
    const cells = report.cells.map((cell) =>
      cell.status === 'skipped' ? cell : { ...cell, latency: null },
    )
    const text = table({ ...report, cells }, 200)
    expect(text).toMatch(/transport +bytes +waiting, wire +lost/)
    expect(text).toMatch(/http-poll +741 +1,098,000 +0/)
  })

  it('says why a cell has no figures, where no section of bytes does', () => {
    const report = commandReport()
    const text = table({ ...report, plan: { ...report.plan, measures: ['latency'] } }, 200)
    expect(text).toContain('mqtt-qos0 failed: states stopped coming back')
    expect(text).toContain('mqtt5-qos1 skipped: mqtt5-qos1 needs a Mosquitto')
  })

  it('has waiting in results.csv, empty where nobody waits', () => {
    const rows = parse(renderResultsCsv(commandReport()), { columns: true }) as Record<
      string,
      string
    >[]
    const of = (scenario: string, transport: string) =>
      rows.find((row) => row.scenario === scenario && row.transport === transport)
    expect(of('command-delivery', 'http-poll')?.waiting_bytes_per_hour).toBe('1098000')
    expect(of('command-delivery', 'mqtt5-qos1')?.waiting_bytes_per_hour).toBe('')
    expect(of('json', 'http1')?.waiting_bytes_per_hour).toBe('')
  })
})
