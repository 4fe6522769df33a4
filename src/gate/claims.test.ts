import { describe, expect, it } from 'vitest'
import { conditionOf } from '../export/report/claims/condition.ts'
import type { Cell, ClaimVerdict, HeaderSetResult } from '../model/report/report.ts'
import { type Scenario, type ScenarioInput, scenarioSchema } from '../model/scenario/scenario.ts'
import { judgeClaims } from './claims.ts'

type ClaimInput = NonNullable<ScenarioInput['claims']>[number]

function scenarioOf(name: string, claims: ClaimInput[], more: object = {}): Scenario {
  return scenarioSchema.parse({ name, title: name, payload: { text: 'x' }, claims, ...more })
}

/** A cell of which one message takes this many wire bytes. */
function cellOf(
  transport: string,
  bytes: number,
  { scenario = 'json', status = 'measured' as Cell['status'], messages = 1 } = {},
): Cell {
  const identity = {
    scenario,
    transport,
    client: 'any',
    protocol: 'none',
    flow: 'uplink',
    completion: 'answered',
    link: 'loopback',
  } as const
  if (status === 'skipped') return { ...identity, status, reason: 'not here' }
  const figures = {
    bytes: {
      messages,
      payloadBytes: 1,
      totals: { up: bytes, down: 0 },
      ledger: [
        {
          phase: 'steady',
          direction: 'up',
          layer: 'framing',
          bytes,
          basis: 'measured',
        } as const,
      ],
      exchange: [],
    },
    latency: null,
    counts: null,
    warnings: [],
  }
  return status === 'failed'
    ? { ...identity, status, reason: 'stray byte', ...figures }
    : { ...identity, status, ...figures }
}

const MQTT = ['mqtt-qos0', 'mqtt-qos1', 'mqtt-qos2']

const valueClaim = (between: [number, number], extra: Partial<ClaimInput> = {}): ClaimInput => ({
  says: 'it is small',
  metric: 'wire_bytes_per_message',
  transport: MQTT,
  between,
  ...extra,
})

const ratioClaim = (between: [number, number], to: string | string[] = 'http1'): ClaimInput => ({
  says: '1/10 to 1/20',
  metric: 'wire_bytes_per_message',
  ratio: { of: MQTT, to },
  between,
})

const CELLS = [
  cellOf('http1', 361),
  cellOf('mqtt-qos0', 30),
  cellOf('mqtt-qos1', 36),
  cellOf('mqtt-qos2', 44),
]

function only(claim: ClaimInput, cells: readonly Cell[] = CELLS) {
  const verdicts = judgeClaims([scenarioOf('json', [claim])], cells)
  expect(verdicts).toHaveLength(1)
  const [verdict] = verdicts
  if (verdict === undefined) throw new Error('no verdict')
  return told(verdict)
}

/** As a reader finds it: with its condition in words. */
const told = (verdict: ClaimVerdict) => ({ ...verdict, condition: conditionOf(verdict) })

describe('a claim about TLS profiles', () => {
  const HYBRID: ClaimInput = {
    says: 'twice as much',
    metric: 'wire_bytes_per_message',
    tls: 'browser-2026',
    ratio: { of: ['https1', 'mqtts-qos1'], to: ['https1', 'mqtts-qos1'], toTls: 'device' },
    between: [2, 3],
  }
  const scenarios = (['device', 'browser-2026'] as const).map((tls) =>
    scenarioOf(`cold-${tls}`, [HYBRID], { tls }),
  )
  const cellIn = (tls: string, transport: string, bytes: number): Cell => ({
    ...cellOf(transport, bytes),
    scenario: `cold-${tls}`,
  })

  it('divides each transport by itself under the other profile', () => {
    const cells = [
      cellIn('device', 'https1', 100),
      cellIn('device', 'mqtts-qos1', 50),
      cellIn('browser-2026', 'https1', 200),
      cellIn('browser-2026', 'mqtts-qos1', 200),
    ]
    const [verdict, ...others] = judgeClaims(scenarios, cells)
    expect(others).toEqual([])
    expect(verdict).toMatchObject({ scenario: 'cold-browser-2026', verdict: 'conditional' })
    expect(verdict?.evidence).toMatchObject([
      { transport: 'https1', comparedTo: 'https1 with TLS device', value: 2 },
      { transport: 'mqtts-qos1', comparedTo: 'mqtts-qos1 with TLS device', value: 4 },
    ])
  })

  it('is untested where this Node has not the profile', () => {
    const verdicts = judgeClaims(scenarios, [cellIn('device', 'https1', 100)])
    expect(verdicts).toMatchObject([{ verdict: 'untested' }])
  })
})

