import * as z from 'zod'
import { wordingSchema } from '../text/wording-schema.ts'
import { NAME } from '../vocabulary.ts'
import { sourced } from './figure.ts'
import { sayWrong } from './words.ts'

const charge = z.number().min(0)

/** What a radio takes, by somebody's model, as a file. */
export const radioFileSchema = z
  .strictObject({
    id: z.string().regex(NAME, { error: () => sayWrong.lowerCase('lte-phone') }),
    title: wordingSchema,
    note: wordingSchema.optional().describe('printed with it: how a source was taken'),
    voltage: z.number().positive().optional().describe('volts, where the source gives it'),
    perWakeUp: charge.describe('millicoulombs of one wake-up, its tail included'),
    perActiveSecond: charge
      .optional()
      .describe('millicoulombs of a second more on the air, where the source gives it'),
    perByteUp: charge.optional().describe('millicoulombs, where the source gives it'),
    perByteDown: charge.optional(),
    sleepMilliamps: charge.optional().describe('between wake-ups, where the source gives it'),
    limits: wordingSchema.optional().describe('what it was measured on, and what it leaves out'),
    ...sourced,
  })
  .describe('A radio model of mqtt-vs-http fleet')

export type RadioModel = z.output<typeof radioFileSchema>
