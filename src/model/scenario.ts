import { z } from 'zod'
import { FLOWS } from './words.ts'

/**
 * The scenario file format. Limits are the protocols' own: whatever passes here
 * can be sent on every transport.
 */

const MAX_MESSAGES = 1_000_000
const MAX_RECORDS = 1_000_000
/** [MQTT-1.5.3]: a UTF-8 string is preceded by a two-byte length. */
const MAX_MQTT_STRING_BYTES = 65_535

const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

const topicName = z
  .string()
  .min(1, 'is empty; a topic has at least one character, such as sensors/temp')
  .refine((text) => !/[#+]/.test(text), {
    error: 'has a wildcard (# or +); a message is published to one topic, such as sensors/temp',
  })
  .refine((text) => !text.includes('\u0000'), {
    error: 'has a NUL character, which MQTT forbids in a topic; leave it out',
  })
  .refine((text) => utf8Bytes(text) <= MAX_MQTT_STRING_BYTES, {
    error: `is longer than MQTT allows; at most ${MAX_MQTT_STRING_BYTES} bytes in UTF-8`,
  })

const requestPath = z
  .string()
  .refine((text) => text.startsWith('/'), {
    error: 'must start with /, such as /sensors/temp',
  })
  // RFC 9112 §3.2: a request target holds no whitespace; anything else must be percent-encoded.
  .refine((text) => /^[\x21-\x7e]*$/.test(text), {
    error: 'has a space, a control or a non-ASCII character; percent-encode it, such as %20',
  })
  .refine((text) => !text.includes('#'), {
    error: 'has a fragment (#), which never reaches a server; leave it out',
  })

/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const headers = z.record(z.string(), z.string()).superRefine((fields, context) => {
  for (const [name, value] of Object.entries(fields)) {
    if (!TOKEN.test(name)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is not a header name; use letters, digits and hyphens, such as x-device',
      })
    }
    // RFC 9110 §5.5: CR, LF and NUL in a value are an injection, not a value.
    if (/[\r\n\0]/.test(value)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'has a CR, LF or NUL in its value; write it on one line',
      })
    } else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'has a character that HTTP cannot carry; use printable ASCII',
      })
    }
  }
})

const integerRange = z
  .tuple([z.int(), z.int()])
  .refine(([low, high]) => low <= high, { error: 'is reversed; write the smaller number first' })

/** A field of a generated record. */
const recordField = z.union([
  z
    .strictObject({ integer: integerRange })
    .describe('a seeded random integer in this range, ends included'),
  z
    .strictObject({ sequence: z.strictObject({ digits: z.int().min(1).max(12) }) })
    .describe(
      'the number of the message, zero-padded to this width: lets single messages be told apart',
    ),
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
])

const records = z.strictObject({
  count: z.int().min(1).max(MAX_RECORDS).describe('how many records'),
  as: z
    .enum(['array', 'messages'])
    .describe(
      '`array`: all in one message, a JSON array; `messages`: one record a message, in turn',
    ),
  record: z
    .record(z.string(), recordField)
    .describe('the record: field names and how each is made'),
})

const payload = z
  .strictObject({
    text: z.string().optional().describe('sent as UTF-8'),
    json: z.json().optional().describe('sent as compact JSON'),
    file: z.string().min(1).optional().describe('sent as it is; relative to the scenario file'),
    hex: z
      .string()
      .regex(
        /^(\s*[0-9a-fA-F]{2})*\s*$/,
        'is not hexadecimal; write pairs of digits, such as 00 ff',
      )
      .optional()
      .describe('sent as bytes'),
    records: records.optional().describe('generated from a seed, the same in every run'),
    contentType: z
      .string()
      .regex(/^[\x20-\x7e]+$/, 'must be one line of printable ASCII, such as application/json')
      .optional()
      .describe('HTTP Content-Type; by default from the kind of payload'),
    seed: z.int().min(0).max(0xffff_ffff).default(1).describe('of the generator'),
  })
  .superRefine((value, context) => {
    const given = (['text', 'json', 'file', 'hex', 'records'] as const).filter(
      (key) => value[key] !== undefined,
    )
    if (given.length === 1) return
    context.addIssue({
      code: 'custom',
      message:
        given.length === 0
          ? 'says nothing to send; give one of text, json, file, hex, records'
          : `gives ${given.join(' and ')}; give only one of them`,
    })
  })

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, {
  error: 'is reversed; write the smaller number first, such as [20, 30]',
})

