import * as z from 'zod'
import { lossResult } from '../link/loss-schema.ts'
import { saidSchema } from '../said/said-schema.ts'
import { ANSWER_SETS, HEADER_SETS } from '../scenario/header-sets.ts'
import { scenarioSchema } from '../scenario/scenario.ts'
import { wordingSchema } from '../text/wording-schema.ts'
import { COMPLETIONS, FLOWS, LINK_BYTES, MEASURES, PROTOCOLS, ROLES } from '../vocabulary.ts'
import { bytesResult } from './bytes-result.ts'
import { budgetVerdict } from './check/check.ts'
import { linkResult, overLinkResult } from './link-result.ts'
import { loadResult, loadSettings, mergedParts } from './load-result.ts'
import { machineSchema } from './machine-schema.ts'
import { endToEnd, received } from './reception.ts'
import { REPORT_SCHEMA_VERSION } from './schema-versions.ts'
import { type Series, seriesSchema as series } from './series.ts'
import { targetSchema } from './target.ts'

const count = z.int().min(0)

const renewedWhileTimed = z
  .strictObject({ connections: count, repeated: count })
  .describe(
    'connections opened in place of those that the server ended, each in the time of a message, and messages sent again because of that',
  )

const latencyResult = z.strictObject({
  loop: z
    .literal('closed')
    .describe(
      'one message in flight; the next is due when the last is done, or a pause later where a device polls',
    ),
  rounds: count,
  messagesPerRound: count,
  warmupMessages: count.describe('sent before the first round, and excluded'),
  response: series
    .nullable()
    .describe(
      'completed − due; null where completion is flushed; in a roundtrip completed is when the app has the state',
    ),
  delivery: series
    .nullable()
    .describe(
      'delivered − due, by the one monotonic clock of the machine; in a roundtrip to the device, in a fanout of every delivery',
    ),
  sendDelay: series.nullable().describe('sent − due: the generator’s own delay'),
  renewals: renewedWhileTimed.optional().describe('absent where there were none'),
  fanout: z
    .strictObject({
      first: series.nullable().describe('until the first of the subscribers has the message'),
      last: series.nullable().describe('until the last of them has it'),
    })
    .optional()
    .describe('delivered − due of each message, over its subscribers; in a fanout only'),
})

const counts = z.strictObject({
  sent: count.describe('messages, however many are to receive them'),
  completed: count,
  delivered: count
    .nullable()
    .describe(
      'deliveries, as lost, duplicated and corrupted: in a fanout several a message; null, all four, where nobody tells what arrived at a server that was there',
    ),
  lost: count.nullable(),
  duplicated: count.nullable(),
  corrupted: count.nullable(),
})

const cellIdentity = {
  scenario: z.string(),
  transport: z.string(),
  client: z.string(),
  protocol: z.enum(PROTOCOLS),
  flow: z.enum(FLOWS),
  completion: z.enum(COMPLETIONS),
  link: z.string(),
  legs: z
    .literal(2)
    .optional()
    .describe(
      'network legs of delivery: device → broker → subscriber, app → server → device; one if left out',
    ),
  subscribers: z.int().min(1).optional().describe('who receive each message; in a fanout only'),
  encoding: z.string().optional().describe('how the values of the payload are written'),
  compression: z
    .string()
    .optional()
    .describe('how the payload is compressed; it is not where this is left out'),
  target: z
    .string()
    .optional()
    .describe('the server that was there; the embedded endpoint where it is left out'),
}

const cellFigures = {
  bytes: bytesResult.nullable(),
  latency: latencyResult.nullable(),
  overLink: overLinkResult.optional(),
  load: loadResult.optional().describe('where throughput was measured'),
  received: received.optional().describe('by a part that subscribes, or by all of them'),
  endToEnd: endToEnd.optional(),
  machine: z
    .strictObject({ bytes: machineSchema.optional(), latency: machineSchema.optional() })
    .optional()
    .describe('the machine during the byte pass and the latency pass; absent in older reports'),
  counts: counts.nullable().describe('of the byte pass and the measured rounds together'),
  warnings: z.array(saidSchema),
}

