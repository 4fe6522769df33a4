import { contentTypeOf } from '../../model/scenario/content-type.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'

/**
 * What every HTTP client is told to send besides what it sends by itself: the
 * payload's content type, then the scenario's own headers.
 */
export function requestHeadersOf(scenario: Scenario): Record<string, string> {
  return { 'content-type': contentTypeOf(scenario), ...scenario.http.request.headers }
}

/** Where a scenario is posted: the address's own path, or the scenario's where it names none. */
export function targetUrlOf(address: URL, scenario: Scenario): URL {
  const namesNone = address.pathname === '/' && address.search === ''
  // Joined as text: resolved as a reference, `//a` would be a host.
  return namesNone ? new URL(address.origin + scenario.path) : address
}
