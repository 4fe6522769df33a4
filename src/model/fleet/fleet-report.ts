import * as z from 'zod'
import { saidSchema } from '../said/said-schema.ts'
import { wordingSchema } from '../text/wording-schema.ts'
import { sourced } from './figure.ts'
import { POLICIES } from './fleet-file.ts'

/** The stored form of a fleet's month. A reader refuses a version that it does not know. */
export const FLEET_SCHEMA_VERSION = 1

const amount = z.number().min(0)
const range = z.tuple([z.number(), z.number()]).describe('from, to; equal where nothing is open')

const planBill = z.strictObject({
  plan: z.string(),
  billedBytes: range.describe('a device and month, after rounding'),
  session: z
    .strictObject({
      bytes: amount.describe('that are counted of one session, modelled'),
      step: amount.describe('bytes that each is rounded up to'),
      aboveStep: amount.describe('how many of them are above the last step'),
      billed: amount,
    })
    .nullable()
    .describe('where each session of a way that opens one a message is rounded by itself'),
  isOpen: z.boolean().describe('what was measured beside the model crosses a step of the rounding'),
  currency: z.string().nullable(),
  volumeCost: range.nullable().describe('a device and month'),
  fee: amount.nullable(),
  total: range.nullable(),
  fleetTotal: range.nullable(),
  prepaid: z
    .strictObject({ currency: z.string(), amount, months: range, years: amount })
    .nullable()
    .describe('how many months the volume lasts'),
  once: amount.nullable(),
})

const cloudBill = z.strictObject({
  cloud: z.string(),
  metered: range.nullable().describe('a device and month; to: where answers count'),
  unit: z.enum(['messages', 'bytes']),
  currency: z.string().nullable(),
  messageCost: range.nullable(),
  connectionMinutes: amount.nullable(),
  connectionCost: amount.nullable(),
  trafficCost: amount.nullable(),
  total: range.nullable(),
  fleetTotal: range.nullable(),
  quota: z.array(
    z.strictObject({
      name: z.string(),
      units: amount,
      currency: z.string().nullable(),
      cost: amount.nullable(),
    }),
  ),
})

/** As the fleet file says it, with its defaults; durations in seconds, rates a day. */
const fleetConnection = z.strictObject({
  session: z.enum(['full', 'resumed']),
  ticketLifeS: amount,
  keepAliveS: amount,
  pings: z.enum(['when-silent', 'always']),
  natTimeoutS: amount,
  reconnectsADay: amount,
})

const rowName = {
  transport: z.string(),
  policy: z.enum([...POLICIES, 'no-connection']),
}

const row = z.strictObject({
  ...rowName,
  session: z.enum(['none', 'full', 'resumed']),
  ticket: z.enum(['alive', 'dead', 'none']),
  batch: z.strictObject({ size: z.int(), as: z.enum(['message', 'messages']) }).nullable(),
  readings: amount.describe('a device and month, as all that follows'),
  messages: amount,
  pings: amount,
  connections: amount,
  wakeUpsADay: amount,
  bytesUp: amount.describe('of IP packets, modelled from measured frames'),
  bytesDown: amount,
  packets: amount,
  stack: z.strictObject({ readings: amount, headers: amount, pings: amount, handshakes: amount }),
  wakeUpBytes: amount.describe('mean of a wake-up'),
  roundTrips: amount,
  activeSeconds: amount.nullable().describe('of a wake-up with a message, over the fleet’s link'),
  measured: z
    .strictObject({ mean: amount, low: amount, high: amount, runs: z.int() })
    .nullable()
    .describe(
      'link bytes of one message with its share of the connection, as packets were counted',
    ),
  plans: z.array(planBill),
  clouds: z.array(cloudBill),
  radios: z.array(
    z.strictObject({
      radio: z.string(),
      mAhADay: amount,
      tells: z.enum(['bytes', 'wake-ups', 'nothing']),
    }),
  ),
})

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep') }),
  z.strictObject({ kind: z.literal('per-message') }),
  z.strictObject({ kind: z.literal('resume') }),
  z.strictObject({ kind: z.literal('keep-alive'), seconds: amount }),
  z.strictObject({ kind: z.literal('qos-0'), transport: z.string() }),
  z.strictObject({ kind: z.literal('topic-alias'), transport: z.string() }),
  z.strictObject({ kind: z.literal('topic'), bytes: amount }),
  z.strictObject({ kind: z.literal('headers'), bytes: amount }),
  z.strictObject({
    kind: z.literal('batch'),
    size: z.int(),
    as: z.enum(['message', 'messages']),
    waitS: amount,
  }),
  z.strictObject({ kind: z.literal('encoding'), bytes: amount }),
])

