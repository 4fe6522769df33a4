import { describe, expect, it } from 'vitest'
import { isClean, spanOfDeliveries, sumCounts } from './deliveries.ts'
import { matchArrivals } from './match-arrivals.ts'

const SENT = [7n, 8n]
const got = (...arrivals: [digest: bigint, deliveredNs: bigint][]) =>
  matchArrivals(
    SENT,
    arrivals.map(([digest, deliveredNs]) => ({ digest, deliveredNs })),
  )

describe('deliveries of several subscribers', () => {
  it('span from the first to the last subscriber of each message', () => {
    const matches = [
      got([7n, 30n], [8n, 110n]),
      got([7n, 10n], [8n, 130n]),
      got([7n, 20n], [8n, 120n]),
    ]
    expect(spanOfDeliveries(matches, 2)).toEqual({ firstNs: [10n, 110n], lastNs: [30n, 130n] })
    expect(sumCounts(matches)).toEqual({ delivered: 6, lost: 0, duplicated: 0, corrupted: 0 })
    expect(isClean(sumCounts(matches))).toBe(true)
  })

  it('have no span where one subscriber did not get the message', () => {
    const matches = [got([7n, 10n], [8n, 110n]), got([8n, 120n])]
    expect(spanOfDeliveries(matches, 2)).toEqual({ firstNs: [null, 110n], lastNs: [null, 120n] })
  })

  it('have none without subscribers to believe', () => {
    expect(spanOfDeliveries([], 2)).toEqual({ firstNs: [null, null], lastNs: [null, null] })
  })

  it.each([
    ['lost', [got([7n, 1n], [8n, 2n]), got([7n, 1n])], { delivered: 3, lost: 1 }],
    ['doubled', [got([7n, 1n], [8n, 2n]), got([7n, 1n], [7n, 2n], [8n, 3n])], { duplicated: 1 }],
    ['changed', [got([7n, 1n], [8n, 2n]), got([7n, 1n], [9n, 2n])], { delivered: 3, corrupted: 1 }],
  ])('are counted over all subscribers: one is %s', (_what, matches, counts) => {
    const sum = sumCounts(matches)
    expect(sum).toMatchObject(counts)
    expect(isClean(sum)).toBe(false)
    expect(sum.delivered + sum.lost + sum.corrupted).toBe(SENT.length * matches.length)
  })
})
