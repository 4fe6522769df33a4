import { describe, expect, it } from 'vitest'
import { DeliveryTally } from './delivery-tally.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function tallyOf(sent: readonly string[], arrived: readonly string[]) {
  const tally = new DeliveryTally()
  for (const text of sent) tally.expect(bytes(text))
  for (const text of arrived) tally.take(bytes(text))
  return tally.counts()
}

describe('a delivery tally', () => {
  it('counts what arrived as it was sent, in whatever order', () => {
    expect(tallyOf(['a', 'b', 'a'], ['b', 'a', 'a'])).toEqual({
      delivered: 3,
      lost: 0,
      duplicated: 0,
      corrupted: 0,
    })
  })

  it('tells what was lost, doubled and changed', () => {
    expect(tallyOf(['a', 'b'], ['a'])).toMatchObject({ delivered: 1, lost: 1 })
    expect(tallyOf(['a', 'b'], ['a', 'a', 'b'])).toMatchObject({ delivered: 2, duplicated: 1 })
    expect(tallyOf(['a', 'b'], ['a', 'x'])).toMatchObject({ delivered: 1, lost: 0, corrupted: 1 })
  })

  it.each([1, 64, 65, 1_000])('tells payloads of %i bytes apart by their last byte', (length) => {
    const [one, other] = ['a', 'b'].map((end) => end.padStart(length, '.')) as [string, string]
    expect(tallyOf([one, other], [other, one])).toMatchObject({ delivered: 2, corrupted: 0 })
    expect(tallyOf([one, one], [one, other])).toMatchObject({ delivered: 1, corrupted: 1 })
  })

  it('is not deceived by a buffer that is written over after it was handed over', () => {
    const tally = new DeliveryTally()
    const shared = Buffer.from('a')
    tally.expect(shared)
    shared.fill('b')
    tally.take(shared)
    expect(tally.counts()).toMatchObject({ delivered: 0, corrupted: 1 })
  })

  it('tells when so many have arrived, and gives up when it is told to', async () => {
    const tally = new DeliveryTally()
    tally.expect(bytes('a'))
    const all = tally.reached(1, new AbortController().signal)
    tally.take(bytes('a'))
    await all
    await tally.reached(2, AbortSignal.abort())
    expect(tally.counts().delivered).toBe(1)
  })
})
