import * as z from 'zod'
import { wordingSchema } from '../text/wording.ts'
import { tlsProfileName, tlsProfileNames } from '../tls/profile-family.ts'
import { FLOWS, type Flow } from '../vocabulary.ts'
import { payloadFieldOf, splitTarget } from './http-query.ts'
import { httpSettings } from './http-settings.ts'
import { type MqttSettings, mqttSettings } from './mqtt-settings.ts'
import { MAX_MQTT_STRING_BYTES, topicName } from './mqtt-strings.ts'
import { packetCount } from './packet-count.ts'
import { encodingKeys, encodingLists } from './payload/encoding.ts'
import { payloadOf } from './payload/payload-settings.ts'
import { payloadSize, payloadSizes } from './payload/payload-sizes.ts'
import { type SecretValue, secretValue } from './secret-value.ts'
import { refuseSubscribersElsewhere, subscriberCount, subscriberCounts } from './subscribers.ts'
import { wholeNumber } from './whole-number.ts'

/**
 * The scenario file format. Limits are the protocols' own: whatever passes here
 * can be sent on every transport.
 */

const MAX_MESSAGES = 1_000_000
/** RFC 9112 §3 asks every server to accept a request line of 8,000 octets, and no more. */
export const MAX_PATH_BYTES = 8_000
/** `/set` and `/state` stand behind topic and path of a roundtrip. */
const LONGEST_SUFFIX_BYTES = 6

const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

/** What a URL parser would make of the path; clients built on one would send that instead. */
function normalisedPath(path: string): string {
  const url = new URL(`http://host${path}`)
  return url.pathname + url.search
}

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
  .refine((text) => !text.startsWith('//'), {
    error: 'starts with //, which would name a host; start it with one /',
  })
  .refine((text) => text.length <= MAX_PATH_BYTES, {
    error: `is too long; at most ${MAX_PATH_BYTES} bytes`,
  })
  .superRefine((text, context) => {
    if (!/^\/(?!\/)[\x21-\x22\x24-\x7e]*$/.test(text)) return
    const normalised = normalisedPath(text)
    if (normalised === text) return
    context.addIssue({
      code: 'custom',
      message: `is sent as ${normalised} by some clients; write it like that`,
    })
  })

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, {
  error: 'is reversed; write the smaller number first, such as [20, 30]',
})

const transportIds = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'must be a transport, such as http1, or a list of them',
})

