import { describe, expect, it } from 'vitest'
import { byteReport, cellsOf } from '../../../test/fixtures/byte-report.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import type { Library } from '../../model/wire/library.ts'
import { addMissingCells, createBaseline } from '../baseline.ts'
import { checkAgainstBaseline } from './compare-bytes.ts'

/** As the registry says of the two transports of these reports. */
const librariesOf = (transport: string): Library[] =>
  transport === 'http1'
    ? [
        { name: 'undici', moves: 'up' },
        { name: 'fastify', moves: 'down' },
      ]
    : [
        { name: 'mqtt', moves: 'both' },
        { name: 'aedes', moves: 'both' },
      ]

describe('versions that differ', () => {
  const explained = (report: Report): Record<string, string[]> => {
    const all = { allowSmaller: false, scope: report.cells, wholeSet: true, librariesOf }
    const verdict = checkAgainstBaseline(createBaseline(byteReport()), report, all).find(
      (each) => 'explainedBy' in each,
    )
    const list = verdict && 'explainedBy' in verdict ? verdict.explainedBy : []
    return Object.fromEntries(list.map((each) => [each.name, each.figures]))
  }
  const newer = {
    tool: '0.2.0',
    node: '22.1.0',
    openssl: '3.5.0',
    libraries: {
      ...{ undici: '8.0.0', 'undici (in Node, fetch)': '7.0.0', mqtt: '6.0.0' },
      ...{ fastify: '6.0.0', aedes: '2.0.0', autocannon: '9.0.0' },
    },
  }

  it('explain the headers of fetch', () => {
    const up = cellsOf({ requestHeaders: { host: '127.0.0.1:40001', 'x-device': '170' } })
    expect(explained(byteReport(up, newer))).toEqual({
      'mqtt-vs-http': ['steady up framing'],
      node: ['steady up framing'],
      undici: ['steady up framing'],
      'undici (in Node, fetch)': ['steady up framing'],
    })
  })

  it('explain the answers of Fastify', () => {
    const down = cellsOf({ responseHeaders: { Date: 'Sun, 05 Jan 2025 00:00:00 GMT' } })
    expect(explained(byteReport(down, newer))).toEqual({
      'mqtt-vs-http': ['steady down acknowledgement'],
      node: ['steady down acknowledgement'],
      fastify: ['steady down acknowledgement'],
    })
  })

  it('explain MQTT', () => {
    const setup = cellsOf({ clientId: 'sensor-00011' })
    expect(explained(byteReport(setup, newer))).toEqual({
      'mqtt-vs-http': ['setup up control'],
      mqtt: ['setup up control'],
      aedes: ['setup up control'],
    })
  })

  it('explain TLS by Node and OpenSSL, and what the server says first by its certificate', () => {
    const report = byteReport(cellsOf(), { node: '22.1.0', openssl: '3.5.0' })
    const libraries = { ...report.environment.libraries, '@peculiar/x509': '3.0.0' }
    report.environment = { ...report.environment, libraries }
    const mqtt = report.cells[1] as Cell & { status: 'measured' }
    const place = { phase: 'setup', direction: 'down', layer: 'security' } as const
    mqtt.bytes?.ledger.push({ ...place, bytes: 1500, basis: 'measured' })
    expect(explained(report)).toEqual({
      node: ['setup down security'],
      openssl: ['setup down security'],
      '@peculiar/x509': ['setup down security'],
    })
  })

  it('never explain the payload, but by this tool itself', () => {
    const payload = cellsOf({ payload: '{ "temp": 250 }' })
    expect(Object.keys(explained(byteReport(payload, newer)))).toEqual(['mqtt-vs-http'])
  })

  it('are those of the cell, where it was added later', () => {
    const first = createBaseline(byteReport(cellsOf().slice(1)))
    const baseline = addMissingCells(first, createBaseline(byteReport(cellsOf(), newer)))
    const up = cellsOf({ requestHeaders: { host: '127.0.0.1:40001' } })
    const [http] = checkAgainstBaseline(baseline, byteReport(up, newer), {
      allowSmaller: false,
      scope: up,
      wholeSet: true,
    })
    expect(http).toMatchObject({ finding: 'changed', explainedBy: [] })
  })
})
