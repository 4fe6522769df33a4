import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Peer, ServerTrust, TransportTraits } from '../../transports/transport.ts'
import { BARE_DRIVERS } from './bare-drivers.ts'
import { openLibraryDriver } from './library-driver.ts'
import type { LoadDriver, LoadShape } from './load-driver.ts'

/** Everything that a driver may need; each takes what it has use for. */
export interface DriverRequest {
  readonly transport: string
  readonly traits: TransportTraits
  readonly address: URL
  readonly trust: ServerTrust
  readonly scenario: Scenario
  readonly shape: LoadShape
  /** Of connection n of all that are open at once, from 0: no two have the same. */
  readonly clientId: (index: number) => string
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  /** Connects one device of the transport, as the latency pass does. */
  readonly connectPeer: (index: number) => Promise<Peer>
  readonly signal: AbortSignal
}

/** Who can generate load on a transport. */
export interface DriverChoice {
  readonly kind: 'library' | 'bare'
  /** As in reports: a library by name, or `bare`. */
  readonly client: string
  readonly open: (request: DriverRequest) => Promise<LoadDriver>
}

type OpenDriver = DriverChoice['open']

const throughLibrary =
  (client: string): OpenDriver =>
  async (request) =>
    openLibraryDriver({ ...request, client })

/** The drivers of a transport, the library's first. None where there is no wire, or nobody to drive. */
export function driversOf(transport: string, traits: TransportTraits): DriverChoice[] {
  if (traits.protocol === 'none' || !traits.flows.includes('uplink')) return []
  const { client } = traits
  const bare = BARE_DRIVERS[transport]
  return [
    // What paces itself no library driver can hold to a rate.
    ...(traits.pacedBy === 'itself'
      ? []
      : [
          {
            kind: client === 'bare' ? 'bare' : 'library',
            client,
            open: throughLibrary(client),
          } as const,
        ]),
    ...(bare === undefined ? [] : [{ kind: 'bare', client: 'bare', open: bare } as const]),
  ]
}
