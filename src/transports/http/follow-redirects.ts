import { InstrumentError } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
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
  readonly hops: readonly Said[]
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
  const hops: Said[] = []
  let url = targetUrlOf(address, context.scenario)
  for (;;) {
    const { status, location } = await askOnce(url, context, payload)
    if (!isRedirect(status) || location === null) {
      requireAnswer(url, status, context)
      return { address: hops.length === 0 ? address : url, hops }
    }
    const next = nextOf(url, status, location, context)
    hops.push(said('redirectHop', { status, path: next.pathname }))
    if (hops.length > MOST_REDIRECTS) {
      throw refused(said('tooManyRedirects', { ...asked(url, context), most: MOST_REDIRECTS }))
    }
    url = next
  }
}

const asked = (url: URL, { scenario }: ConnectContext) => ({
  ...{ method: scenario.http.request.method, path: url.pathname, place: placeOf(url) },
})

const refused = (why: Said): InstrumentError => new InstrumentError('refused', why)

/** RFC 9110 §15.4: where it leads, if a message can be taken there. */
function nextOf(url: URL, status: number, location: string, context: ConnectContext): URL {
  const answered = { ...asked(url, context), status }
  if (!URL.canParse(location, url.href)) throw refused(said('redirectNowhere', answered))
  const next = new URL(location, url)
  const to = next.origin + next.pathname
  const { method, query } = context.scenario.http.request
  // What the redirect repeats of the query is written again with each message.
  if (query !== undefined) next.search = ''
  if (becomesGet(status, method)) throw refused(said('redirectGets', { ...answered, to }))
  if (next.origin !== url.origin) throw refused(said('redirectElsewhere', { ...answered, to }))
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
  const writer = new RequestWriter(url, context.scenario)
  const request = writer.write(payload)
  return await ask(connection, writer.urlOf(request), request, ({ status, headers }) => ({
    ...{ status, location: headers.get('location') },
  }))
}
