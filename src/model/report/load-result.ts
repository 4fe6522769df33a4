import * as z from 'zod'
import { saidSchema } from '../said/said-schema.ts'
import { LIMITS, ROLES } from '../vocabulary.ts'

/** What a run under load gives: one result a cell, one run a client in it, one stretch a rate. */

const count = z.int().min(0)
const micros = z.number().min(0)
const perS = z.number().min(0)
/** 1: a CPU, or an event loop, without a pause. */
const share = z.number().min(0)

/** From a histogram: three significant digits. A percentile that the sample cannot carry is null. */
const loadSeries = z.strictObject({
  samples: count,
  minUs: micros,
  p50Us: micros.nullable(),
  p90Us: micros.nullable(),
  p99Us: micros.nullable(),
  p999Us: micros.nullable(),
  maxUs: micros,
  histogram: z.string().describe('HdrHistogram V2, deflated, base64; values in nanoseconds'),
})

const processUsage = z.strictObject({
  name: z.string(),
  cpu: z.int().nullable().describe('that it was pinned to; null: to none'),
  userShare: share.describe('user time over the interval, of one CPU'),
  systemShare: share.describe('kernel time over the interval, of one CPU'),
  eventLoopShare: share
    .nullable()
    .describe('how much of the interval its event loop was busy; null where it is no Node process'),
})

const sideUsage = z.strictObject({
  processes: z.array(processUsage),
  busyShare: share
    .nullable()
    .describe('of the busiest CPU or event loop of this side; null where it is not known'),
})

const befallen = z.array(z.strictObject({ what: saidSchema, connections: count }))

const arrivals = z
  .strictObject({
    delivered: count,
    lost: count,
    duplicated: count,
    corrupted: count,
  })
  .describe('at the endpoint’s application, by number and content: payloads repeat under load')

const merged = z
  .strictObject({
    parts: z.int().min(2),
    together: z
      .enum(['same interval', 'apart'])
      .describe('whether the parts ran at one time: only then do their rates add up'),
    messagesPerS: z.array(perS.nullable()).describe('of each part'),
  })
  .describe('of a stretch that was put together from several reports')

const stretch = z.strictObject({
  kind: z
    .enum(['saturation', 'open loop'])
    .describe('saturation: as much as the messages in flight let through; open loop: at a rate'),
  startedAt: z.iso.datetime(),
  elapsedMs: z.number().min(0).describe('from the first message to the last completion or arrival'),
  rate: z.string().nullable().describe('as it was asked for; null: at no rate'),
  offeredPerS: perS.nullable().describe('messages due a second; null at saturation'),
  messagesPerS: perS
    .nullable()
    .describe(
      'completed and not refused, a second; delivered where completion is flushed. Null where parts ran apart, or nobody told what was delivered',
    ),
  rateMet: z
    .enum(['met', 'not met'])
    .nullable()
    .describe(
      'whether it stayed within 0.5 % of the offered rate; null at saturation, or where messagesPerS is',
    ),
  limit: z.enum(LIMITS).nullable().describe('which side was busy all the time; null: not known'),
  offered: count,
  sent: count,
  completed: count,
  unacknowledged: count.describe('sent − completed'),
  refused: count.describe('of the completed: answers that say no'),
  arrivals: arrivals.nullable(),
  response: loadSeries
    .nullable()
    .describe('completed − due, at saturation completed − sent; null where completion is flushed'),
  sendDelay: loadSeries.nullable().describe('sent − due; null at saturation'),
  lostConnections: befallen,
  reopenedConnections: count.optional().describe('of the lost ones, that were opened again'),
  renewedConnections: count
    .optional()
    .describe('opened in place of those that the server ended in order; none if left out'),
  repeatedMessages: count
    .optional()
    .describe('sent again, since their connection was ended under them; none if left out'),
  aheadOfServerMs: z
    .int()
    .optional()
    .describe(
      'of one of several generators: its clock less the Date of answers, the least that was seen',
    ),
  generator: sideUsage,
  server: sideUsage,
  merged: merged.optional(),
})

const loadRun = z.strictObject({
  client: z.string().describe('a library by name, or bare'),
  workers: z.int().min(1).describe('load processes; of a merged report all of them'),
  connections: z.int().min(1).describe('that were asked for, of all workers together'),
  opened: count,
  inFlight: z.int().min(1).describe('messages sent and not completed, at most, a connection'),
  failedConnections: befallen,
  failure: saidSchema.nullable().describe('why its figures are not to be trusted'),
  warnings: z.array(saidSchema),
  warmUp: z
    .strictObject({ sent: count, completed: count })
    .optional()
    .describe(
      'messages before the first stretch: in no figure, but in what the server itself counts',
    ),
  stretches: z.array(stretch).describe('without the warm-up; of a sweep, from slow to fast'),
})

export const loadResult = z.strictObject({ runs: z.array(loadRun) })

/** What was asked for: reports are merged only where this is the same. */
export const loadSettings = z.strictObject({
  workers: z.int().min(1),
  connections: z.int().min(1).describe('of all workers together'),
  inFlight: z.int().min(1),
  connectPerS: z.number().nullable(),
  clients: z.enum(['all', 'library', 'bare']),
  rate: z.string().nullable(),
  sweep: z.string().nullable().describe('shares of saturation, or the rates that were named'),
  durationMs: z.number(),
  messages: count.nullable(),
})

export const mergedParts = z
  .array(
    z.strictObject({
      startedAt: z.iso.datetime(),
      finishedAt: z.iso.datetime().nullable(),
      cpuModel: z.string(),
      node: z.string(),
      part: z.int().min(1).optional().describe('where it was one of several generators'),
      role: z.enum(ROLES).optional().describe('where it only published, or only subscribed'),
    }),
  )
  .describe('the reports that this one was put together from')

export type LoadSeries = z.output<typeof loadSeries>
export type ProcessUsage = z.output<typeof processUsage>
export type SideUsage = z.output<typeof sideUsage>
export type LoadStretch = z.output<typeof stretch>
export type LoadRun = z.output<typeof loadRun>
export type LoadResult = z.output<typeof loadResult>
export type LoadSettings = z.output<typeof loadSettings>
export type Befallen = z.output<typeof befallen>
