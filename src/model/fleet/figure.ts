import * as z from 'zod'

/** Where figures of a data file come from: nothing of it is printed without. */
export const sourced = {
  source: z
    .string('is missing; say where it was read, such as a URL')
    .min(1, 'is empty; say where it was read'),
  readOn: z
    .string('is missing; give the day it was read, such as 2026-11-28')
    .regex(/^\d{4}-\d\d-\d\d$/, 'is no day, such as 2026-11-28'),
  secondHand: z
    .literal(true)
    .optional()
    .describe('read where somebody else wrote it down, not at the provider'),
}

export const sourceOnly = z.strictObject(sourced)
export type Sourced = z.output<typeof sourceOnly>

export const currency = z
  .string('is missing; give the currency, such as USD')
  .regex(/^[A-Z]{3}$/, 'is no currency of three letters, such as USD')

export const price = z.number('must be a price, such as 0.5').min(0, 'is negative; give 0 or more')

/** Prices that fall with the amount, each up to a bound; the last has none. */
export const tiers = (unit: string) =>
  z
    .array(
      z.strictObject({
        upTo: z
          .number()
          .positive('must be above 0')
          .optional()
          .describe(`${unit}; the last tier has no end`),
        price: price.describe(`of one ${unit} within this tier`),
      }),
    )
    .min(1)
    .superRefine((list, context) => {
      list.forEach(({ upTo }, at) => {
        const before = list[at - 1]?.upTo ?? 0
        const refuse = (message: string): void =>
          context.addIssue({ code: 'custom', path: [at, 'upTo'], message })
        if (upTo === undefined && at < list.length - 1)
          refuse('is missing; only the last tier has no end')
        else if (upTo !== undefined && upTo <= before)
          refuse(`is not above ${before}, where the tier before ends; put tiers in order`)
      })
    })

/** What so much costs under tiers; what is beyond the last end costs as the last. */
export function tieredCost(
  amount: number,
  list: readonly { upTo?: number | undefined; price: number }[],
): number {
  let from = 0
  let cost = 0
  list.forEach((tier, at) => {
    const to =
      at === list.length - 1 ? Number.POSITIVE_INFINITY : (tier.upTo ?? Number.POSITIVE_INFINITY)
    cost += Math.max(0, Math.min(amount, to) - from) * tier.price
    from = to
  })
  return cost
}