const cell = z.discriminatedUnion('status', [
  z.strictObject({ ...cellIdentity, status: z.literal('measured'), ...cellFigures }),
  z.strictObject({
    ...cellIdentity,
    status: z.literal('failed'),
    reason: saidSchema,
    ...cellFigures,
  }),
  z.strictObject({ ...cellIdentity, status: z.literal('skipped'), reason: saidSchema }),
])

const verdict = z.strictObject({
  scenario: z.string().nullable().describe('null: over all scenarios of the run'),
  says: wordingSchema,
  metric: z.string(),
  subject: z.enum(['value', 'ratio']),
  between: z.tuple([z.number(), z.number()]),
  source: wordingSchema.nullable(),
  verdict: z.enum(['holds', 'refuted', 'conditional', 'untested']),
  evidence: z.array(
    z.strictObject({
      scenario: z.string(),
      transport: z.string(),
      comparedTo: z.string().nullable().describe('the transport divided by, for a ratio'),
      headerSet: z
        .string()
        .optional()
        .describe('of HTTP with the heads of other programs: whose, and whose answered'),
      value: z.number(),
      inside: z.boolean(),
    }),
  ),
  allPairs: z
    .array(
      z.strictObject({
        transport: z.string(),
        comparedTo: z.string(),
        value: z.number(),
        inside: z.boolean(),
      }),
    )
    .optional()
    .describe(
      'a ratio of MQTT to HTTP over every measured pair: of a further message, with its connection where it opens one',
    ),
  failed: z
    .array(z.string())
    .optional()
    .describe('transports that it speaks of whose cell failed: with them it might be another'),
  scenarios: z
    .array(z.string())
    .optional()
    .describe('of a verdict over several: all that make the claim'),
  condition: z
    .string()
    .optional()
    .describe('of older reports: in words, what it holds for, and what not'),
})

/** `first + (n − 1) × further` for n messages, and `⌊(n − 1) ÷ everyMessages⌋ × cost` of renewals. */
const costLine = z.strictObject({
  first: z.number(),
  further: z.number(),
  renewal: z
    .strictObject({ everyMessages: z.number().min(1), cost: z.number() })
    .optional()
    .describe('what is added whenever another so many messages are through, and one more comes'),
})

const crossing = z.strictObject({
  cheaper: z
    .string()
    .nullable()
    .describe('the transport that costs less in the long run; null: neither does'),
  fromMessages: z.int().min(1).describe('from this many messages on; 1: always'),
  otherUpToMessages: count.describe('the other one costs less up to this many; 0: never'),
})

const breakEven = z
  .strictObject({
    costs: z.array(
      z.strictObject({
        scenario: z.string(),
        transport: z.string(),
        connection: z.enum(['kept', 'own']),
        bytes: costLine.describe('wire bytes, idle excluded'),
        roundTrips: costLine.nullable().describe('with TCP’s handshake, idle excluded'),
      }),
    ),
    pairs: z.array(
      z.strictObject({
        scenario: z.string(),
        between: z.tuple([z.string(), z.string()]),
        bytes: crossing,
        roundTrips: crossing.nullable(),
      }),
    ),
  })
  .describe('what n messages cost on each transport, and from how many on one is cheaper')

const headerSetNames = {
  scenario: z.string(),
  headerSet: z.enum(HEADER_SETS),
  client: z.string().describe('whose head was replayed, with its version'),
  answerSet: z.enum(ANSWER_SETS),
  server: z.string().describe('whose head it was answered with, with its version'),
}

