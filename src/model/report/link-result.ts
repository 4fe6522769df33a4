import * as z from 'zod'
import { lossCounts } from '../link/loss-schema.ts'
import { saidSchema } from '../said/said-schema.ts'
import { wordingSchema } from '../text/wording-schema.ts'
import { BASES } from '../vocabulary.ts'
import { seriesSchema } from './series.ts'

const count = z.int().min(0)
const rate = z.number().positive().nullable()

/** How the messages of a scenario were sent one after another, and how long it took. */
const streamTime = z.strictObject({
  messages: count.describe('of the scenario; totalMs is for all of them'),
  measured: count.describe('sent in the time that there was'),
  totalMs: z.number().min(0).describe('from the first due until the last is done'),
  basis: z.enum(BASES).describe('modelled: scaled from those that were measured'),
  inFlight: z.int().min(1).nullable().describe('null: nothing is acknowledged, and nothing waits'),
  connections: z.int().min(1),
})

/** What one cell's users feel on a link; its steady latency stands in `latency`. */
export const overLinkResult = z
  .strictObject({
    cold: z
      .strictObject({
        acknowledged: seriesSchema
          .nullable()
          .describe('until the completion; null where it is flushed'),
        delivered: seriesSchema.nullable().describe('until the endpoint’s application has it'),
      })
      .nullable()
      .describe('of the first message, from before connecting'),
    oneInFlight: streamTime.nullable(),
    severalInFlight: streamTime.nullable(),
    severalReason: saidSchema.nullable().describe('why there is no figure with several in flight'),
    loss: lossCounts.optional().describe('where packets were lost on purpose'),
  })
  .describe('absent where nothing was shaped')

/** The link of a run: as it was asked for, as it was read, and what shaping it costs. */
export const linkResult = z.strictObject({
  name: z.string(),
  title: wordingSchema.describe('of the profile, in both languages; as text in older reports'),
  rttMs: z.number().min(0),
  jitterMs: z.number().min(0),
  downBitsPerS: rate.describe('of IP packets; null: unlimited'),
  upBitsPerS: rate,
  downQueueBytes: count.nullable().describe('null: without end'),
  upQueueBytes: count.nullable(),
  publisher: z.string(),
  source: z.string(),
  leftOut: z.string().optional().describe('what the source has besides, and this link has not'),
  asMeasured: z
    .strictObject({
      rttMs: z.number().describe('of a raw TCP echo of one byte, median, its bits taken off'),
      packetsMs: z.number().describe('what those bits take, both ways: arithmetic'),
      echoes: count,
      downBitsPerS: rate.describe('of a burst, with the headers that it is modelled to have'),
      upBitsPerS: rate,
    })
    .nullable(),
  relay: z
    .strictObject({
      addedUs: z.number().describe('by a link without delay and rate, to a raw TCP echo, median'),
      echoes: count,
      bytesPerS: rate.describe('that such a link carries at most'),
    })
    .nullable()
    .describe('what the relay itself costs'),
})

export type StreamTime = z.output<typeof streamTime>
export type OverLinkResult = z.output<typeof overLinkResult>
export type LinkResult = z.output<typeof linkResult>
