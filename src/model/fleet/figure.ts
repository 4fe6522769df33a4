import * as z from 'zod'
import { sayWrong } from './words.ts'

/** Where figures of a data file come from: nothing of it is printed without. */
export const sourced = {
  source: z
    .string({ error: () => sayWrong.noSource })
    .min(1, { error: () => sayWrong.emptySource }),
  readOn: z
    .string({ error: () => sayWrong.noDay })
    .regex(/^\d{4}-\d\d-\d\d$/, { error: () => sayWrong.otherDay }),
  secondHand: z
    .literal(true)
    .optional()
    .describe('read where somebody else wrote it down, not at the provider'),
}

const sourceOnly = z.strictObject(sourced)
export type Sourced = z.output<typeof sourceOnly>

export const currency = z
  .string({ error: () => sayWrong.noCurrency })
  .regex(/^[A-Z]{3}$/, { error: () => sayWrong.otherCurrency })

export const price = z
  .number({ error: () => sayWrong.price })
  .min(0, { error: () => sayWrong.negative })

/** Prices that fall with the amount, each up to a bound; the last has none. */
export const tiers = (unit: string) =>
  z
    .array(
      z.strictObject({
        upTo: z
          .number()
          .positive({ error: () => sayWrong.aboveZero })
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
        if (upTo === undefined && at < list.length - 1) refuse(sayWrong.tierWithoutEnd)
        else if (upTo !== undefined && upTo <= before) refuse(sayWrong.tierOrder(before))
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