const transportIds = z.union([z.string(), z.array(z.string()).min(1)])

const claim = z
  .strictObject({
    says: z.string().min(1).describe('the published statement, in words'),
    metric: z.string().describe('what is held against it: a column of results.csv, or a total'),
    transport: transportIds.optional().describe('the transport, or transports, it speaks of'),
    ratio: z
      .strictObject({ of: transportIds, to: transportIds })
      .optional()
      .describe('instead of `transport`: the metric of one transport divided by that of another'),
    between: range.describe('the range that makes it hold, ends included'),
    source: z.string().min(1).optional().describe('where it was published'),
  })
  .superRefine((value, context) => {
    if ((value.transport === undefined) === (value.ratio === undefined)) {
      context.addIssue({
        code: 'custom',
        message:
          value.ratio === undefined
            ? 'speaks of no transport; give transport or ratio'
            : 'gives transport and ratio; give only one of them',
      })
    }
  })

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9-]*$/,
        'must be lower-case letters, digits and hyphens, such as my-sensor',
      ),
    title: z.string().min(1).describe('how tables name the content'),
    flow: z.enum(FLOWS).default('uplink'),
    topic: topicName.default('sensors/temp').describe('MQTT topic'),
    path: requestPath.default('/sensors/temp').describe('HTTP path'),
    messages: z
      .int('must be a whole number, such as 100')
      .min(1, 'must be at least 1')
      .max(MAX_MESSAGES, `must be at most ${MAX_MESSAGES}`)
      .default(100)
      .describe('how many messages the byte pass sends'),
    payload,
    http: z
      .strictObject({
        request: z
          .strictObject({ headers: headers.default({}) })
          .prefault({})
          .describe('added to what the client sends by itself'),
        response: z
          .strictObject({
            status: z.int().min(200).max(599).default(204),
            headers: headers.default({}),
            body: z.string().default(''),
          })
          .prefault({}),
      })
      .superRefine((value, context) => {
        const { status, body } = value.response
        // RFC 9110 §15.3.5, §15.4.5: these answers have no content.
        if ((status === 204 || status === 304) && body !== '') {
          context.addIssue({
            code: 'custom',
            path: ['response', 'body'],
            message: `is given, but a ${status} answer has no body; use status 200`,
          })
        }
      })
      .prefault({}),
    mqtt: z
      .strictObject({
        clientId: z
          .string()
          .min(1, 'is empty; give an id of fixed width, such as sensor-0001')
          .refine((text) => !text.includes('\u0000'), {
            error: 'has a NUL character; leave it out',
          })
          .refine((text) => utf8Bytes(text) <= MAX_MQTT_STRING_BYTES, {
            error: `is longer than MQTT allows; at most ${MAX_MQTT_STRING_BYTES} bytes in UTF-8`,
          })
          .default('sensor-0001'),
        keepAlive: z.int().min(0).max(65_535).default(60).describe('seconds; 0 turns it off'),
      })
      .prefault({}),
    transports: z.array(z.string()).min(1).default(['default']).describe('ids or groups'),
    claims: z.array(claim).default([]),
  })
  .describe('A scenario of mqtt-vs-http: what is sent, and the claims it tests')

/** A validated scenario; every default is filled in. */
export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioInput = z.input<typeof scenarioSchema>
export type Claim = Scenario['claims'][number]
