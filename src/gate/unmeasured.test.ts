import { describe, expect, it } from 'vitest'
import type { Report } from '../model/report/report.ts'
import { unmeasuredByName } from './unmeasured.ts'

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
