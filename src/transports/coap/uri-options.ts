import type { Scenario } from '../../model/scenario/scenario.ts'

/** A resource as its options name it (RFC 7252 §5.10.1): what stands between slashes and ampersands, decoded. */
export interface Resource {
  readonly path: readonly string[]
  readonly query: readonly string[]
}

/**
 * Path and query as options carry them (RFC 7252 §6.4). Uri-Host and Uri-Port
 * are left out: they are by default where the datagram is sent to.
 * @param path such as `/sensors/temp?room=1`
 */
export function parseResource(path: string): Resource {
  const [, place = '', query] = /^([^?]*)(?:\?(.*))?$/s.exec(path) ?? []
  const names = place.replace(/^\//, '')
  return {
    path: names === '' ? [] : names.split('/').map(decode),
    query: query === undefined || query === '' ? [] : query.split('&').map(decode),
  }
}

/** What the endpoint calls the resource of a request: as `url` of a message of node-coap. */
export const nameOf = ({ path, query }: Resource): string =>
  `/${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`

/** The options that name the resource, as node-coap takes them. */
export const uriOptionsOf = ({ path, query }: Resource): Record<string, Buffer[]> => ({
  'Uri-Path': path.map((segment) => Buffer.from(segment)),
  'Uri-Query': query.map((argument) => Buffer.from(argument)),
})

/** Where a scenario is posted: the address's own path, or the scenario's where it names none. */
export function postedResource({ pathname, search }: URL, scenario: Scenario): Resource {
  const namesNone = (pathname === '' || pathname === '/') && search === ''
  return parseResource(namesNone ? scenario.path : pathname + search)
}

/** A percent sign that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
