import * as z from 'zod'
import { refuse } from '../text/refuse.ts'
import { wordingSchema } from '../text/wording-schema.ts'
import { tlsProfileName, tlsProfileNames } from '../tls/profile-schema.ts'
import { FLOWS, type Flow, NAME } from '../vocabulary.ts'
import { MAX_PATH_BYTES, payloadFieldOf, splitTarget } from './http-query.ts'
import { httpSettings } from './http-settings.ts'
import { type MqttSettings, mqttSettings } from './mqtt-settings.ts'
import { MAX_MQTT_STRING_BYTES, topicName } from './mqtt-strings.ts'
import { encodingKeys, encodingLists } from './payload/encoding.ts'
import { payloadOf } from './payload/payload-settings.ts'
import { payloadSize, payloadSizes } from './payload/payload-sizes.ts'
import type { SecretValue } from './secret-value.ts'
import { secretValue } from './secret-value-schema.ts'
import { refuseSubscribersElsewhere, subscriberCount, subscriberCounts } from './subscribers.ts'
import { wholeNumber } from './whole-number.ts'
import { sayWrong } from './words.ts'

/**
 * The scenario file format. Limits are the protocols' own: whatever passes here
 * can be sent on every transport.
 */

const MAX_MESSAGES = 1_000_000
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
    error: () => sayWrong.slash,
  })
  // RFC 9112 §3.2: a request target holds no whitespace; anything else must be percent-encoded.
  .refine((text) => /^[\x21-\x7e]*$/.test(text), {
    error: () => sayWrong.unencoded,
  })
  .refine((text) => !text.includes('#'), {
    error: () => sayWrong.fragment,
  })
  .refine((text) => !text.startsWith('//'), {
    error: () => sayWrong.twoSlashes,
  })
  .refine((text) => text.length <= MAX_PATH_BYTES, {
    error: () => sayWrong.longPath(MAX_PATH_BYTES),
  })
  .superRefine((text, context) => {
    if (!/^\/(?!\/)[\x21-\x22\x24-\x7e]*$/.test(text)) return
    const normalised = normalisedPath(text)
    if (normalised === text) return
    refuse(context, [], sayWrong.normalised(normalised))
  })

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, {
  error: () => sayWrong.reversedRange,
})

const transportIds = z.union([z.string(), z.array(z.string()).min(1)], {
  error: () => sayWrong.transportIds,
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
      refuse(
        context,
        [],
        value.ratio === undefined ? sayWrong.noTransport : sayWrong.transportAndRatio,
      )
    }
  })
  .meta({ oneOf: [{ required: ['transport'] }, { required: ['ratio'] }] })

const whether = z.enum(['counted', 'left-out']).default('counted')

/** What of TCP is counted: published figures often leave some of it out. */
export const packetCount = z
  .strictObject({
    pureAcknowledgements: whether.describe('segments that acknowledge alone'),
    timeStamps: whether.describe('12 bytes of each segment, 8 of a SYN (RFC 7323)'),
    firstWords: z
      .enum(['as-clients-do', 'in-one-packet'])
      .default('as-clients-do')
      .describe('whether what a device says first goes with the end of its TLS handshake'),
    httpContent: z
      .enum(['with-head', 'apart'])
      .optional()
      .describe('apart: a client writes the content of a request by itself, as on ESP8266'),
  })
  .describe('of TCP; published figures often leave them out')

const finite = (example: number) => z.number({ error: () => sayWrong.finite(example) })

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
    max: finite(40).optional().describe('the most that passes'),
    min: finite(20).optional().describe('the least that passes'),
  })
  .superRefine(({ max, min }, context) => {
    if (max === undefined && min === undefined) {
      refuse(context, [], sayWrong.noBound)
    } else if (max !== undefined && min !== undefined && max < min) {
      refuse(context, ['max'], sayWrong.belowMin(min))
    }
  })
  .meta({ anyOf: [{ required: ['max'] }, { required: ['min'] }] })

function refuseNamesTooLongForSuffixes(
  { flow, topic, path }: { flow: Flow; topic: string; path: string },
  context: z.RefinementCtx,
): void {
  if (flow !== 'roundtrip') return
  if (utf8Bytes(topic) > MAX_MQTT_STRING_BYTES - LONGEST_SUFFIX_BYTES) {
    refuse(context, ['topic'], sayWrong.topicAndState)
  }
  if (path.length > MAX_PATH_BYTES - LONGEST_SUFFIX_BYTES) {
    refuse(context, ['path'], sayWrong.pathAndState)
  }
}

/** What stands in a query has no Content-Encoding. */
function refuseCompressedQuery(
  { payload, http }: { payload: { compress?: unknown }; http: z.output<typeof httpSettings> },
  context: z.RefinementCtx,
): void {
  const { compress = 'none' } = payload
  if (compress === 'none' || payloadFieldOf(http.request) === null) return
  refuse(context, ['payload', 'compress'], sayWrong.compressedQuery)
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
  if (http.bearer !== undefined || http.basic !== undefined) {
    refuse(context, ['token'], sayWrong.tokenAndHttp)
  }
  if (mqtt.password !== undefined) refuse(context, ['token'], sayWrong.tokenAndPassword)
  if (mqtt.username === undefined) refuse(context, ['token'], sayWrong.tokenWithoutUser)
}

/** Commands and what is forwarded have requests of their own. */
function refuseRequestsElsewhere(
  { flow, path, http }: { flow: Flow; path: string; http: z.output<typeof httpSettings> },
  context: z.RefinementCtx,
): void {
  const { request } = http
  if (flow !== 'uplink' && (request.method !== 'POST' || request.query !== undefined)) {
    const key = request.query === undefined ? 'method' : 'query'
    refuse(context, ['http', 'request', key], sayWrong.otherFlow(flow))
  }
  const { before, after } = splitTarget(path, request)
  if (before.length + (after ?? '').length > MAX_PATH_BYTES) {
    refuse(context, ['http', 'request', 'query'], sayWrong.longTarget(MAX_PATH_BYTES))
  }
}

const sizeKey = <Size extends z.ZodType>(size: Size) =>
  size.optional().describe('so many bytes from the seed; a list makes one scenario of each')

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(NAME, { error: () => sayWrong.name })
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
