import { InstrumentError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import type { App, ConnectContext, Peer, Transport } from '../transports/transport.ts'
import { withHeaders } from './target/adapt-scenario.ts'
import { untilAnswered } from './target/answer-deadline.ts'
import type { Target } from './target/target.ts'
import { optionsFor, type TransportOptions } from './transport-options.ts'

export interface DeviceConnection {
  /** Where the device connects: the endpoint's address, or that of a relay before it. */
  address: URL
  /** The endpoint's own address: what the device remembers of earlier is not measured. */
  endpoint: URL
  scenario: Scenario
  options: TransportOptions
  certificate: string | null
  signal: AbortSignal
  onTlsSecret?: (line: string) => void
  /** The server, where it is not an endpoint of ours. */
  target?: Target | undefined
}

/** Connects the device's side of a transport, with the TLS session it resumes where it has one. */
export async function connectDevice(
  transport: Transport,
  { address, endpoint, scenario, options: given, ...rest }: DeviceConnection,
): Promise<Peer> {
  const { onTlsSecret, target } = rest
  const options = optionsFor(transport, given)
  const context = contextOf({ scenario, ...rest })
  const connect = async (): Promise<Peer> => {
    const session = await transport.acquireSession?.(endpoint, options, context)
    const own: ConnectContext = {
      ...context,
      ...(session !== undefined && { session }),
      ...(onTlsSecret !== undefined && { onTlsSecret }),
    }
    if (target === undefined) return transport.connect(address, options, own)
    // Its name stands in Host and SNI, and is what is verified, though a relay is before it.
    const via = address.href === endpoint.href ? {} : { via: address }
    return transport.connect(endpoint, options, { ...own, ...via })
  }
  return target === undefined ? connect() : untilAnswered(target, connect)
}

function contextOf({
  scenario,
  certificate,
  signal,
  target,
}: Pick<DeviceConnection, 'scenario' | 'certificate' | 'signal' | 'target'>): ConnectContext {
  return {
    scenario: target === undefined ? scenario : withHeaders(scenario, target.access.headers),
    signal,
    ...(certificate !== null && { certificate }),
    ...(target !== undefined && { access: target.access }),
  }
}

/**
 * Connects the app of a `roundtrip`, straight to the endpoint: its link is not the one that is measured.
 * @throws InstrumentError `connection`; `internal` for a transport without the flow
 */
export function connectApp(
  transport: Transport,
  { endpoint, options, ...rest }: Omit<DeviceConnection, 'address'>,
): Promise<App> {
  if (transport.connectApp === undefined) {
    throw new InstrumentError('internal', `${transport.id} has no app, and so no roundtrip flow`)
  }
  return transport.connectApp(endpoint, optionsFor(transport, options), contextOf(rest))
}
