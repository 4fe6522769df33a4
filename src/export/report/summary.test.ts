import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixtureReport } from '../../../test/fixtures/report.ts'
import { type Report, reportSchema } from '../../model/report/report.ts'
import { said as sentence } from '../../model/said/said.ts'
import { inLanguage } from '../../model/text/language.ts'
import { displayWidth } from '../../model/text/text-width.ts'
import { table } from '../document/terminal-table.ts'
import { summaryDocument } from './summary.ts'

const said = (report: Report): string => JSON.stringify(summaryDocument(report, null))

/** The fixture, where in each of four scenarios a server ended connections of these. */
function renewedOn(transports: readonly string[]): Report {
  const report = fixtureReport()
  const cost = { wireBytes: 400, roundTrips: 2 }
  const renewals = { serverEnds: 1_200, connections: 1_199, everyMessages: 3 }
  for (const cell of report.cells) {
    if (cell.status !== 'measured' || cell.bytes === null) continue
    if (transports.includes(cell.transport))
      cell.bytes.renewals = { ...renewals, further: cost, begun: cost }
  }
  return report
}

describe('the screen', () => {
  it('says that a server ended connections, and where to read on', () => {
    expect(said(renewedOn(['http1']))).toContain(
      'the server ended 4,800 connections, in whose place 4,796 were opened (http1): --section bytes',
    )
    expect(said(fixtureReport())).not.toContain('the server ended')
  })

  it.each(['en', 'zh-TW'] as const)('of all contents has 24 lines in %s at worst', (language) => {
    const screen = (report: Report): string[] =>
      inLanguage(language, () =>
        table
          .render(report, { columns: 80, colour: false, summary: { folder: 'results/latest-run' } })
          .trimEnd()
          .split('\n'),
      )
    const quiet = screen(referenceRun())
    for (const report of [busy(referenceRun()), unfinished(busy(referenceRun()))]) {
      const lines = screen(report)
      expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(24)
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80)
      expect(lines).not.toEqual(quiet)
      expect(lines.join('\n')).toMatch(/--section (delivery,)?latency/)
      expect(lines.at(-1)).toContain('report results/latest-run --full')
    }
  })
})

const referenceRun = (): Report =>
  reportSchema.parse(
    JSON.parse(
      readFileSync(new URL('../../../results/reference/report.json', import.meta.url), 'utf8'),
    ),
  )

/** Beside other programs, where the link could not be measured. */
function busy(report: Report): Report {
  const machine = { elapsedMs: 9e3, cpus: 2, loadAverage: 18, stealShare: 0, throttledMs: null }
  const network = { direction: 'up', layer: 'network', basis: 'modelled' } as const
  for (const cell of report.cells) {
    if (cell.status !== 'measured') continue
    cell.machine = { latency: { ...machine, othersCpus: 1.5 } }
    const { bytes } = cell
    bytes?.ledger.push({ ...network, phase: 'steady', bytes: 104 * bytes.messages })
  }
  return report
}

/** And stopped, with messages that did not arrive. */
function unfinished(report: Report): Report {
  for (const cell of report.cells) {
    if (cell.status === 'measured')
      cell.warnings.push(sentence('notIntact', { lost: 1, duplicated: 0, corrupted: 0 }))
  }
  return { ...report, partial: true, partialReason: sentence('stillRunning') }
}
