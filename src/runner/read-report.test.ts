import { describe, expect, it } from 'vitest'
import type { InstrumentError } from '../model/errors.ts'
import { type Report, reportSchema } from '../model/report/report.ts'
import { PROTOCOLS } from '../model/vocabulary.ts'
import { parseReport } from './read-report.ts'

const REPORT: Report = reportSchema.parse({
  schemaVersion: 1,
  tool: { name: 'mqtt-vs-http', version: '0.1.0' },
  startedAt: '2025-01-01T00:00:00.000Z',
  finishedAt: null,
  partial: true,
  partialReason: 'stopped by SIGINT',
  environment: {
    platform: 'linux',
    kernel: '6.1',
    arch: 'x64',
    cpuModel: 'a CPU',
    cpuCount: 2,
    memoryBytes: 1,
    node: '20.19.0',
    openssl: '3',
    libraries: {},
    pinning: { pinned: false, loadCpu: null, endpointCpu: null, reason: 'no taskset' },
    tcpNoDelay: true,
  },
  plan: {
    scenarios: [{ name: 'my', title: 't', payload: { text: 'a' } }],
    transports: ['http1'],
    measures: ['bytes'],
    mode: 'quick',
    injected: [],
    link: 'loopback',
  },
  cells: [
    {
      scenario: 'my',
      transport: 'http1',
      client: 'fetch',
      protocol: 'http/1.1',
      flow: 'uplink',
      completion: 'answered',
      link: 'loopback',
      status: 'skipped',
      reason: 'not asked for',
    },
  ],
  verdicts: [],
  warnings: [],
})

function refusal(text: string): string {
  try {
    parseReport(text, 'r.json')
  } catch (error) {
    const { code, exitCode, message } = error as InstrumentError
    expect({ code, exitCode }).toEqual({ code: 'report-unreadable', exitCode: 2 })
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('was accepted')
}

const changed = (change: object) => JSON.stringify({ ...REPORT, ...change })

describe('a stored report', () => {
  it('comes back as it was written, to the byte', () => {
    const text = JSON.stringify(REPORT, null, 2)
    expect(JSON.stringify(parseReport(text, 'r.json'), null, 2)).toBe(text)
  })

  it.each<[string, string, RegExp | string]>([
    ['empty', '', 'r.json: is empty; give the report.json of a run'],
    ['cut off', JSON.stringify(REPORT).slice(0, -5), /^r\.json: is not JSON, or was cut off: /],
    ['no JSON', 'schemaVersion: 1', /^r\.json: is not JSON: Unexpected token/],
    [
      'another JSON file',
      '{"name":"x"}',
      'r.json: is no report of mqtt-vs-http: it has no schemaVersion; give the report.json of a run',
    ],
    [
      'newer',
      changed({ schemaVersion: 2 }),
      'r.json: has schema version 2, from a newer mqtt-vs-http; this one reads version 1',
    ],
    [
      'older',
      changed({ schemaVersion: 0 }),
      'r.json: has schema version 0; this one reads version 1',
    ],
    ['without cells', changed({ cells: undefined }), 'r.json: cells: is missing'],
    [
      'of an unknown status',
      changed({ cells: [{ ...REPORT.cells[0], status: 'lost' }] }),
      'r.json: cells[0].status: names no known kind',
    ],
    [
      'with a wrong cell',
      changed({ cells: [{ ...REPORT.cells[0], protocol: 'gopher' }] }),
      `r.json: cells[0].protocol: must be one of ${PROTOCOLS.join(', ')}, not "gopher"`,
    ],
    [
      'with an unknown key',
      changed({ cels: [] }),
      'r.json: cels: unknown key; did you mean cells?',
    ],
  ])('that is %s is refused', (_what, text, message) => {
    if (typeof message === 'string') expect(refusal(text)).toBe(message)
    else expect(refusal(text)).toMatch(message)
  })
})
