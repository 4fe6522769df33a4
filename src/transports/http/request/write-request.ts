import { authorizationOf } from '../../../model/scenario/authorization.ts'
import { contentTypeOf } from '../../../model/scenario/content-type.ts'
import { type Method, percentEncode, splitTarget } from '../../../model/scenario/http-query.ts'
import { contentEncodingOf } from '../../../model/scenario/payload/encoded.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'

/** What every client of HTTP is told to send; what it adds by itself is its own. */
export interface HttpRequest {
  readonly method: Method
  /** Path and query (RFC 9112 §3.2.1). */
  readonly target: string
  /** As the device says it, where that is not the address's own (RFC 9110 §7.2). */
  readonly host: string | null
  /** The content's type, who is let in, then the scenario's own. */
  readonly headers: Readonly<Record<string, string>>
  /** Null where the payload stands in the query: there is no content, and nothing says its type. */
  readonly content: Uint8Array | null
}

/**
 * The one place that makes a request of a message: which method, where to, under
 * which headers, and whether the payload is its content or a field of its query.
 */
export class RequestWriter {
  readonly method: Method
  readonly #host: string | null
  readonly #headers: Readonly<Record<string, string>>
  readonly #before: string
  readonly #after: string | null
  readonly #origin: string
  /** Of a request whose payload is not in its query: the same for all. */
  readonly #place: URL

  /** @param url where the messages go, without the scenario's query */
  constructor(url: URL, scenario: Scenario) {
    const { request } = scenario.http
    // RFC 9110 §8.4
    const encoding = contentEncodingOf(scenario.payload)
    const { before, after } = splitTarget(url.pathname + url.search, request)
    this.method = request.method
    this.#host = scenario.http.host ?? null
    this.#before = before
    this.#after = after
    this.#origin = url.origin
    this.#place = new URL(url.origin + before)
    this.#headers = {
      ...(after === null && { 'content-type': contentTypeOf(scenario) }),
      ...(encoding !== null && { 'content-encoding': encoding }),
      ...ownHeadersOf(scenario),
    }
  }

  write(payload: Uint8Array): HttpRequest {
    const { method } = this
    const [host, headers] = [this.#host, this.#headers]
    if (this.#after === null)
      return { method, host, headers, target: this.#before, content: payload }
    const target = this.#before + percentEncode(payload) + this.#after
    return { method, host, headers, target, content: null }
  }

  /** Where a request of it goes. */
  urlOf({ target, content }: HttpRequest): URL {
    return content === null ? new URL(this.#origin + target) : this.#place
  }
}

/** What a device says with every request, whatever it is for: who it is, and the scenario's own headers. */
export function ownHeadersOf(scenario: Scenario): Record<string, string> {
  const authorization = authorizationOf(scenario)
  const { headers } = scenario.http.request
  // What the user gave for a server of his own holds.
  const isGiven = Object.keys(headers).some((name) => /^authorization$/i.test(name))
  return authorization === null || isGiven ? headers : { authorization, ...headers }
}

/** The same of whoever writes a head of its own: with the host that it says. */
export const identityOf = (scenario: Scenario): Record<string, string> => ({
  ...(scenario.http.host !== undefined && { host: scenario.http.host }),
  ...ownHeadersOf(scenario),
})

/**
 * RFC 9110 §8.6: whoever sends no content says so by `Content-Length: 0` where
 * the method is one that content is expected of.
 */
export const saysLength = ({ method, content }: HttpRequest): boolean =>
  content !== null || method !== 'GET'

/** Where a scenario is sent: the address's own path, or the scenario's where it names none. */
export function targetUrlOf(address: URL, scenario: Scenario): URL {
  const namesNone = address.pathname === '/' && address.search === ''
  // Joined as text: resolved as a reference, `//a` would be a host.
  return namesNone ? new URL(address.origin + scenario.path) : address
}
