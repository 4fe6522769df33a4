import * as z from 'zod'
import { wordingSchema } from '../text/wording-schema.ts'
import { NAME } from '../vocabulary.ts'
import { currency, price, sourced, tiers } from './figure.ts'
import { duration } from './quantity.ts'
import { sayWrong } from './words.ts'

const counts = z.boolean()

/** How a cloud service meters devices, as a file. */
export const cloudFileSchema = z
  .strictObject({
    id: z.string().regex(NAME, { error: () => sayWrong.lowerCase('aws-iot-core') }),
    title: wordingSchema,
    note: wordingSchema.optional().describe('printed with it: how a source was taken'),
    messages: z
      .strictObject({
        unitBytes: z
          .number()
          .positive({ error: () => sayWrong.aboveZero })
          .describe('a message counts once for each so many bytes that it begins'),
        minimumBytes: z
          .number()
          .min(0)
          .optional()
          .describe('metered by volume: a message is at least so many bytes'),
        content: z.enum(['payload', 'payload+topic']).describe('what of a message its size is'),
        connect: counts.describe('CONNECT counts'),
        acknowledgements: counts.describe('PUBACK from the device counts'),
        ping: counts.describe('PINGREQ counts'),
        response: z
          .union([z.boolean(), z.literal('unknown')])
          .describe('the body of an HTTP answer counts; unknown: both are printed'),
        ...sourced,
      })
      .optional(),
    price: z
      .strictObject({
        currency,
        per: z.enum(['million messages', 'MB', 'GB']),
        tiers: tiers('unit of per'),
        free: z.number().min(0).default(0).describe('of the same unit, before the tiers'),
        ...sourced,
      })
      .optional(),
    connection: z
      .strictObject({
        currency,
        perMillionMinutes: price,
        freeMinutes: z.number().min(0).default(0),
        roundTo: duration('1m'),
        ...sourced,
      })
      .optional()
      .describe('minutes that a device is connected; an HTTP request is no connection'),
    traffic: z
      .strictObject({
        currency,
        perGigabyte: price,
        freeGigabytes: z.number().min(0).default(0),
        ...sourced,
      })
      .optional()
      .describe('of all bytes on the public side, both ways'),
    quota: z
      .array(
        z.strictObject({
          name: z.string(),
          messagesADay: z.number().positive(),
          currency: currency.optional(),
          aMonth: price.optional(),
          ...sourced,
        }),
      )
      .optional()
      .describe('units that are bought, each with so many messages a day for the whole fleet'),
  })
  .describe('A cloud service of mqtt-vs-http fleet: what it meters and what it costs')

export type CloudMeter = z.output<typeof cloudFileSchema>
