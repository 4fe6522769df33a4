import { describe, expect, it } from 'vitest'
import { matchArrivals } from './match-arrivals.ts'

const at = (...digests: bigint[]) =>
  digests.map((digest, index) => ({ digest, deliveredNs: BigInt(index + 1) * 10n }))

describe('matchArrivals', () => {
  it('matches distinct messages whatever their order', () => {
    expect(matchArrivals([1n, 2n, 3n], at(3n, 1n, 2n))).toEqual({
      delivered: 3,
      lost: 0,
      duplicated: 0,
      corrupted: 0,
      deliveredNs: [20n, 30n, 10n],
    })
  })

  it('matches equal messages in order', () => {
    expect(matchArrivals([7n, 7n], at(7n, 7n)).deliveredNs).toEqual([10n, 20n])
  })

  it.each([
    [
      'a lost message',
      [1n, 2n, 3n],
      [1n, 3n],
      { delivered: 2, lost: 1, duplicated: 0, corrupted: 0 },
    ],
    [
      'a doubled message',
      [1n, 2n],
      [1n, 1n, 2n],
      { delivered: 2, lost: 0, duplicated: 1, corrupted: 0 },
    ],
    [
      'a changed message',
      [1n, 2n],
      [9n, 2n],
      { delivered: 1, lost: 0, duplicated: 0, corrupted: 1 },
    ],
    [
      'all at once',
      [1n, 2n, 3n, 4n],
      [1n, 1n, 9n],
      { delivered: 1, lost: 2, duplicated: 1, corrupted: 1 },
    ],
    ['more than was sent', [1n], [1n, 9n], { delivered: 1, lost: 0, duplicated: 0, corrupted: 1 }],
    ['silence', [1n, 1n], [], { delivered: 0, lost: 2, duplicated: 0, corrupted: 0 }],
    ['nothing sent', [], [5n], { delivered: 0, lost: 0, duplicated: 0, corrupted: 1 }],
  ])('counts %s', (_, sent, arrived, counts) => {
    expect(matchArrivals(sent, at(...arrived))).toMatchObject(counts)
  })
})