const headerSetResult = z.discriminatedUnion('status', [
  z.strictObject({
    ...headerSetNames,
    status: z.literal('measured'),
    messages: count,
    wireBytesUpPerMessage: z.number(),
    wireBytesDownPerMessage: z.number(),
  }),
  z.strictObject({ ...headerSetNames, status: z.literal('failed'), reason: saidSchema }),
])

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('mqtt-vs-http'), version: z.string() }),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    partial: z.boolean().describe('true while the run goes on, and after it was cut short'),
    partialReason: saidSchema.nullable(),
    environment: z.strictObject({
      platform: z.string(),
      kernel: z.string(),
      arch: z.string(),
      cpuModel: z.string(),
      cpuCount: count,
      memoryBytes: count,
      node: z.string(),
      openssl: z.string(),
      libraries: z
        .record(z.string(), z.string())
        .describe('exact versions of the protocol libraries'),
      pinning: z.strictObject({
        pinned: z.boolean(),
        loadCpu: z.int().nullable(),
        endpointCpu: z.int().nullable(),
        reason: saidSchema,
      }),
      tcpNoDelay: z.boolean().describe('set on every socket, on both sides'),
    }),
    plan: z.strictObject({
      scenarios: z.array(scenarioSchema),
      transports: z.array(z.string()),
      measures: z.array(z.enum(MEASURES)),
      mode: z.enum(['full', 'quick']),
      link: z.string(),
      options: z
        .record(z.string(), z.string())
        .optional()
        .describe('of the transports, where the run gave any'),
      linkBytes: z
        .strictObject({
          from: z.enum(LINK_BYTES),
          reason: saidSchema
            .nullable()
            .describe('why they are modelled, where nobody asked for that'),
        })
        .optional()
        .describe('where link bytes come from; absent in older reports'),
      load: loadSettings.optional().describe('where throughput was measured'),
      part: z
        .strictObject({ number: z.int().min(1), of: z.int().min(1) })
        .optional()
        .describe('which of several generators this was: its figures are a share of the whole'),
      role: z.enum(ROLES).optional().describe('of a part that only publishes, or only subscribes'),
      parts: z
        .array(z.int().min(1))
        .optional()
        .describe('which parts were merged, where others are missing'),
      startAt: z
        .string()
        .optional()
        .describe('when the first stretch under load was to begin, by the clock of each part'),
      injected: z.array(z.string()).describe('faults put in on purpose, to test the instrument'),
      targets: z
        .array(targetSchema)
        .optional()
        .describe('servers that were there, measured in place of the embedded endpoints'),
    }),
    cells: z.array(cell),
    verdicts: z.array(verdict),
    budgets: z.array(budgetVerdict).optional().describe('of the gates of the scenario files'),
    headerSets: z
      .array(headerSetResult)
      .optional()
      .describe('HTTP with the heads of other clients and servers, where that was asked for'),
    breakEven: breakEven.optional().describe('absent in older reports'),
    link: linkResult.optional().describe('absent where nothing was shaped'),
    loss: lossResult.optional(),
    merged: mergedParts.optional(),
    warnings: z.array(saidSchema),
  })
  .describe('A stored run of mqtt-vs-http')

export type Report = z.output<typeof reportSchema>
export type Cell = Report['cells'][number]
export type CellIdentity = Pick<
  Cell,
  | 'scenario'
  | 'transport'
  | 'client'
  | 'protocol'
  | 'flow'
  | 'completion'
  | 'link'
  | 'legs'
  | 'subscribers'
  | 'target'
>
export type TimedRenewals = z.output<typeof renewedWhileTimed>
export type LatencyResult = z.output<typeof latencyResult>
export type {
  BytesResult,
  FirstMessage,
  Renewals,
  RoundTrips,
  WaitingCost,
  Wakes,
} from './bytes-result.ts'
export type { Series }
export type Counts = z.output<typeof counts>
export type HeaderSetResult = z.output<typeof headerSetResult>
export type BreakEven = z.output<typeof breakEven>
export type TransportCost = BreakEven['costs'][number]
export type PairBreakEven = BreakEven['pairs'][number]
export type ClaimVerdict = z.output<typeof verdict>
export type Environment = Report['environment']
