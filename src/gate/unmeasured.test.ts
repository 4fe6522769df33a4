import { describe, expect, it } from 'vitest'
import type { Report } from '../model/report/report.ts'
import { type Said, said } from '../model/said/said.ts'
import { unmeasuredByName, unmeasuredLinks } from './unmeasured.ts'

const cell = (scenario: string, transport: string, status: 'measured' | 'skipped' | 'failed') =>
  ({ scenario, transport, status, reason: 'it cannot' }) as unknown as Report['cells'][number]

const CELLS = [
  cell('json', 'http1', 'measured'),
  cell('json', 'sse', 'skipped'),
  cell('json', 'mqtt5-qos1', 'skipped'),
  cell('command', 'sse', 'measured'),
  cell('command', 'http1', 'skipped'),
  cell('command', 'mqtt5-qos1', 'skipped'),
]

describe('what was asked for by name and not measured', () => {
  it('is a transport that was measured in no scenario', () => {
    const asked = { transports: ['http1', 'sse', 'mqtt5-qos1'], scenarios: ['json', 'command'] }
    expect(unmeasuredByName(CELLS, asked)).toEqual([
      'json on mqtt5-qos1 was asked for and not measured: it cannot',
      'command on mqtt5-qos1 was asked for and not measured: it cannot',
    ])
  })

  it('is a scenario that was measured on no transport', () => {
    const cells = [cell('json', 'sse', 'skipped'), cell('other', 'sse', 'failed')]
    expect(unmeasuredByName(cells, { transports: [], scenarios: ['json', 'other'] })).toEqual([
      'json on sse was asked for and not measured: it cannot',
    ])
  })

  it('is nothing of a group', () => {
    expect(unmeasuredByName(CELLS, { transports: [], scenarios: [] })).toEqual([])
  })
})

describe('link bytes that were to be measured', () => {
  const measured = (
    transport: string,
    basis: string,
    warnings: readonly Said[] = [],
    flow = 'uplink',
  ) =>
    ({
      ...{ scenario: 'json', transport, status: 'measured', flow, warnings },
      bytes: { ledger: [{ layer: 'network', basis }] },
    }) as unknown as Report['cells'][number]
  const unmeasured = (cells: Report['cells'], reason: string | null = null) =>
    unmeasuredLinks({ cells, plan: { linkBytes: { from: 'measured', reason } } as Report['plan'] })

  it('are named where they are modelled, with the reason of the cell or of the run', () => {
    const why = said('linkModelled', { why: said('original', { text: 'no session' }) })
    const cells = [
      measured('https1', 'measured'),
      measured('https1-resumed', 'modelled', ['slow', why]),
      measured('mqtt-qos1', 'modelled', [], 'roundtrip'),
    ]
    const line = (reason: string): string =>
      `json on https1-resumed: its link bytes were to be measured, and are modelled: ${reason}`
    expect(unmeasured(cells)).toEqual([line('no session')])
    expect(unmeasured([measured('https1-resumed', 'modelled')], 'no namespace')).toEqual([
      line('no namespace'),
    ])
  })
})
