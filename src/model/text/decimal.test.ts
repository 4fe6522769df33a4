import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decimal } from './decimal.ts'

it('writes every number as Intl does', () => {
  const formats = Array.from({ length: 7 }, (_, max) =>
    Array.from(
      { length: max + 1 },
      (_, min) =>
        new Intl.NumberFormat('en-US', { maximumFractionDigits: max, minimumFractionDigits: min }),
    ),
  )
  const numbers = fc.oneof(
    fc.double(),
    fc.double({ min: -1e7, max: 1e7 }),
    fc.integer(),
    // What lies halfway between two that can be written.
    fc
      .tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 7 }))
      .map(([units, decimals]) => Number(`${units}5e-${decimals}`)),
  )
  fc.assert(
    fc.property(numbers, fc.nat({ max: 6 }), fc.nat({ max: 6 }), (value, max, least) => {
      const min = Math.min(least, max)
      expect(decimal(value, max, min)).toBe(formats[max]?.[min]?.format(value))
    }),
    { numRuns: 5_000, examples: [[12_932_160_734_716.404, 2, 0]] },
  )
})
