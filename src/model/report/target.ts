import * as z from 'zod'
import { TARGET_KINDS, TARGET_PLACES } from './target-kind.ts'

const liftedBound = z
  .strictObject({
    messagesPerS: z.number().positive(),
    messages: z.int().min(1).describe('of a stretch'),
    connections: z.int().min(1),
    inFlight: z.int().min(1).describe('messages, over all connections'),
    connectionsPerS: z.number().positive(),
  })
  .describe('the most that it got under load, of all parts together')

/** What a report says of a server that was measured in place of the embedded endpoint. */
export const targetSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS),
    url: z.string().describe('without credentials and without the query, which may be one'),
    place: z
      .enum(TARGET_PLACES)
      .describe('this-machine: every address of its host is one of this machine'),
    verification: z
      .enum(['verified', 'insecure'])
      .nullable()
      .describe('of its certificate; insecure: it was not, on request; null: there is no TLS'),
    serverName: z
      .string()
      .optional()
      .describe('asked for and verified in TLS in place of the URL’s host'),
    alpn: z.string().optional().describe('the protocol asked for in TLS, where the user named one'),
    access: z
      .array(z.enum(['user', 'headers', 'client-certificate']))
      .describe('what it was given to let us in; the values are not stored'),
    arrivals: z
      .enum(['subscriber', 'untold'])
      .describe(
        'who tells what arrived: a subscriber of ours, so that delivery covers two legs; untold: nobody, and delivered, lost, duplicated and corrupted are null',
      ),
    bound: z
      .strictObject({
        bytePassMessages: z.int().min(1),
        latencyMessages: z.int().min(1),
        warmupMessages: z.int().min(0),
        messagesPerS: z.number().positive(),
      })
      .nullable()
      .describe('the most that each transport sends; null on this machine'),
    lifted: liftedBound
      .optional()
      .describe(
        'where the user answered for its host with --own-target: in place of the usual bound',
      ),
  })
  .describe('a server that was there, measured in place of the embedded endpoint')

export type LiftedBound = z.output<typeof liftedBound>
export type ReportedTarget = z.output<typeof targetSchema>
