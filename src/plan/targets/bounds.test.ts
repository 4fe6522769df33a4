import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LoadPlan } from '../load-plan.ts'
import { planRun } from '../make-plan.ts'
import type { RunOptions } from '../options.ts'
import { type AskedFor, boundElsewhere, boundLoadElsewhere, MOST_ELSEWHERE } from './bounds.ts'

const NOTHING: AskedFor = { messages: null, rounds: null, perRound: null, rate: undefined }

describe('how much a server elsewhere gets', () => {
  it('is little unless more is asked for', () => {
    expect(boundElsewhere(NOTHING)).toEqual({
      reported: {
        bytePassMessages: 10,
        latencyMessages: 100,
        warmupMessages: 10,
        messagesPerS: 10,
      },
      latency: { rounds: 5, messagesPerRound: 20, warmupMessages: 10 },
      pauseMs: 100,
    })
  })

  it('is as much as was asked for, and never more', () => {
    const count = fc.option(fc.integer({ min: 1, max: 200 }))
    const messages = fc.option(fc.integer({ min: 1, max: MOST_ELSEWHERE.messages }))
    const property = fc.property(messages, count, count, (asked, rounds, perRound) => {
      let bounds: ReturnType<typeof boundElsewhere>
      try {
        bounds = boundElsewhere({ ...NOTHING, messages: asked, rounds, perRound })
      } catch (error) {
        expect((error as Error).message).toMatch(/^--rounds, --per-round: \d+ × \d+ messages/)
        return
      }
      const { latency, reported } = bounds
      expect(latency.rounds * latency.messagesPerRound).toBeLessThanOrEqual(asked ?? 100)
      expect(latency.messagesPerRound).toBeGreaterThan(0)
      expect(latency.warmupMessages).toBeLessThanOrEqual(reported.latencyMessages)
      expect(reported.bytePassMessages).toBe(asked ?? 10)
    })
    fc.assert(property)
  })

  it.each([
    [{ messages: 10_001 }, '--messages: 10001 is more than a server that is not on this machine'],
    [{ rounds: 20, perRound: 60 }, 'say so with --messages 1200'],
    [{ rate: 101 }, '--max-rate: 101 is no number of messages a second'],
    [{ rate: 0 }, '--max-rate: 0 is no number'],
    [{ rate: Number.NaN }, '--max-rate: NaN is no number'],
  ])('is bounded itself: %o', (asked, message) => {
    expect(() => boundElsewhere({ ...NOTHING, ...asked })).toThrow(message)
  })
})

describe('the load that a server elsewhere gets', () => {
  const AT_100: LoadPlan = {
    ...{
      workers: 1,
      connections: 10,
      inFlight: 10,
      pipelines: false,
      connectPerS: null,
      clients: 'all',
    },
    pace: { pace: { kind: 'constant', perS: 100 }, text: '100' },
    ...{ sweep: null, durationMs: 3_000, messages: null, warmupMs: 1_000, drainMs: 5_000 },
    ...{ part: null, role: null, startAtMs: null },
  }

  it('is a rate, without a warm-up, which goes as fast as it can', () => {
    expect(boundLoadElsewhere(AT_100, MOST_ELSEWHERE, undefined)).toEqual({
      ...AT_100,
      ...{ connectPerS: 10, warmupMs: 0 },
    })
  })

  it('has no more in flight than it may, and what was asked for where that is less', () => {
    const given = { ...AT_100, connections: 40, inFlight: 50, connectPerS: 3 }
    expect(boundLoadElsewhere(given, MOST_ELSEWHERE, undefined)).toMatchObject({
      inFlight: 2,
      connectPerS: 3,
    })
  })

  it('is not above what the user does not want to exceed', () => {
    expect(() => boundLoadElsewhere(AT_100, MOST_ELSEWHERE, 20)).toThrow(
      /^--rate: 100 is more than .*; at most 20$/,
    )
  })

  it.each<[string, Partial<LoadPlan>, RegExp]>([
    [
      'saturation',
      { pace: null },
      /^--measure: .* never driven to its limit; give --rate, up to 100/,
    ],
    ['a sweep', { pace: null, sweep: { kind: 'rates', rates: [1] } }, /^--sweep: .* give --rate/],
    [
      'a rate above what it may be',
      { pace: { pace: { kind: 'constant', perS: 101 }, text: '101' } },
      /^--rate: 101 is more than .*; at most 100 a second, or more with --own-target/,
    ],
    [
      'a ramp that goes above it',
      { pace: { pace: { kind: 'ramp', fromPerS: 1, toPerS: 500 }, text: 'ramp:1..500' } },
      /^--rate: ramp:1..500 is more than/,
    ],
    [
      'many connections',
      { connections: 101 },
      /^--connections: 101 are more than .*; at most 100$/,
    ],
    ['many messages', { durationMs: 101_000 }, /^--duration: 10100 messages .*; at most 10000$/],
  ])('is not %s', (_, asked, problem) => {
    expect(() => boundLoadElsewhere({ ...AT_100, ...asked }, MOST_ELSEWHERE, undefined)).toThrow(
      problem,
    )
  })
})

