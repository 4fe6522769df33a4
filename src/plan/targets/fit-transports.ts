import { targetKindOf } from '../../model/report/target-kind.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Flow } from '../../model/vocabulary.ts'
import type { TransportListing } from '../../transports/registry.ts'
import type { TransportTraits } from '../../transports/transport.ts'

export type FittedTransport = Pick<TransportListing, 'id' | 'traits' | 'counterpartOf'>

/** What becomes of a transport that a run would take. */
export type Fit =
  | { readonly kind: 'fits' }
  /** Another one does the same on what the URL's scheme asks for. */
  | { readonly kind: 'replaced'; readonly by: string; readonly reason: Said }
  | { readonly kind: 'unfit'; readonly reason: Said }

/** The same for all whose client does the same thing: in the clear, under TLS, and in a WebSocket. */
const originOf = ({ id, counterpartOf = id }: FittedTransport): string => counterpartOf

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
  transport: FittedTransport,
  scheme: string,
  flow: Flow,
  known: readonly FittedTransport[],
): Fit {
  const { id, traits } = transport
  const own = schemeOf(traits)
  if (own === null) return { kind: 'fits' }
  if (targetKindOf(traits.protocol) === 'http' && flow !== 'uplink') {
    return { kind: 'unfit', reason: said('needsHolder', { transport: id }) }
  }
  if (own === scheme) return { kind: 'fits' }
  const counterpart = known.find(
    (other) => originOf(other) === originOf(transport) && schemeOf(other.traits) === scheme,
  )
  const mismatch = { transport: id, own, scheme }
  if (counterpart === undefined) return { kind: 'unfit', reason: said('fitsNoUrl', mismatch) }
  const { id: by } = counterpart
  return { kind: 'replaced', by, reason: said('fitsOtherUrl', { ...mismatch, by }) }
}
