import { expect, it } from 'vitest'
import { type LatencyCheck, latencyCheckSchema } from './latency-check.ts'

const check: LatencyCheck = {
  schemaVersion: 1,
  startedAt: '2030-01-01T00:00:00.000Z',
  pinning: { pinned: true, reason: 'load on CPU 0, endpoints on CPU 1' },
  injected: [],
  transports: [
    {
      scenario: 'json',
      transport: 'http1',
      verdict: 'pass',
      reasons: ['slower by at most +2 % (95 %), which is under +10 %'],
      advisory: { isAdvisory: false, reason: null },
      controlSpread: 0.02,
      first: {
        state: 'pass',
        forks: 5,
        nextStage: null,
        medianRatio: 1.01,
        lowerBound: 0.99,
        upperBound: 1.02,
        controlRatio: 1,
        reasons: [],
      },
      confirmation: null,
      forks: [
        {
          sequence: 'first',
          number: 0,
          order: ['reference', 'candidate', 'control'],
          candidate: 0.01,
          control: -0.01,
          seconds: 7.5,
        },
      ],
      seconds: 40,
    },
  ],
}

it('takes a stored check back as it was', () => {
  expect(latencyCheckSchema.parse(JSON.parse(JSON.stringify(check)))).toEqual(check)
})

it.each([
  ['another schema version', { ...check, schemaVersion: 2 }],
  ['a key that it does not know', { ...check, forks: [] }],
  [
    'an advisory verdict without its reason',
    {
      ...check,
      transports: check.transports.map((transport) => ({
        ...transport,
        advisory: { isAdvisory: true, reason: null },
      })),
    },
  ],
])('refuses %s', (_, stored) => {
  expect(latencyCheckSchema.safeParse(stored).success).toBe(false)
})
