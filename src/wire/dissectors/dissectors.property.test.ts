import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dissect, findTilingFault } from '../../../test/support/dissection.ts'
import { cuts, mutate, mutation, noise, split } from '../../../test/support/distortion.ts'
import { RECORDED } from '../../../test/support/recorded-conversations.ts'
import type { Protocol } from '../../model/vocabulary.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { DISSECTORS } from './index.ts'

describe.each(Object.entries(RECORDED))('the dissector of %s', (protocol, conversation) => {
  const factory = DISSECTORS[protocol as Protocol] as DissectorFactory
  const whole = dissect(factory, conversation)

  it('explains the recorded conversation', () => {
    expect(whole.gaps).toEqual([])
    expect(whole.frames.length).toBeGreaterThan(4)
    expect(findTilingFault(whole, conversation)).toBeNull()
  })

  it('finds the same frames byte by byte', () => {
    expect(dissect(factory, split(conversation, [1]))).toEqual(whole)
  })

  it('finds the same frames however the bytes are split', () => {
    fc.assert(
      fc.property(cuts, (lengths) => {
        expect(dissect(factory, split(conversation, lengths))).toEqual(whole)
      }),
    )
  })

  it('never throws on damaged bytes, and leaves none out: in a frame, or after the gap', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), cuts, (damage, lengths) => {
        const damaged = damage.reduce(mutate, conversation)
        const found = dissect(factory, damaged)
        expect(findTilingFault(found, damaged)).toBeNull()
        // What cannot be explained does not depend on the split either.
        expect(dissect(factory, split(damaged, lengths))).toEqual(found)
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(noise, (said) => {
        expect(findTilingFault(dissect(factory, said), said)).toBeNull()
      }),
    )
  })
})