const changed = z.strictObject({
  ...rowName,
  change,
  beforeBytes: amount,
  afterBytes: amount,
  basis: z
    .enum(['measured frames', 'reshaped frames'])
    .describe('reshaped: parts of measured frames were made shorter or longer'),
  bills: z.array(z.strictObject({ plan: z.string(), before: amount, after: amount })),
})

const turning = z.strictObject({
  input: z.enum(['interval', 'payload', 'keep-alive', 'reconnects']),
  now: amount,
  at: amount.describe('the value from which on another way takes the fewest bytes'),
  before: z.strictObject(rowName),
  after: z.strictObject(rowName),
})

const gateVerdict = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'unmeasured']),
  line: saidSchema,
})

const dataFile = z.strictObject({
  kind: z.enum(['plan', 'cloud', 'radio']),
  id: z.string(),
  title: wordingSchema,
  note: wordingSchema.nullable(),
  limits: wordingSchema.nullable(),
  sources: z.array(z.strictObject({ what: z.string(), ...sourced, secondHand: z.boolean() })),
})

export const fleetReportSchema = z
  .strictObject({
    kind: z.literal('fleet'),
    schemaVersion: z.literal(FLEET_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('mqtt-vs-http'), version: z.string() }),
    cellsFrom: z.string().describe('the report or the run that the frames were taken from'),
    fleet: z.strictObject({
      name: z.string(),
      devices: z.int(),
      monthS: amount,
      scenario: z.string(),
      payloadBytes: amount,
      batchBytes: amount.nullable(),
      topicBytes: amount,
      gaps: z.array(z.strictObject({ seconds: amount, count: amount })),
      connection: fleetConnection,
      serverIdleS: amount.describe('that was taken for HTTP; 0: none'),
      link: z.string().nullable(),
      lossShare: amount,
      pureAcknowledgements: z.enum(['counted', 'left-out']),
      timeStamps: z.enum(['counted', 'left-out']),
      firstWords: z.enum(['as-clients-do', 'in-one-packet']),
      httpContent: z.enum(['with-head', 'apart']).optional(),
    }),
    rows: z.array(row),
    leftOut: z.array(z.string()).describe('combinations that mean nothing'),
    changes: z.array(changed),
    breakEvens: z.array(
      z.strictObject({
        transport: z.string(),
        keptCostsMoreFromS: amount
          .nullable()
          .describe('interval from which on keeping the connection takes more; null: never'),
      }),
    ),
    curves: z.array(
      z.strictObject({
        ...rowName,
        points: z.array(z.tuple([z.number(), z.number()])).describe('interval in s, bytes a month'),
      }),
    ),
    turning: z.array(turning),
    outage: z.array(
      z.strictObject({
        ...rowName,
        jitterS: amount.describe('over which devices come back; 0: all in the first second'),
        connectionsPerS: amount,
        bytesPerS: amount.describe('at the server, both ways, of IP packets'),
      }),
    ),
    yardstick: z
      .strictObject({
        connectionsPerS: amount.describe('that were opened; no more were asked for'),
        connections: amount.describe('that were held, each with a message a second'),
        cpus: z.int(),
        measuredOn: z.string(),
        source: z.string(),
      })
      .describe('what a server took of this program’s load, to hold an outage against'),
    gates: z.array(gateVerdict),
    data: z.array(dataFile),
  })
  .describe('A fleet’s month, worked out by mqtt-vs-http')

export type FleetReport = z.output<typeof fleetReportSchema>
export type FleetRow = FleetReport['rows'][number]
export type FleetChange = FleetReport['changes'][number]
export type Change = FleetChange['change']
export type Turning = FleetReport['turning'][number]
