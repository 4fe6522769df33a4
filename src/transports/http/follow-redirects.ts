import { InstrumentError } from '../../model/errors.ts'
import { placeOf } from '../connection-errors.ts'
import type { ConnectContext } from '../transport.ts'
import { becomesGet, isRedirect, requireAnswer } from './answer.ts'
import { openFetchConnection } from './fetch-connection.ts'
import { ask } from './post.ts'
import { RequestWriter, targetUrlOf } from './request/write-request.ts'

/** As `fetch` and curl give up sooner or later too. */
const MOST_REDIRECTS = 10

export interface FollowedRedirects {
  /** What answers by itself. */
  readonly address: URL
  /** `301 to /other`, in order; none where the first answered. */
  readonly hops: readonly string[]
}

/**
 * Follows the redirects of a URL as far as they lead, with one message, so that
 * what is measured afterwards is the place itself. Only within one server: its
 * credentials are not for another.
 * @throws InstrumentError `refused` where a redirect cannot be followed with a
 *   reading, or the answer at its end says no; `connection`
 */
export async function followRedirects(
  address: URL,
  context: ConnectContext,
  payload: Uint8Array,
): Promise<FollowedRedirects> {
  const hops: string[] = []
  let url = targetUrlOf(address, context.scenario)
  for (;;) {
    const { status, location } = await askOnce(url, context, payload)
    if (!isRedirect(status) || location === null) {
      requireAnswer(url, status, context)
      return { address: hops.length === 0 ? address : url, hops }
    }
    const next = nextOf(url, status, location, context)
    hops.push(`${status} to ${next.pathname}`)
    if (hops.length > MOST_REDIRECTS) {
      throw refused(
        url,
        context,
        `leads on after ${MOST_REDIRECTS} redirects; give the place itself`,
      )
    }
    url = next
  }
}

const refused = (url: URL, { scenario }: ConnectContext, what: string): InstrumentError =>
  new InstrumentError(
    'refused',
    `${scenario.http.request.method} ${url.pathname} at ${placeOf(url)} ${what} with --http-url`,
  )

/** RFC 9110 §15.4: where it leads, if a message can be taken there. */
function nextOf(url: URL, status: number, location: string, context: ConnectContext): URL {
  if (!URL.canParse(location, url.href)) {
    throw refused(
      url,
      context,
      `was answered ${status} with a Location that is no URL; give the place itself`,
    )
  }
  const next = new URL(location, url)
  const place = next.origin + next.pathname
  const { method, query } = context.scenario.http.request
  // What the redirect repeats of the query is written again with each message.
  if (query !== undefined) next.search = ''
  if (becomesGet(status, method)) {
    throw refused(
      url,
      context,
      `was answered ${status}, where a client makes a GET of a ${method} (RFC 9110 §15.4), so that no message would arrive at ${place}; give that`,
    )
  }
  if (next.origin !== url.origin) {
    throw refused(
      url,
      context,
      `was answered ${status} and leads to another server, ${place}; give that`,
    )
  }
  return next
}

async function askOnce(
  url: URL,
  context: ConnectContext,
  payload: Uint8Array,
): Promise<{ status: number; location: string | null }> {
  const security = url.protocol === 'https:' ? 'tls' : 'clear'
  await using connection = await openFetchConnection(url, context, {
    security,
    connection: 'close',
  })
  const request = new RequestWriter(url, context.scenario).write(payload)
  return await ask(connection, url, request, ({ status, headers }) => ({
    ...{ status, location: headers.get('location') },
  }))
}
