import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LoadPlan } from '../load-plan.ts'
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
    ...{ part: null, startAtMs: null },
  }

  it('is a rate, without a warm-up, which goes as fast as it can', () => {
    expect(boundLoadElsewhere(AT_100, undefined)).toEqual({
      ...AT_100,
      ...{ connectPerS: 10, warmupMs: 0 },
    })
  })

  it('has no more in flight than it may, and what was asked for where that is less', () => {
    const given = { ...AT_100, connections: 40, inFlight: 50, connectPerS: 3 }
    expect(boundLoadElsewhere(given, undefined)).toMatchObject({ inFlight: 2, connectPerS: 3 })
  })

  it('is not above what the user does not want to exceed', () => {
    expect(() => boundLoadElsewhere(AT_100, 20)).toThrow(
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
      /^--rate: 101 is more than .*; at most 100$/,
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
    expect(() => boundLoadElsewhere({ ...AT_100, ...asked }, undefined)).toThrow(problem)
  })
})