const claim = z
  .strictObject({
    says: wordingSchema.describe('the published statement, in words'),
    metric: z.string().describe('what is held against it: a column of results.csv, or a total'),
    transport: transportIds.optional().describe('the transport, or transports, it speaks of'),
    ratio: z
      .strictObject({
        of: transportIds.describe('what is divided'),
        to: transportIds.describe('what it is divided by'),
        toTls: tlsProfileName
          .optional()
          .describe('a TLS profile of the same file: each transport is divided by itself under it'),
      })
      .optional()
      .describe('instead of `transport`: the metric of one transport divided by that of another'),
    tls: tlsProfileNames
      .optional()
      .describe('the TLS profiles that it is about; every one if left out'),
    between: range.describe('the range that makes it hold, ends included'),
    source: wordingSchema.optional().describe('where it was published'),
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
  .meta({ oneOf: [{ required: ['transport'] }, { required: ['ratio'] }] })

const finite = (what: string) => z.number(`must be a number, ${what}`)

const gate = z
  .strictObject({
    metric: z
      .string()
      .describe('what is held against the bounds: a column of results.csv, or a total'),
    transport: transportIds.describe('the transport, or transports, it is held for'),
    ratioTo: z
      .string()
      .optional()
      .describe('a transport: the metric is divided by that of this one first'),
    max: finite('such as 40').optional().describe('the most that passes'),
    min: finite('such as 20').optional().describe('the least that passes'),
  })
  .superRefine(({ max, min }, context) => {
    if (max === undefined && min === undefined) {
      context.addIssue({ code: 'custom', message: 'has no bound; give max, min or both' })
    } else if (max !== undefined && min !== undefined && max < min) {
      context.addIssue({
        code: 'custom',
        path: ['max'],
        message: `is below min, so nothing can pass; give at least ${min}`,
      })
    }
  })
  .meta({ anyOf: [{ required: ['max'] }, { required: ['min'] }] })

function refuseNamesTooLongForSuffixes(
  { flow, topic, path }: { flow: Flow; topic: string; path: string },
  context: z.RefinementCtx,
): void {
  if (flow !== 'roundtrip') return
  if (utf8Bytes(topic) > MAX_MQTT_STRING_BYTES - LONGEST_SUFFIX_BYTES) {
    context.addIssue({
      code: 'custom',
      path: ['topic'],
      message: 'is longer than MQTT allows with /state behind it; leave 6 bytes for that',
    })
  }
  if (path.length > MAX_PATH_BYTES - LONGEST_SUFFIX_BYTES) {
    context.addIssue({
      code: 'custom',
      path: ['path'],
      message: 'is too long with /state behind it; leave 6 bytes for that',
    })
  }
}

/** What stands in a query has no Content-Encoding. */
function refuseCompressedQuery(
  { payload, http }: { payload: { compress?: unknown }; http: z.output<typeof httpSettings> },
  context: z.RefinementCtx,
): void {
  const { compress = 'none' } = payload
  if (compress === 'none' || payloadFieldOf(http.request) === null) return
  context.addIssue({
    code: 'custom',
    path: ['payload', 'compress'],
    message: 'has nobody to say it where the payload stands in http.request.query; leave it out',
  })
}

/** A token stands for what both would say without it. */
function refuseTwoTokens(
  {
    token,
    http,
    mqtt,
  }: { token?: SecretValue | undefined; http: z.output<typeof httpSettings>; mqtt: MqttSettings },
  context: z.RefinementCtx,
): void {
  if (token === undefined) return
  const refuse = (path: string[], message: string): void =>
    context.addIssue({ code: 'custom', path, message })
  if (http.bearer !== undefined || http.basic !== undefined) {
    refuse(['token'], 'and http.bearer or http.basic are given; give only one of them')
  }
  if (mqtt.password !== undefined) {
    refuse(['token'], 'and mqtt.password are given; give only one of them')
  }
  if (mqtt.username === undefined) {
    refuse(
      ['token'],
      "is MQTT's password, which is not sent without a user name [MQTT-3.1.2-22]; give mqtt.username",
    )
  }
}

/** Commands and what is forwarded have requests of their own. */
function refuseRequestsElsewhere(
  { flow, path, http }: { flow: Flow; path: string; http: z.output<typeof httpSettings> },
  context: z.RefinementCtx,
): void {
  const { request } = http
  if (flow !== 'uplink' && (request.method !== 'POST' || request.query !== undefined)) {
    const key = request.query === undefined ? 'method' : 'query'
    context.addIssue({
      code: 'custom',
      path: ['http', 'request', key],
      message: `is of an uplink, and the flow is ${flow}; leave it out`,
    })
  }
  const { before, after } = splitTarget(path, request)
  if (before.length + (after ?? '').length > MAX_PATH_BYTES) {
    context.addIssue({
      code: 'custom',
      path: ['http', 'request', 'query'],
      message: `makes the target of a request longer than ${MAX_PATH_BYTES} bytes; say less in it`,
    })
  }
}

const sizeKey = <Size extends z.ZodType>(size: Size) =>
  size.optional().describe('so many bytes from the seed; a list makes one scenario of each')

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9-]*$/,
        'must be lower-case letters, digits and hyphens, such as my-sensor',
      )
      .describe('how the command line and the results name it'),
    title: wordingSchema.describe('how tables name the content'),
    flow: z.enum(FLOWS).default('uplink').describe('who sends to whom'),
    subscribers: subscriberCount
      .optional()
      .describe('how many receive each message of a fanout; one if left out'),
    topic: topicName
      .default('sensors/temp')
      .meta({ description: 'MQTT topic', pattern: '^[^#+]*$' }),
    path: requestPath
      .default('/sensors/temp')
      .meta({ description: 'HTTP path', pattern: '^/[!-"$-~]*$' }),
    messages: wholeNumber(1, MAX_MESSAGES, 100)
      .default(100)
      .describe('how many messages the byte pass sends'),
    payload: payloadOf({ ...encodingKeys, size: sizeKey(payloadSize) }),
    http: httpSettings,
    mqtt: mqttSettings,
    token: secretValue
      .optional()
      .describe(
        'one token for all: HTTP says it as Authorization: Bearer, MQTT as its password; { length: 300 } is made up',
      ),
    tls: tlsProfileName
      .optional()
      .describe('the TLS profile of its transports over TLS; device if left out'),
    count: packetCount
      .optional()
      .describe(
        'what of TCP is counted, as published figures do; link bytes are modelled then, whatever is asked for',
      ),
    transports: z.array(z.string()).min(1).default(['default']).describe('ids or groups'),
    claims: z
      .array(claim)
      .default([])
      .describe('published statements, each judged by what is measured'),
    gates: z
      .array(gate)
      .default([])
      .describe('budgets: where a figure leaves its bounds, it fails'),
  })
  .superRefine(refuseSubscribersElsewhere)
  .superRefine(refuseNamesTooLongForSuffixes)
  .superRefine(refuseRequestsElsewhere)
  .superRefine(refuseTwoTokens)
  .superRefine(refuseCompressedQuery)
  .describe('A scenario of mqtt-vs-http: what is sent, and the claims it tests')

/** What a file says: one scenario, or one for each entry of a list. */
export const scenarioFileSchema = z
  .strictObject({
    ...scenarioSchema.shape,
    payload: payloadOf({ ...encodingLists, size: sizeKey(payloadSizes) }),
    subscribers: subscriberCounts
      .optional()
      .describe('how many receive each message of a fanout; a list makes one scenario of each'),
    tls: tlsProfileNames
      .optional()
      .describe(
        'the TLS profile of its transports over TLS, device if left out; a list makes one scenario of each',
      ),
  })
  .superRefine(refuseSubscribersElsewhere)
  .superRefine(refuseNamesTooLongForSuffixes)
  .superRefine(refuseRequestsElsewhere)
  .superRefine(refuseTwoTokens)
  .superRefine(refuseCompressedQuery)
  .describe('A scenario of mqtt-vs-http: what is sent, and the claims it tests')

/** A validated scenario; every default is filled in. */
export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioFile = z.output<typeof scenarioFileSchema>
export type ScenarioInput = z.input<typeof scenarioSchema>
export type Claim = Scenario['claims'][number]
export type Gate = Scenario['gates'][number]
