import * as z from 'zod'
import { BASES, DIRECTIONS, LAYERS, PHASES } from '../../vocabulary.ts'
import { VERDICTS } from '../../wire/frame.ts'
import { TAP_CONNECTION_STATES, TAP_ENDINGS, TAP_SCHEMA_VERSION } from './tap-words.ts'

const count = z.int().min(0)
const totals = z.strictObject({ up: count, down: count })

const ledger = z.array(
  z.strictObject({
    phase: z.enum(PHASES),
    direction: z.enum(DIRECTIONS),
    layer: z.enum(LAYERS),
    bytes: count,
    basis: z.enum(BASES),
  }),
)

const units = z.array(
  z.strictObject({ label: z.string(), direction: z.enum(DIRECTIONS), count: count }),
)

const protocolName = z
  .string()
  .describe(
    'mqtt/3.1.1, http/1.1, …; TLS where it was passed through closed; `unrecognised`, or `silent` where nothing was said',
  )

const unread = z
  .array(
    z.strictObject({
      direction: z.enum(DIRECTIONS),
      bytes: count,
      connections: count,
      reason: z.string(),
    }),
  )
  .describe('bytes that crossed and are in no layer; with the ledger they sum to wireBytes')

const remarks = z
  .array(
    z.strictObject({
      direction: z.enum(DIRECTIONS),
      clause: z.string().nullable(),
      text: z.string(),
      count: count,
    }),
  )
  .describe('rules that were broken, though what was said could be read')

const outcomes = z
  .array(
    z.strictObject({
      direction: z.enum(DIRECTIONS),
      unit: z.string(),
      text: z.string(),
      verdict: z.enum(VERDICTS),
      count: count,
    }),
  )
  .describe('what was accepted, refused, not answered, sent again')

const subjects = z
  .array(
    z.strictObject({
      direction: z.enum(DIRECTIONS),
      name: z.string(),
      messages: count,
      bytes: count.describe('of the units that carried them, without what answered'),
    }),
  )
  .describe('topics of MQTT, paths of HTTP and CoAP, the most bytes first; a thousand at most')

const protocolTotals = z.strictObject({
  protocol: protocolName,
  connections: z.strictObject({ open: count, closed: count, broken: count }),
  wireBytes: totals,
  messages: totals
    .nullable()
    .describe('of the steady phase, by who sent them; null where they cannot be seen'),
  steadyWireBytesPerMessage: z
    .number()
    .nullable()
    .describe('of both directions, acknowledgements included; null without a message'),
  ledger,
  units,
  unread,
  remarks,
  outcomes,
  subjects,
})

const connection = z.strictObject({
  number: z.int().min(1).describe('in the order in which they were accepted'),
  client: z.string(),
  protocol: protocolName,
  state: z.enum(TAP_CONNECTION_STATES),
  reason: z.string().nullable().describe('why it broke'),
  openedAfterMs: z.number().describe('after the tap began'),
  durationMs: z.number(),
  wireBytes: totals,
  messages: totals.nullable(),
  ledger,
  unread: z
    .array(z.strictObject({ direction: z.enum(DIRECTIONS), bytes: count, reason: z.string() }))
    .describe('with the byte from which on it could not be read'),
  remarks,
  outcomes,
})

export const tapReportSchema = z
  .strictObject({
    kind: z.literal('tap'),
    schemaVersion: z.literal(TAP_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('mqtt-vs-http'), version: z.string() }),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    ending: z.enum(TAP_ENDINGS),
    listen: z.string(),
    target: z.string(),
    connections: z.strictObject({
      accepted: count,
      open: count.describe('when the report was made; a tap that ends cuts them off'),
      closed: count,
      broken: count,
      unreachable: count,
      lost: count.describe('could not be accepted: no file descriptor was left, as a rule'),
      peakConcurrent: count,
    }),
    wireBytes: totals.describe('what was passed on, counted apart from any ledger'),
    protocols: z.array(protocolTotals).describe('most bytes first'),
    notable: z
      .array(connection)
      .describe('those with the most bytes, and the first that broke or could not be read'),
    capture: z
      .strictObject({
        file: z.string(),
        bytes: count.describe('of the file'),
        extent: z
          .enum(['whole', 'cut', 'failed'])
          .describe('`cut` at its limit; `failed` where it could not be written any further'),
        reason: z.string().nullable().describe('why it ends early'),
      })
      .nullable()
      .describe('where --pcap asked for one'),
    period: z
      .strictObject({
        number: z.int().min(1),
        carriedIn: totals.describe('crossed before it, and were read to their end in it'),
        carriedOut: totals.describe('crossed in it, and will be read to their end after it'),
      })
      .optional()
      .describe('where --rotate cut the whole into reports; protocols have what was read in it'),
  })
  .describe('What mqtt-vs-http tap saw')

export type TapReport = z.output<typeof tapReportSchema>
export type TapProtocol = TapReport['protocols'][number]
export type TapConnection = TapReport['notable'][number]
export type TapConnectionState = TapConnection['state']
export type TapEnding = TapReport['ending']