describe('a value', () => {
  it.each<[[number, number], string, string]>([
    [[30, 44], 'holds', '30 B with mqtt-qos0, 36 B with mqtt-qos1, 44 B with mqtt-qos2'],
    [
      [30, 43],
      'conditional',
      'holds for mqtt-qos0 (30 B), mqtt-qos1 (36 B), not for mqtt-qos2 (44 B)',
    ],
    [
      [36, 36],
      'conditional',
      'holds for mqtt-qos1 (36 B), not for mqtt-qos0 (30 B), mqtt-qos2 (44 B)',
    ],
    [
      [45, 60],
      'refuted',
      '30 B with mqtt-qos0, 36 B with mqtt-qos1, 44 B with mqtt-qos2, all below 45 B',
    ],
    [
      [40, 43],
      'refuted',
      '30 B with mqtt-qos0, 36 B with mqtt-qos1, all below 40 B; 44 B with mqtt-qos2, above 43 B',
    ],
  ])('between %j %s', (between, verdict, condition) => {
    expect(only(valueClaim(between))).toMatchObject({ verdict, condition })
  })

  it('names transports of equal value together', () => {
    const cells = [cellOf('mqtt-qos0', 30), cellOf('mqtt-qos1', 36), cellOf('mqtt-qos2', 36)]
    expect(only(valueClaim([30, 31]), cells).condition).toBe(
      'holds for mqtt-qos0 (30 B), not for mqtt-qos1 and mqtt-qos2 (36 B)',
    )
  })

  it('carries its evidence, its range and its source', () => {
    const claim = valueClaim([30, 40], { transport: 'mqtt-qos2', source: 'an article' })
    expect(only(claim)).toEqual({
      scenario: 'json',
      says: 'it is small',
      metric: 'wire_bytes_per_message',
      subject: 'value',
      between: [30, 40],
      source: 'an article',
      verdict: 'refuted',
      evidence: [
        { scenario: 'json', transport: 'mqtt-qos2', comparedTo: null, value: 44, inside: false },
      ],
      condition: '44 B with mqtt-qos2, above 40 B',
    })
  })

  it('is judged by measured cells only', () => {
    const cells = [
      cellOf('mqtt-qos0', 30),
      cellOf('mqtt-qos2', 99, { status: 'skipped' }),
      cellOf('mqtt-qos1', 99, { scenario: 'other' }),
    ]
    expect(only(valueClaim([30, 40]), cells)).toMatchObject({ verdict: 'holds' })
    expect(only(valueClaim([30, 40]), cells).evidence).toHaveLength(1)
  })

  it('is no more than conditional where a cell that it speaks of failed', () => {
    const failed = cellOf('mqtt-qos1', 99, { status: 'failed' })
    const held = only(valueClaim([30, 40]), [cellOf('mqtt-qos0', 30), failed])
    expect(held).toMatchObject({ verdict: 'conditional', failed: ['mqtt-qos1'] })
    expect(held.evidence).toHaveLength(1)
    expect(held.condition).toBe('holds for mqtt-qos0 (30 B); not known of mqtt-qos1: failed')
    expect(only(valueClaim([30, 40]), [failed])).toMatchObject({
      verdict: 'untested',
      condition: 'mqtt-qos1 failed',
    })
  })

  it('is held against the heads of other programs too, asked and answered by any of them', () => {
    const heads = (
      headerSet: HeaderSetResult['headerSet'],
      answerSet: HeaderSetResult['answerSet'],
      up: number,
      down: number,
    ): HeaderSetResult => ({
      ...{ scenario: 'json', headerSet, answerSet, client: 'any', server: 'any' },
      ...{ status: 'measured', messages: 1 },
      ...{ wireBytesUpPerMessage: up, wireBytesDownPerMessage: down },
    })
    const headerSets = [heads('minimal', 'minimal', 86, 17), heads('browser', 'nginx', 400, 130)]
    const claim = valueClaim([400, 600], { transport: 'http1' })
    const scenarios = [scenarioOf('json', [claim])]
    const [verdict] = judgeClaims(scenarios, [cellOf('http1', 361)], { headerSets })
    expect(verdict?.evidence.map(({ value }) => value)).toEqual([361, 103, 216, 417, 530])
    expect(verdict && told(verdict)).toMatchObject({
      verdict: 'conditional',
      condition:
        "holds for 2 of 4 pairs of other programs' heads (417–530 B), not for http1 (361 B), 2 of 4 pairs of other programs' heads (103–216 B)",
    })
  })

  it('does not read like the bound that it is beyond', () => {
    const cells = [cellOf('mqtt-qos0', 40_001, { messages: 1000 })]
    expect(only(valueClaim([30, 40]), cells).condition).toBe('40.001 B with mqtt-qos0, above 40 B')
  })
})

