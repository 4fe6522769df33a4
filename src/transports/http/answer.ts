import { InstrumentError } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
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
  const { method } = scenario.http.request
  const what = said('answeredStatus', { method, path: url.pathname, place: placeOf(url), status })
  throw new InstrumentError(
    access === undefined ? 'connection' : 'refused',
    said('withRemedy', { what, remedy: problem }),
  )
}

const unexpected = (status: number, expected: number): Said | null =>
  status === expected ? null : said('statusOfScenario', { status: expected })

/** RFC 9110 §15.4: those that name another place. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
export const isRedirect = (status: number): boolean => REDIRECTS.has(status)

/**
 * Whether a client goes there with a GET and without content: with 303 whatever
 * it had, with 301 and 302 where it had a POST (RFC 9110 §15.4.2 to §15.4.4).
 */
export const becomesGet = (status: number, method: Method): boolean =>
  method !== 'GET' && (status === 303 || (method === 'POST' && (status === 301 || status === 302)))

function refusal(url: URL, status: number, access: ServerAccess): Said | null {
  if (status < FIRST_FAILURE) return null
  // nginx says both with 400, which stands for much else.
  if (status === BAD_REQUEST && url.protocol === 'http:') return said('badRequestInClear')
  if (status === BAD_REQUEST && access.tls.client === undefined) return said('badRequestInTls')
  return said('statusRemedy', { status })
}
