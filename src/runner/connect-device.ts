import { InstrumentError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import type { App, ConnectContext, Peer, Transport } from '../transports/transport.ts'
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
}

/** A device that is ready to connect: it has the TLS session that it resumes, where it has one. */
export interface PreparedDevice {
  address: URL
  options: unknown
  context: ConnectContext
}

/** What a device did before: nothing of it belongs to the connection that is measured. */
export async function prepareDevice(
  transport: Transport,
  { address, endpoint, scenario, options: given, ...rest }: DeviceConnection,
): Promise<PreparedDevice> {
  const { certificate, signal, onTlsSecret } = rest
  const options = optionsFor(transport, given)
  const context: ConnectContext = {
    scenario,
    signal,
    ...(certificate !== null && { certificate }),
  }
  const session = await transport.acquireSession?.(endpoint, options, context)
  const connecting: ConnectContext = {
    ...context,
    ...(session !== undefined && { session }),
    ...(onTlsSecret !== undefined && { onTlsSecret }),
  }
  return { address, options, context: connecting }
}

/** @throws InstrumentError `connection` */
export const connectWith = (
  transport: Transport,
  { address, options, context }: PreparedDevice,
): Promise<Peer> => transport.connect(address, options, context)

/** Connects the device's side of a transport, with the TLS session it resumes where it has one. */
export const connectDevice = async (
  transport: Transport,
  connection: DeviceConnection,
): Promise<Peer> => connectWith(transport, await prepareDevice(transport, connection))

/**
 * Connects the app of a `roundtrip`, straight to the endpoint: its link is not the one that is measured.
 * @throws InstrumentError `connection`; `internal` for a transport without the flow
 */
export function connectApp(
  transport: Transport,
  { endpoint, scenario, options, certificate, signal }: Omit<DeviceConnection, 'address'>,
): Promise<App> {
  if (transport.connectApp === undefined) {
    throw new InstrumentError('internal', `${transport.id} has no app, and so no roundtrip flow`)
  }
  return transport.connectApp(endpoint, optionsFor(transport, options), {
    scenario,
    signal,
    ...(certificate !== null && { certificate }),
  })
}