describe('a ratio', () => {
  it.each<[[number, number], string, string]>([
    [[0.05, 0.13], 'holds', '1/12.0 with mqtt-qos0, 1/10.0 with mqtt-qos1, 1/8.20 with mqtt-qos2'],
    [
      [0.05, 0.1],
      'conditional',
      'holds for mqtt-qos0 (1/12.0), mqtt-qos1 (1/10.0), not for mqtt-qos2 (1/8.20)',
    ],
    [
      [0.01, 0.05],
      'refuted',
      '1/12.0 with mqtt-qos0, 1/10.0 with mqtt-qos1, 1/8.20 with mqtt-qos2, all above 1/20',
    ],
  ])('between %j %s', (between, verdict, condition) => {
    expect(only(ratioClaim(between))).toMatchObject({ verdict, condition, subject: 'ratio' })
  })

  it('names the pair where it is taken to several', () => {
    const cells = [cellOf('http1', 300), cellOf('http1-bare', 100), cellOf('mqtt-qos0', 30)]
    const verdict = only(ratioClaim([0.05, 0.1], ['http1', 'http1-bare']), cells)
    expect(verdict.condition).toBe(
      'holds for mqtt-qos0/http1 (1/10), not for mqtt-qos0/http1-bare (1/3.33)',
    )
    expect(verdict.evidence.map((item) => item.comparedTo)).toEqual(['http1', 'http1-bare'])
  })

  it('does not read like the bound that it is beyond', () => {
    const cells = [cellOf('http1', 100_000), cellOf('mqtt-qos0', 10_002)]
    expect(only(ratioClaim([0.05, 0.1]), cells).condition).toBe(
      '1/9.998 with mqtt-qos0, above 1/10',
    )
  })

  it('is no evidence where there is nothing to divide by', () => {
    const cells = [cellOf('http1', 0), cellOf('mqtt-qos0', 30)]
    expect(only(ratioClaim([0, 1]), cells)).toMatchObject({ verdict: 'untested', evidence: [] })
  })
})

