import { InstrumentError } from '../../model/errors.ts'
import type { Method } from '../../model/scenario/http-query.ts'
import { placeOf } from '../connection-errors.ts'
import type { ConnectContext, ServerAccess } from '../transport.ts'

/** RFC 9110 §15: from here on the client or the server has failed. */
const FIRST_FAILURE = 400
const BAD_REQUEST = 400

/**
 * Whether an answer completes the message: an endpoint of ours answers what the
 * scenario says, a server that is not ours anything but a failure. A redirect is
 * an answer, and is not followed.
 * @throws InstrumentError `connection` where it is not the scenario's; `refused`
 */
export function requireAnswer(
  url: URL,
  status: number,
  { scenario, access, onRedirect }: Pick<ConnectContext, 'scenario' | 'access' | 'onRedirect'>,
): void {
  if (isRedirect(status)) onRedirect?.(status)
  const problem =
    access === undefined
      ? unexpected(status, scenario.http.response.status)
      : refusal(url, status, access)
  if (problem === null) return
  throw new InstrumentError(
    access === undefined ? 'connection' : 'refused',
    `${scenario.http.request.method} ${url.pathname} at ${placeOf(url)} was answered ${status}; ${problem}`,
  )
}

const unexpected = (status: number, expected: number): string | null =>
  status === expected ? null : `http.response.status of the scenario is ${expected}`

/** RFC 9110 §15.4: those that name another place. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
export const isRedirect = (status: number): boolean => REDIRECTS.has(status)

/**
 * Whether a client goes there with a GET and without content: with 303 whatever
 * it had, with 301 and 302 where it had a POST (RFC 9110 §15.4.2 to §15.4.4).
 */
export const becomesGet = (status: number, method: Method): boolean =>
  method !== 'GET' && (status === 303 || (method === 'POST' && (status === 301 || status === 302)))

/** What can be done about an answer that says no (RFC 9110 §15.5, §15.6). */
const REMEDIES: Readonly<Record<number, string>> = {
  401: 'give credentials in the URL, the environment or a header Authorization',
  403: 'let its access rules allow it',
  404: 'give the path that takes readings in the URL',
  405: 'let that path take the method, give another in http.request.method of the scenario, or another path in the URL',
  407: 'that is a proxy: give the URL of the server itself',
  413: 'send a smaller payload, or raise its limit',
  415: 'give the payload the Content-Type that it wants (payload.contentType of the scenario)',
  429: 'send less often with --max-rate, or raise its limit',
}

function refusal(url: URL, status: number, access: ServerAccess): string | null {
  if (status < FIRST_FAILURE) return null
  // nginx says both with 400, which stands for much else.
  if (status === BAD_REQUEST && url.protocol === 'http:') {
    return 'only an answer below 400 completes a message; where that port speaks TLS, write https://'
  }
  if (status === BAD_REQUEST && access.tls.client === undefined) {
    return 'only an answer below 400 completes a message; where it asks for a certificate of the client, give one with --cert FILE and --key FILE'
  }
  return REMEDIES[status] ?? 'only an answer below 400 completes a message'
}