describe('the load on a server that somebody answers for', () => {
  const AWAY = '198.51.100.1'
  const options: RunOptions = {
    ...{ scenario: ['json'], transports: 'http1', 'http-url': `http://${AWAY}/readings` },
    ...{ rate: '5000', 'own-target': [`${AWAY}=20000`], 'link-bytes': 'off' },
  }

  it('is bounded by the rate that was named, and everything else in its proportion', async () => {
    const given = { duration: '60s', connections: 2_000, 'in-flight': 100 }
    const { load, targets } = await planRun({ ...options, ...given })
    expect(load).toMatchObject({ inFlight: 10, connectPerS: 2_000, warmupMs: 0 })
    expect(targets?.http?.reported.lifted).toEqual({
      ...{ messagesPerS: 20_000, messages: 12_000_000, connections: 20_000 },
      ...{ inFlight: 20_000, connectionsPerS: 2_000 },
    })
  })

  it.each<[string, Partial<RunOptions>, RegExp]>([
    ['unnamed', { 'own-target': undefined }, /^--rate: 5000 is more than .*; at most 100 a second/],
    ['above it', { rate: '20001' }, /^--rate: 20001 is more than .*; at most 20000$/],
    ['at its limit', { rate: undefined }, /^--measure: .* never driven to its limit; .* 20000$/],
    ['of many', { connections: 20_001 }, /^--connections: 20001 are more .*; at most 20000$/],
    [
      'for long',
      { rate: '20000', duration: '11min' },
      /^--duration: 13200000 messages .*; at most 12000000$/,
    ],
    ['of any host', { 'own-target': ['5000'] }, /^--own-target: 5000 does not name a host/],
    ['without a rate', { 'own-target': [AWAY] }, /does not name a host and messages a second/],
    [
      'of another host',
      { 'own-target': ['198.51.100.2=5000'] },
      /^--own-target: no URL has the host 198\.51\.100\.2; write 198\.51\.100\.1=…$/,
    ],
    ['as anybody', { 'own-target': [`${AWAY}=100`] }, /every server gets up to 100; leave it out$/],
    [
      'named twice',
      { 'own-target': [`${AWAY}=200`, `${AWAY}=300`] },
      /^--own-target: 198\.51\.100\.1 is named twice/,
    ],
    [
      'here',
      { 'http-url': 'http://127.0.0.1/readings', 'own-target': ['127.0.0.1=5000'] },
      /^--own-target: 127\.0\.0\.1 is on this machine/,
    ],
    ['of ours', { 'http-url': undefined }, /^--own-target: .* give --http-url or --mqtt-url too$/],
    ['with a second rate', { 'max-rate': 50 }, /^--max-rate: --own-target says how many/],
    [
      'beside bytes',
      { measure: 'bytes,throughput' },
      /^--own-target: .* leave out other measures$/,
    ],
  ])('is not %s', async (_, given, problem) => {
    await expect(planRun({ ...options, ...given })).rejects.toThrow(problem)
  })

  it('is not that on another server beside it', async () => {
    const both = { transports: 'http1,mqtt-qos1', 'mqtt-url': 'mqtt://198.51.100.2' }
    await expect(planRun({ ...options, ...both })).rejects.toThrow(
      /^--rate: .* at most 100 a second/,
    )
  })
})