describe('untested', () => {
  it.each([
    ['nothing was measured', valueClaim([0, 1]), []],
    ['the metric was not measured', valueClaim([0, 1], { metric: 'latency_p50_us' }), CELLS],
    ['the divisor was not measured', ratioClaim([0, 1]), CELLS.slice(1)],
  ])('where %s', (_, claim, cells) => {
    expect(only(claim, cells)).toMatchObject({
      verdict: 'untested',
      evidence: [],
      condition: 'no transport that it speaks of was measured',
    })
  })

  it('where the metric is unknown', () => {
    expect(only(valueClaim([0, 1], { metric: 'happiness' }))).toMatchObject({
      verdict: 'untested',
      condition: 'there is no metric happiness',
    })
  })
})

describe('over all scenarios', () => {
  const cellsOf = (scenario: string, http: number, ...mqtt: number[]): Cell[] => [
    cellOf('http1', http, { scenario }),
    ...mqtt.map((bytes, qos) => cellOf(`mqtt-qos${qos}`, bytes, { scenario })),
  ]
  const overallOf = (names: string[], cells: Cell[], claim = ratioClaim([0.05, 0.1])) => {
    const scenarios = names.map((name) => scenarioOf(name, [claim]))
    return judgeClaims(scenarios, cells)
      .filter((verdict) => verdict.scenario === null)
      .map(told)
  }

  it.each<[string, Cell[], string, string]>([
    [
      'all hold',
      [...cellsOf('a', 361, 30), ...cellsOf('b', 361, 36), ...cellsOf('c', 361, 30)],
      'holds',
      'holds in a, b, c',
    ],
    [
      'none holds',
      [...cellsOf('a', 100, 98), ...cellsOf('b', 100, 98), ...cellsOf('c', 100, 25, 50)],
      'refuted',
      'not in a, b (1/1.02), c (1/4–1/2)',
    ],
    [
      'one does not',
      [...cellsOf('a', 361, 30), ...cellsOf('b', 15_363, 15_018), ...cellsOf('c', 361, 30)],
      'conditional',
      'holds in a, c; not in b (1/1.02)',
    ],
    [
      'it depends on the transport',
      [...cellsOf('a', 361, 30, 36, 44), ...cellsOf('b', 361, 30, 36, 44), ...cellsOf('c', 9, 9)],
      'conditional',
      'holds in a, b for mqtt-qos0, mqtt-qos1, not for mqtt-qos2 (1/8.20); not in c (1)',
    ],
    [
      'each differs',
      [...cellsOf('a', 361, 30), ...cellsOf('b', 361, 36, 44), ...cellsOf('c', 361, 40, 36)],
      'conditional',
      'holds in a; in b for mqtt-qos0, not for mqtt-qos1 (1/8.20); in c for mqtt-qos1, not for mqtt-qos0 (1/9.03)',
    ],
    [
      'one was not measured',
      [...cellsOf('a', 361, 30), ...cellsOf('b', 361, 30)],
      'holds',
      'holds in a, b; untested in c',
    ],
    ['none was measured', [], 'untested', 'no transport that it speaks of was measured'],
  ])('%s', (_, cells, verdict, condition) => {
    expect(overallOf(['a', 'b', 'c'], cells)).toMatchObject([{ verdict, condition }])
  })

  it('keeps the evidence of all of them', () => {
    const [overall] = overallOf(['a', 'b'], [...cellsOf('a', 300, 30), ...cellsOf('b', 300, 30)])
    expect(overall?.evidence.map((item) => item.scenario)).toEqual(['a', 'b'])
  })

  it('needs two scenarios', () => {
    expect(overallOf(['a'], cellsOf('a', 300, 30))).toEqual([])
  })

  it('needs the same claim: another range is another claim', () => {
    const scenarios = [
      scenarioOf('a', [ratioClaim([0.05, 0.1])]),
      scenarioOf('b', [ratioClaim([0.05, 0.2])]),
    ]
    const cells = [...cellsOf('a', 300, 30), ...cellsOf('b', 300, 30)]
    expect(judgeClaims(scenarios, cells).map((verdict) => verdict.scenario)).toEqual(['a', 'b'])
  })
})
