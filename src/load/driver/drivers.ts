import type { TransportTraits } from '../../transports/transport.ts'
import { BARE_DRIVERS } from './bare-drivers.ts'
import type { DriverRequest, OpenDriver } from './driver-request.ts'
import { openLibraryDriver } from './library-driver.ts'

/** Who can generate load on a transport. */
export interface DriverChoice {
  readonly kind: 'library' | 'bare'
  /** As in reports: a library by name, or `bare`. */
  readonly client: string
  /** Answers come in the order of the requests: several in flight are pipelined, which only is done where it is asked for. */
  readonly isInTurn: boolean
  readonly open: OpenDriver
}

/** The drivers of a transport, the library's first. None where there is no wire, or nobody to drive. */
export function driversOf(transport: string, traits: TransportTraits): DriverChoice[] {
  if (traits.protocol === 'none' || !traits.flows.includes('uplink')) return []
  const { client, protocol } = traits
  const bare = BARE_DRIVERS[transport]
  return [
    // What paces itself no library driver can hold to a rate.
    ...(traits.pacedBy === 'itself'
      ? []
      : [
          {
            kind: client === 'bare' ? 'bare' : 'library',
            client,
            isInTurn: client === 'bare' && protocol === 'http/1.1',
            open: async (request: DriverRequest) => openLibraryDriver({ ...request, client }),
          } as const,
        ]),
    ...(bare === undefined
      ? []
      : [{ kind: 'bare', client: 'bare', isInTurn: protocol === 'http/1.1', open: bare } as const]),
  ]
}
