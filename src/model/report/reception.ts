import * as z from 'zod'
import { saidSchema } from '../said/said-schema.ts'

/** What subscribers were told of what publishers sent, where the two are parts of one load. */

const count = z.int().min(0)

export const received = z
  .strictObject({
    listeningAt: z.iso
      .datetime()
      .describe('from when on nothing could be missed, by the clock of the subscriber'),
    connections: count.describe('of publishers, each with a topic of its own'),
    silent: count.describe('of those, from which nothing came'),
    messages: count,
    bytes: count.describe('of payloads'),
    corrupted: count.describe('with bytes that no message holds'),
    sequence: z
      .strictObject({
        repeatsAfter: count.describe(
          'the numbers of a connection begin again after so many messages: more lost in a row than three quarters of that are not told from fewer',
        ),
        duplicated: count,
        reordered: count.describe(
          'came after a later one of their connection, and for the first time',
        ),
        gaps: count.describe('did not come, though a later one of their connection did'),
      })
      .nullable()
      .describe('by the numbers that payloads hold; null where they hold none'),
  })
  .describe('what came to a part that subscribes, or to all of them together')

export const endToEnd = z
  .strictObject({
    publishers: count.describe('parts that were merged'),
    subscribers: count,
    sent: count,
    acknowledged: count
      .nullable()
      .describe('completed and not refused; null where completion is flushed'),
    delivered: count.nullable().describe('each message once; null where that is not known'),
    missing: count.nullable().describe('sent, and neither delivered nor arrived with other bytes'),
    duplicated: count.nullable(),
    reordered: count.nullable().describe('null where payloads hold no number'),
    corrupted: count.nullable(),
    unknown: z.array(saidSchema).describe('why figures are left out, or what they are worth'),
  })
  .describe('publishers’ parts held against subscribers’, in a merged report')

export type Received = z.output<typeof received>
export type EndToEnd = z.output<typeof endToEnd>
