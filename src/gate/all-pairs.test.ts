import { describe, expect, it } from 'vitest'
import type { Cell, ClaimVerdict, TransportCost } from '../model/report/report.ts'
import { scenarioSchema } from '../model/scenario/scenario.ts'
import { judgeAllPairs } from './all-pairs.ts'

const PROTOCOLS: Record<string, Cell['protocol']> = {
  http1: 'http/1.1',
  'http1-close': 'http/1.1',
  'mqtt-qos0': 'mqtt/3.1.1',
  'mqtt5-qos0': 'mqtt/5.0',
  tcp: 'length-prefixed',
}

const [claim] = scenarioSchema.parse({
  name: 'json',
  title: 'json',
  payload: { text: 'x' },
  claims: [
    {
      says: 'a tenth',
      metric: 'wire_bytes_per_message',
      ratio: { of: 'mqtt-qos0', to: 'http1' },
      between: [0.05, 0.1],
    },
  ],
}).claims
if (claim === undefined) throw new Error('the claim is gone')

const cells = Object.entries(PROTOCOLS).map(
  ([transport, protocol]) =>
    ({ scenario: 'json', transport, protocol, status: 'measured' }) as Cell,
)

function costOf(transport: string, further: number): TransportCost {
  const bytes = { first: 1, further }
  return { scenario: 'json', transport, connection: 'kept', bytes, roundTrips: null }
}

const costs = [
  costOf('http1', 400),
  costOf('http1-close', 100),
  costOf('mqtt-qos0', 40),
  costOf('mqtt5-qos0', 20),
  costOf('tcp', 20),
]

const evidence = (transport: string, comparedTo: string): ClaimVerdict['evidence'] => [
  { scenario: 'json', transport, comparedTo, value: 0.1, inside: true },
]

describe('judgeAllPairs', () => {
  it('divides every MQTT transport by every HTTP one, of further messages, and nothing else', () => {
    const named = evidence('mqtt-qos0', 'http1')
    expect(judgeAllPairs(claim, named, 'json', cells, costs)).toEqual([
      { transport: 'mqtt-qos0', comparedTo: 'http1', value: 0.1, inside: true },
      { transport: 'mqtt5-qos0', comparedTo: 'http1', value: 0.05, inside: true },
      { transport: 'mqtt-qos0', comparedTo: 'http1-close', value: 0.4, inside: false },
      { transport: 'mqtt5-qos0', comparedTo: 'http1-close', value: 0.2, inside: false },
    ])
  })

  it.each([
    ['a ratio of something else', evidence('tcp', 'http1')],
    ['a ratio that was not measured', []],
  ])('says nothing of %s', (_name, found) => {
    expect(judgeAllPairs(claim, found, 'json', cells, costs)).toBeNull()
  })

  it('says nothing of a claim on latency, or on one figure', () => {
    const named = evidence('mqtt-qos0', 'http1')
    const { ratio: _ratio, ...value } = claim
    const latency = { ...claim, metric: 'latency_p50_us' }
    expect(judgeAllPairs(latency, named, 'json', cells, costs)).toBeNull()
    expect(judgeAllPairs(value, named, 'json', cells, costs)).toBeNull()
  })

  it('leaves out what another scenario measured', () => {
    const named = evidence('mqtt-qos0', 'http1')
    const others = costs.map((cost) => ({ ...cost, scenario: 'other' }))
    expect(judgeAllPairs(claim, named, 'json', cells, others)).toEqual([])
  })
})
