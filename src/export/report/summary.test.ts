import { describe, expect, it } from 'vitest'
import { fixtureReport } from '../../../test/fixtures/report.ts'
import type { Report } from '../../model/report/report.ts'
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
})
