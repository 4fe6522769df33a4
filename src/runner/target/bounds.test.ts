import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AskedFor, boundElsewhere, MOST_ELSEWHERE } from './bounds.ts'

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
