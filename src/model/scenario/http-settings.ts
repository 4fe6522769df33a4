import * as z from 'zod'
import { refuse } from '../text/refuse.ts'
import { ANSWER_SETS, HEADER_SETS } from './header-sets.ts'
import { type HeaderProblem, headerProblems, requestHeaderProblems } from './http-headers.ts'
import { METHODS, PAYLOAD_PLACE, payloadFieldOf } from './http-query.ts'
import { protocolPayload } from './payload/protocol-payload.ts'
import { secretValue } from './secret-value-schema.ts'
import { wholeNumber } from './whole-number.ts'
import { sayWrong } from './words.ts'

const fieldsWithout = (problemsOf: (fields: Record<string, string>) => HeaderProblem[]) =>
  z.record(z.string(), z.string()).superRefine((fields, context) => {
    for (const problem of problemsOf(fields)) context.addIssue({ code: 'custom', ...problem })
  })

const headers = fieldsWithout(headerProblems)
const requestHeaders = fieldsWithout(requestHeaderProblems)

/** The fields of a query, in their order: a field's value, or the payload in its place. */
const queryFields = z
  .record(z.string().min(1, { error: () => sayWrong.noField }), z.string())
  .superRefine((fields, context) => {
    const places = Object.entries(fields).filter(([, value]) => value === PAYLOAD_PLACE)
    const [, second] = places
    if (second === undefined) return
    refuse(context, [second[0]], sayWrong.payloadTwice(PAYLOAD_PLACE))
  })

const headFile = z
  .string()
  .min(1, { error: () => sayWrong.emptyPath })
  .optional()

const request = z
  .strictObject({
    method: z
      .enum(METHODS)
      .default('POST')
      .describe('of an uplink; a GET has its payload in the query'),
    query: queryFields
      .optional()
      .describe(
        `fields behind the path, in their order, percent-encoded; \`${PAYLOAD_PLACE}\` as a value stands for the payload, and there is no content then`,
      ),
    headers: requestHeaders.default({}).describe('names and values'),
    headerSet: z
      .enum(HEADER_SETS)
      .optional()
      .describe('whose head http1-replay sends; minimal if left out'),
    head: headFile.describe(
      'a file with the head that http1-replay sends, as it was captured: {path} and {length} stand for those of the message',
    ),
  })
  // RFC 9110 §9.3.1
  .refine((value) => value.method !== 'GET' || payloadFieldOf(value) !== null, {
    path: ['method'],
    error: () => sayWrong.get(PAYLOAD_PLACE),
  })
  .prefault({})
  .describe('added to what the client sends by itself')

const response = z
  .strictObject({
    status: wholeNumber(200, 599, 204).default(204).describe('of a message that was taken'),
    headers: headers.default({}).describe('names and values'),
    body: z.string().default('').describe('its content'),
    answerSet: z
      .enum(ANSWER_SETS)
      .optional()
      .describe('whose head http1-replay is answered with; minimal if left out'),
    head: headFile.describe(
      'a file with the head that http1-replay is answered with; {length} as above',
    ),
  })
  .prefault({})
  .describe('what the embedded server answers')

/** What HTTP's clients say, and what they are answered. */
export const httpSettings = z
  .strictObject({
    host: z
      .string()
      .regex(/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/, {
        error: () => sayWrong.noHost,
      })
      .optional()
      .describe(
        'name and port as the device says them in Host; over TLS the name is asked for too (SNI), by every protocol',
      ),
    payload: protocolPayload.describe('what HTTP sends in place of payload'),
    bearer: secretValue.optional().describe('of Authorization: Bearer, with every request'),
    basic: z
      .strictObject({
        username: z
          .string()
          .regex(/^[^:]*$/, { error: () => sayWrong.colon })
          .describe('without a colon'),
        password: secretValue.describe('the password'),
      })
      .optional()
      .describe('of Authorization: Basic, with every request'),
    request,
    response,
  })
  .refine(({ request: { head, headerSet } }) => head === undefined || headerSet === undefined, {
    path: ['request', 'head'],
    error: () => sayWrong.headAndSet,
  })
  .refine(({ response: { head, answerSet } }) => head === undefined || answerSet === undefined, {
    path: ['response', 'head'],
    error: () => sayWrong.headAndSet,
  })
  .superRefine(({ bearer, basic, request }, context) => {
    const own = Object.keys(request.headers).find((name) => /^authorization$/i.test(name))
    if (bearer !== undefined && basic !== undefined) {
      refuse(context, ['basic'], sayWrong.basicAndBearer)
    } else if (own !== undefined && (bearer ?? basic) !== undefined) {
      refuse(context, ['request', 'headers', own], sayWrong.authorizationTwice)
    }
  })
  .superRefine((value, context) => {
    const { status, body } = value.response
    // RFC 9110 §15.3.5, §15.4.5: these answers have no content.
    if ((status === 204 || status === 304) && body !== '') {
      refuse(context, ['response', 'body'], sayWrong.noBody(status))
    }
  })
  .prefault({})
  .describe('what HTTP needs besides')
