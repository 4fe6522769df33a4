import { expect, it } from 'vitest'
import { FULL_LATENCY, QUICK_LATENCY } from '../../plan/plan.ts'
import { fanoutAmounts } from './amounts.ts'

it.each([
  ['full', FULL_LATENCY, 1, { rounds: 20, messagesPerRound: 200, warmupMessages: 1_000 }],
  ['full', FULL_LATENCY, 10, { rounds: 20, messagesPerRound: 200, warmupMessages: 1_000 }],
  ['full', FULL_LATENCY, 100, { rounds: 20, messagesPerRound: 20, warmupMessages: 100 }],
  ['full', FULL_LATENCY, 1_000, { rounds: 20, messagesPerRound: 2, warmupMessages: 10 }],
  ['quick', QUICK_LATENCY, 1, QUICK_LATENCY],
  ['quick', QUICK_LATENCY, 100, { rounds: 8, messagesPerRound: 20, warmupMessages: 100 }],
])('a %s run bounds deliveries, not messages', (_mode, amounts, subscribers, expected) => {
  expect(fanoutAmounts(amounts, subscribers)).toEqual(expected)
})

it('sends one message a round at least', () => {
  const few = { rounds: 6, messagesPerRound: 1, warmupMessages: 5 }
  expect(fanoutAmounts(few, 1_000)).toEqual(few)
  expect(fanoutAmounts(FULL_LATENCY, 5_000).messagesPerRound).toBe(1)
})
