import * as z from 'zod'
import { saidSchema } from '../said/said-schema.ts'

const count = z.int().min(0)
const bothWays = z.strictObject({ up: count, down: count })

/** What a run that loses packets loses, and how. */
export const lossResult = z
  .strictObject({
    name: z.string(),
    probability: z.number().gt(0).lt(1).describe('of each packet, in each direction'),
    how: saidSchema,
  })
  .describe('absent where no packet was lost on purpose')

/** What the kernels counted while one cell was measured. */
export const lossCounts = z.strictObject({
  dropped: bothWays.describe('packets, by the rule that drops them'),
  retransmitted: bothWays.describe('TCP segments sent again (RetransSegs), by their sender'),
  segments: bothWays.describe('TCP segments sent, those that were sent again excluded (OutSegs)'),
})
