import { targetKindOf } from '../../model/report/target.ts'
import type { Flow } from '../../model/vocabulary.ts'
import type { TransportTraits } from '../../transports/transport.ts'

export interface FittedTransport {
  readonly id: string
  readonly traits: TransportTraits
}

/** What becomes of a transport that a run would take. */
export type Fit =
  | { readonly kind: 'fits' }
  /** Another one does the same on what the URL's scheme asks for. */
  | { readonly kind: 'replaced'; readonly by: string; readonly reason: string }
  | { readonly kind: 'unfit'; readonly reason: string }

/** The same client doing the same thing: in the clear, under TLS, and in a WebSocket. */
const COUNTERPARTS: readonly (readonly string[])[] = [
  ['http1', 'https1'],
  ['http1-close', 'https1-close'],
  ['h2c', 'http2'],
  ['mqtt-qos0', 'mqtts-qos0'],
  ['mqtt-qos1', 'mqtts-qos1', 'mqtt-ws-qos1', 'mqtt-wss-qos1'],
  ['mqtt-qos2', 'mqtts-qos2'],
  ['mqtt-close', 'mqtts-close'],
]

/** The scheme of the addresses that a transport connects to; null where it is always an embedded endpoint. */
export function schemeOf({ protocol, secure }: TransportTraits): string | null {
  const kind = targetKindOf(protocol)
  if (kind === null) return null
  if (kind === 'http') return secure ? 'https:' : 'http:'
  const isWebSocket = protocol.endsWith('over websocket')
  if (isWebSocket) return secure ? 'wss:' : 'ws:'
  return secure ? 'mqtts:' : 'mqtt:'
}

/**
 * Whether a transport can be measured against the server of a URL.
 * @param scheme of the URL
 * @param known every transport there is, to find the counterpart in
 */
export function fitTransport(
  { id, traits }: FittedTransport,
  scheme: string,
  flow: Flow,
  known: readonly FittedTransport[],
): Fit {
  const own = schemeOf(traits)
  if (own === null) return { kind: 'fits' }
  if (targetKindOf(traits.protocol) === 'http' && flow !== 'uplink') {
    const reason = `${id} needs a server that holds messages for its devices, as the embedded endpoint does; against --http-url there is the uplink alone`
    return { kind: 'unfit', reason }
  }
  if (own === scheme) return { kind: 'fits' }
  const family = COUNTERPARTS.find((ids) => ids.includes(id)) ?? []
  const counterpart = known.find(
    (other) => family.includes(other.id) && schemeOf(other.traits) === scheme,
  )
  const mismatch = `${id} connects to ${own}// and the URL is ${scheme}//`
  return counterpart === undefined
    ? { kind: 'unfit', reason: `${mismatch}; no transport does the same there` }
    : { kind: 'replaced', by: counterpart.id, reason: mismatch }
}
