import * as z from 'zod'
import { refuse } from '../text/refuse.ts'
import { wordingSchema } from '../text/wording-schema.ts'
import { NAME } from '../vocabulary.ts'
import { currency, price, sourced, tiers } from './figure.ts'
import { duration } from './quantity.ts'
import { sayWrong } from './words.ts'

/** What of a device's traffic a data plan counts. */
const COUNTED = ['ip', 'ip+tunnel', 'wire', 'payload'] as const

const byteStep = z
  .number()
  .positive({ error: () => sayWrong.noStep })
  .max(1e9)

/** A data plan as a file: rules of counting first, since prices change. */
export const planFileSchema = z
  .strictObject({
    id: z.string().regex(NAME, { error: () => sayWrong.lowerCase('hologram') }),
    title: wordingSchema,
    note: wordingSchema.optional().describe('printed with it: how a source was taken'),
    kilobyte: z
      .union([z.literal(1000), z.literal(1024)], { error: () => sayWrong.kilobyte })
      .describe('bytes of a kilobyte; a megabyte has so many kilobytes'),
    counting: z.strictObject({
      what: z
        .enum(COUNTED)
        .describe(
          'ip: IP packets; ip+tunnel: with the headers that the operator adds to each; wire: what TCP or UDP carry; payload: the messages alone',
        ),
      tunnelBytes: z
        .tuple([z.number().min(0), z.number().min(0)])
        .optional()
        .describe('a packet, from and to; with ip+tunnel'),
      direction: z.enum(['both', 'up', 'down']),
      ...sourced,
    }),
    rounding: z
      .strictObject({
        to: byteStep.describe('bytes; what is counted is rounded up to the next multiple'),
        per: z
          .enum(['session', 'record', 'month'])
          .describe(
            'session: a connection to the data service; record: every so often, and each session',
          ),
        recordEvery: duration('6h').optional().describe('with record: how long a record is'),
        sessionEndsAfter: duration('24h')
          .optional()
          .describe('the operator ends each session then'),
        minimum: z.number().min(0).optional().describe('bytes that each is billed at least'),
        ...sourced,
      })
      .refine(({ per, recordEvery }) => per !== 'record' || recordEvery !== undefined, {
        path: ['recordEvery'],
        error: () => sayWrong.noRecord,
      })
      .optional(),
    price: z
      .strictObject({
        currency,
        perMegabyte: tiers('MB'),
        volumeOf: z
          .enum(['device', 'fleet'])
          .default('device')
          .describe('whose volume moves through the tiers'),
        ...sourced,
      })
      .optional(),
    fee: z
      .strictObject({
        currency,
        amount: price,
        per: z.enum(['month', 'day', 'once']),
        ...sourced,
      })
      .optional(),
    prepaid: z
      .strictObject({
        currency,
        amount: price,
        megabytes: z.number().positive({ error: () => sayWrong.aboveZero }),
        years: z.number().positive({ error: () => sayWrong.aboveZero }),
        ...sourced,
      })
      .optional(),
  })
  .superRefine(({ counting }, context) => {
    const isTunnel = counting.what === 'ip+tunnel'
    if (isTunnel === (counting.tunnelBytes !== undefined)) return
    refuse(
      context,
      ['counting', 'tunnelBytes'],
      isTunnel ? sayWrong.noTunnel : sayWrong.needlessTunnel,
    )
  })
  .describe('A data plan of mqtt-vs-http fleet: what is counted, how it is rounded, what it costs')

export type DataPlan = z.output<typeof planFileSchema>
