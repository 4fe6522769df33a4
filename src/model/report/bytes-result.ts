import * as z from 'zod'
import { tlsAgreementSchema } from '../tls/agreement-schema.ts'
import { BASES, DIRECTIONS, LAYERS, PHASES } from '../vocabulary.ts'

const count = z.int().min(0)

const ledgerEntry = z.strictObject({
  phase: z.enum(PHASES),
  direction: z.enum(DIRECTIONS),
  layer: z.enum(LAYERS),
  bytes: count,
  basis: z.enum(BASES),
  messages: count
    .optional()
    .describe('of network bytes that were measured: how many messages they are of'),
  packets: count
    .optional()
    .describe(
      'of network bytes: the IP packets of them, by the same basis; absent in older reports',
    ),
})

const frame = z.strictObject({
  direction: z.enum(DIRECTIONS),
  phase: z.enum(PHASES),
  label: z.string(),
  clause: z.string(),
  offset: count,
  lengthBytes: count,
  parts: z.array(
    z.strictObject({
      layer: z.enum(LAYERS),
      label: z.string(),
      lengthBytes: count,
      text: z.string().optional(),
      clause: z.string().optional(),
      disclosure: z
        .literal('withheld')
        .optional()
        .describe('the value is or may carry a credential, and is not stored'),
    }),
  ),
  message: z
    .enum(['begins', 'continues'])
    .optional()
    .describe('where a message takes several frames; without it, a frame with a payload is one'),
})

const roundTrips = z
  .strictObject({
    setup: count,
    steady: count.describe('of all messages together'),
    steadyPerMessage: z.number().nullable(),
    idle: count,
    close: count,
    connections: count.describe('TCP connections that the transport opened'),
    tcp: z
      .strictObject({ roundTrips: count, basis: z.literal('derived') })
      .describe(
        'opening the connections: SYN and SYN-ACK, one round trip each; derived from their number, and not in setup',
      ),
  })
  .describe(
    'how often the device waited for an answer, by the protocol’s own units; TCP’s handshakes stand apart',
  )

const firstMessage = z
  .strictObject({
    connection: z
      .enum(['kept', 'own'])
      .describe('own: each message had a connection of its own; kept: they shared it'),
    tls: z
      .enum(['full', 'resumed'])
      .optional()
      .describe('the handshake that it opens its connection with; absent without TLS'),
    wireBytes: count,
    roundTrips: count.nullable().describe('TCP’s handshake included; null where they are unknown'),
  })
  .describe('the first message with opening and closing its connection, idle excluded')

const cost = z.strictObject({
  wireBytes: z.number(),
  roundTrips: z.number().describe('TCP’s handshake included where a connection is'),
})

const renewals = z
  .strictObject({
    serverEnds: count.describe('connections that the server ended'),
    connections: count.describe('connections opened in their place'),
    everyMessages: z
      .number()
      .min(1)
      .describe('mean messages on a connection that the server ended'),
    further: cost
      .nullable()
      .describe('mean of a message that is not the first on its connection; null: there is none'),
    begun: cost.describe(
      'mean of opening and closing a connection in place of another, with the first message on it; of the first connection where none was opened',
    ),
    repeated: count
      .optional()
      .describe('messages sent again, since their connection ended under them; none if left out'),
  })
  .describe('of a kept connection that the server ended')

const wakes = z
  .strictObject({
    messages: count.min(2).describe('for which a connection is opened'),
    further: cost
      .nullable()
      .describe('mean of a message that is not the first on its connection; null: there is none'),
    begun: cost.describe('mean of opening and closing a connection, with the first message on it'),
  })
  .describe('of a device that sends several messages each time that it wakes up')

const waiting = z
  .strictObject({
    exchangeBytes: count.describe(
      'wire bytes of one waiting exchange, measured: a ping, an empty poll, a heartbeat',
    ),
    everyS: z
      .number()
      .positive()
      .nullable()
      .describe('seconds from one to the next; null: a waiting connection is silent'),
    bytesPerHour: z.number().min(0),
    exchangeLinkBytes: count
      .optional()
      .describe(
        'of such an exchange with the headers of its packets, and of the acknowledgement of the last; absent in older reports',
      ),
    linkBytesPerHour: z.number().min(0).optional(),
    basis: z
      .literal('modelled')
      .describe('of bytesPerHour and of link bytes: nobody waited an hour'),
  })
  .describe('what it costs a device to wait for commands, on its own link')

const linkWitnesses = z
  .strictObject({
    leastBytes: count.describe('the least that a message was measured to take'),
    modelledBytes: z.number().min(0).describe('what the model says of a message'),
  })
  .describe(
    'link bytes of one message with its own connection, by others than the measured mean: how many pure acknowledgements there are differs from time to time',
  )

/** What a byte pass found of a cell. */
export const bytesResult = z.strictObject({
  messages: count.describe('messages of the steady phase; in a roundtrip the commands'),
  payloadBytes: count.describe('sum of the payloads sent; in a roundtrip commands and states'),
  totals: z
    .strictObject({ up: count, down: count })
    .describe('what the relay passed on in each direction, counted apart from the dissector'),
  ledger: z.array(ledgerEntry),
  exchange: z
    .array(frame)
    .describe(
      'every frame of setup, idle and close, and the frames of the first message, and of the second where they are of other sizes; the first connection’s where each message has its own',
    ),
  roundTrips: roundTrips
    .nullish()
    .describe('null where they cannot be told from the frames; absent in older reports'),
  firstMessage: firstMessage
    .optional()
    .describe('absent in older reports, and in a fanout, which no one device pays for'),
  tls: tlsAgreementSchema.optional(),
  renewals: renewals
    .optional()
    .describe('where the server ended connections that the client would have kept'),
  wakes: wakes.optional(),
  linkWitnesses: linkWitnesses
    .optional()
    .describe('where each message has its own connection and was measured on a link'),
  waiting: waiting.optional().describe('of a roundtrip, where it is known how its device waits'),
  subscriberLinks: z
    .array(ledgerEntry)
    .optional()
    .describe(
      'of a fanout: the part of the ledger that crossed the subscribers’ links; the rest crossed the publisher’s',
    ),
})

export type RoundTrips = z.output<typeof roundTrips>
export type WaitingCost = z.output<typeof waiting>
export type Wakes = z.output<typeof wakes>
export type Renewals = z.output<typeof renewals>
export type FirstMessage = z.output<typeof firstMessage>
export type BytesResult = z.output<typeof bytesResult>
