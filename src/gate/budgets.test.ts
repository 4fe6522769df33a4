import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../test/fixtures/byte-report.ts'
import type { BudgetVerdict } from '../model/report/check/check.ts'
import type { Cell } from '../model/report/report.ts'
import { saidText } from '../model/said/said.ts'
import type { Gate } from '../model/scenario/scenario.ts'
import { judgeBudgets } from './budgets.ts'

// json: mqtt-qos1 is 36 B a message, http1 is 190 B.
const judge = (gate: Partial<Gate>, cells: Cell[] = cellsOf()): BudgetVerdict[] =>
  judgeBudgets(
    [
      {
        name: 'json',
        gates: [{ metric: 'wire_bytes_per_message', transport: 'mqtt-qos1', ...gate }],
      },
    ],
    cells,
  )
const lines = (verdicts: BudgetVerdict[]) =>
  verdicts.map(({ verdict, line }) => `${verdict}: ${saidText(line)}`)

describe('a budget', () => {
  it.each<[Partial<Gate>, string]>([
    [
      { max: 36 },
      'pass: json: mqtt-qos1 wire_bytes_per_message is 36 B, within its budget of 36 B',
    ],
    [{ max: 32 }, 'fail: json: mqtt-qos1 wire_bytes_per_message is 36 B, above its budget of 32 B'],
    [{ min: 40 }, 'fail: json: mqtt-qos1 wire_bytes_per_message is 36 B, below its least of 40 B'],
    [
      { min: 30, max: 40 },
      'pass: json: mqtt-qos1 wire_bytes_per_message is 36 B, within its budget of 40 B and not below its least of 30 B',
    ],
    [
      { max: 35.99 },
      'fail: json: mqtt-qos1 wire_bytes_per_message is 36 B, above its budget of 35.99 B',
    ],
    [
      { max: 0.1, ratioTo: 'http1' },
      'fail: json: mqtt-qos1 wire_bytes_per_message divided by that of http1 is 1/5.28, above its budget of 1/10',
    ],
    [
      { max: 0.2, ratioTo: 'http1' },
      'pass: json: mqtt-qos1 wire_bytes_per_message divided by that of http1 is 1/5.28, within its budget of 1/5',
    ],
  ])('of %j', (gate, line) => {
    expect(lines(judge(gate))).toEqual([line])
  })

  it('for several transports is held for each, once', () => {
    const verdicts = judge({ transport: ['mqtt-qos1', 'http1', 'http1'], max: 100 })
    expect(verdicts.map(({ transport, verdict, value }) => [transport, verdict, value])).toEqual([
      ['mqtt-qos1', 'pass', 36],
      ['http1', 'fail', 190],
    ])
  })

  it('of one scenario is not held against the cells of another', () => {
    expect(judge({ max: 32 }, cellsOf({ scenario: 'other' }))[0]?.verdict).toBe('unmeasured')
  })
})

describe('a budget without a figure', () => {
  const [http, mqtt, memory] = cellsOf() as [Cell, Cell, Cell]
  const failed = { ...mqtt, status: 'failed', reason: 'broker died' } as Cell

  it('is not disarmed where its transport, or the one to compare to, was not run', () => {
    const [own] = judge({ max: 32 }, [http])
    expect(own).toMatchObject({ verdict: 'unmeasured', value: null })
    expect(saidText(own?.line ?? '')).toBe(
      'json: mqtt-qos1 wire_bytes_per_message could not be measured: mqtt-qos1 was not run; name it among the transports of the scenario, or with --transports',
    )
    const [ratio] = judge({ max: 1, ratioTo: 'http1' }, [mqtt])
    expect(saidText(ratio?.line ?? '')).toContain('could not be measured: http1 was not run')
  })

  it('is never judged by what a failed cell has', () => {
    const [verdict] = judge({ max: 1000 }, [http, failed])
    expect(verdict).toMatchObject({ verdict: 'unmeasured' })
    expect(saidText(verdict?.line ?? '')).toContain(
      'could not be measured: mqtt-qos1 failed: broker died',
    )
  })

  it.each<[string, Partial<Gate>, string]>([
    ['has no wire', { transport: 'memory', max: 1 }, 'memory gave no figure'],
    ['is no metric', { metric: 'x', max: 1 }, 'there is no metric x'],
    [
      'would be divided by nothing',
      { metric: 'setup_bytes', ratioTo: 'http1', max: 1 },
      'it is 0 on http1, and nothing divides by that',
    ],
  ])('%s', (_what, gate, reason) => {
    const [verdict] = judge(gate, [http, mqtt, memory])
    expect(verdict).toMatchObject({ verdict: 'unmeasured' })
    expect(saidText(verdict?.line ?? '')).toMatch(new RegExp(`could not be measured: ${reason}$`))
  })
})
