import { percentDecode, splitTarget } from '../../../model/scenario/http-query.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'

/** Method, target and content of a request, as a server reads them. */
export interface ReceivedRequest {
  readonly method: string
  readonly target: string
  readonly content: Uint8Array
}

/** The path of a scenario as a server sees it in a request line. */
export function requestTargetOf(path: string): string {
  const { pathname, search } = new URL(`http://host${path}`)
  return pathname + search
}

/**
 * Finds the message in a request.
 * @returns null for a request that is none of the scenario's, so that a message
 *   sent astray is never an arrival
 */
export function requestReader({
  path,
  http,
}: Scenario): (request: ReceivedRequest) => Uint8Array | null {
  const { before, after } = splitTarget(requestTargetOf(path), http.request)
  return ({ method, target, content }) => {
    if (method !== http.request.method) return null
    if (after === null) return target === before ? content : null
    if (!target.startsWith(before) || !target.endsWith(after)) return null
    return percentDecode(target.slice(before.length, target.length - after.length))
  }
}
