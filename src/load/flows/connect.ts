import { setMaxListeners } from 'node:events'
import type { CellSpec } from '../../delivery/cell-spec.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { withHeaders } from '../../targets/adapt-scenario.ts'
import { untilAnswered } from '../../targets/answer-deadline.ts'
import type { Target } from '../../targets/target.ts'
import { optionsFor } from '../../transports/run-options.ts'
import type {
  App,
  ConnectContext,
  Peer,
  ServerTrust,
  Transport,
} from '../../transports/transport.ts'

export interface DeviceConnection
  extends Pick<CellSpec, 'scenario' | 'options' | 'certificate' | 'target'> {
  /** Where the device connects: the endpoint's address, or that of a relay before it. */
  address: URL
  /** The endpoint's own address: what the device remembers of earlier is not measured. */
  endpoint: URL
  signal: AbortSignal
  onTlsSecret?: (line: string) => void
  onRedirect?: ConnectContext['onRedirect']
  onServerEnd?: ConnectContext['onServerEnd']
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
  const { onTlsSecret, onRedirect, onServerEnd, target } = rest
  const options = optionsFor(transport, given)
  const context = contextOf({ scenario, ...rest })
  const session = await transport.acquireSession?.(endpoint, options, context)
  // A real server's name stands in Host and SNI, and is what is verified, though a relay is before it.
  const isBehindRelay = address.href !== endpoint.href
  return {
    address: target === undefined ? address : endpoint,
    options,
    context: {
      ...context,
      ...(session !== undefined && { session }),
      ...(onTlsSecret !== undefined && { onTlsSecret }),
      ...(onRedirect !== undefined && { onRedirect }),
      ...(isBehindRelay && (target === undefined ? { server: endpoint } : { via: address })),
      ...(onServerEnd !== undefined && { onServerEnd }),
    },
  }
}

function contextOf({
  scenario,
  certificate,
  signal,
  target,
}: Pick<DeviceConnection, 'scenario' | 'certificate' | 'signal' | 'target'>): ConnectContext {
  // Each connection listens to it: that many are no leak.
  setMaxListeners(0, signal)
  const trust = trustIn(certificate, target, scenario)
  return { ...trust, scenario: askedBy(target, scenario), signal }
}

/** Whom a device trusts: an endpoint's own certificate, or as the user said of a server of his. */
export const trustIn = (
  certificate: string | null,
  target: Target | undefined,
  scenario: Scenario,
): ServerTrust => ({
  scenario,
  ...(certificate !== null && { certificate }),
  ...(target !== undefined && { access: target.access }),
})

/** What is asked for, with the headers that a server of the user's wants. */
export const askedBy = (target: Target | undefined, scenario: Scenario): Scenario =>
  target === undefined ? scenario : withHeaders(scenario, target.access.headers)

/** @throws InstrumentError `connection` */
export const connectWith = (
  transport: Transport,
  { address, options, context }: PreparedDevice,
): Promise<Peer> => transport.connect(address, options, context)

/** Connects the device's side of a transport, with the TLS session it resumes where it has one. */
export function connectDevice(transport: Transport, connection: DeviceConnection): Promise<Peer> {
  const connect = async (): Promise<Peer> =>
    connectWith(transport, await prepareDevice(transport, connection))
  return connection.target === undefined ? connect() : untilAnswered(connection.target, connect)
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
