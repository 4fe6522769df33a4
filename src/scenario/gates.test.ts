import { describe, expect, it } from 'vitest'
import type { InstrumentError } from '../model/errors.ts'
import { METRIC_NAMES } from '../model/report/metric.ts'
import { parseScenario } from './parse-scenario.ts'

const KNOWN = {
  transportIds: ['http1', 'mqtt-qos0', 'mqtt-qos1', 'default', 'mqtt'],
  transportGroups: ['default', 'mqtt'],
  metricNames: METRIC_NAMES,
}

const withGate = (gate: string) =>
  `name: my\ntitle: t\npayload: { text: a }\ngates: [{ metric: wire_bytes_per_message, ${gate} }]\n`
const withMetric = (metric: string) =>
  `name: my\ntitle: t\npayload: { text: a }\ngates: [{ metric: ${metric}, transport: http1, max: 1 }]\n`

describe('gates of a scenario file', () => {
  it.each([
    ['a most', 'transport: http1, max: 400', { transport: 'http1', max: 400 }],
    ['a least', 'transport: http1, min: 0.5', { transport: 'http1', min: 0.5 }],
    ['one point', 'transport: http1, min: 5, max: 5', { transport: 'http1', min: 5, max: 5 }],
    [
      'a ratio for several transports',
      'transport: [mqtt-qos0, mqtt-qos1], ratioTo: http1, max: 0.2',
      { transport: ['mqtt-qos0', 'mqtt-qos1'], ratioTo: 'http1', max: 0.2 },
    ],
  ])('may give %s', (_what, written, gate) => {
    expect(parseScenario(withGate(written), 'my.yaml', KNOWN).gates).toEqual([
      { metric: 'wire_bytes_per_message', ...gate },
    ])
  })

  it.each([
    ['transport: http1', 'gates[0]: has no bound; give max, min or both'],
    [
      'transport: http1, min: 9, max: 2',
      'gates[0].max: is below min, so nothing can pass; give at least 9',
    ],
    ["transport: http1, max: '4'", 'gates[0].max: must be a number, such as 40'],
    ['transport: http1, max: .inf', 'gates[0].max: must be a number, such as 40'],
    ['transport: http1, maxx: 4', 'gates[0].maxx: unknown key; did you mean max? (and 1 more)'],
    ['max: 4', 'gates[0].transport: must be a transport, such as http1, or a list of them'],
    [
      'transport: htp1, max: 4',
      'gates[0].transport: unknown transport "htp1"; did you mean http1?',
    ],
    [
      'transport: http1, ratioTo: mqtt-qos2, max: 4',
      'gates[0].ratioTo: unknown transport "mqtt-qos2"; did you mean mqtt-qos0 or mqtt-qos1?',
    ],
    [
      'transport: mqtt, max: 4',
      'gates[0].transport: unknown transport "mqtt"; known: http1, mqtt-qos0, mqtt-qos1',
    ],
  ])('with %s are refused', (written, message) => {
    expect(refusal(withGate(written))).toBe(`my.yaml: ${message}`)
  })

  it('with an unknown metric are refused, suggesting one that can be a gate', () => {
    expect(refusal(withMetric('setup_byte'))).toBe(
      'my.yaml: gates[0].metric: unknown metric "setup_byte"; did you mean setup_bytes?',
    )
    expect(refusal(withMetric('zzzzzzzzzzzz'))).not.toContain('latency_p50_us')
  })

  it.each(['latency_p50_us', 'delivery_p99_us'])('on %s are refused, saying why', (metric) => {
    expect(refusal(withMetric(metric))).toBe(
      `my.yaml: gates[0].metric: ${metric} changes with the machine, so a stored bound cannot hold it; ` +
        'use a metric of bytes here, and `check --latency` to compare latency',
    )
  })
})

function refusal(source: string): string {
  try {
    parseScenario(source, 'my.yaml', KNOWN)
  } catch (error) {
    const { code, message } = error as InstrumentError
    expect(code).toBe('scenario-invalid')
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('was accepted')
}
