import { isIP, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { tlsProfileOf } from '../../model/tls/profiles.ts'
import { lost, placeOf, stopped, targetOf, unreachable } from '../connection-errors.ts'
import { awaitClose, endOf, heardOn, openSocket, orDestroyed, rememberError } from '../sockets.ts'
import type { ConnectContext, ServerTrust } from '../transport.ts'
import { contextOptionsOf } from './profile-options.ts'
import { sharedKeyOfDevice } from './shared-key.ts'
import { unoffered, untrusted } from './untrusted.ts'

export interface TlsClientSettings {
  /** The protocol to ask for (RFC 7301), where it is negotiated: `http/1.1`, `h2`. */
  readonly alpn?: string
}

/**
 * Opens a TCP connection and TLS on it, as the scenario's profile says. The server is verified against the
 * context's certificate, or the system's authorities where it has none; the
 * context's session is offered for resumption.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function openTlsSocket(
  address: URL,
  context: ConnectContext,
  settings: TlsClientSettings = {},
): Promise<TLSSocket> {
  return secureSocket(address, await openSocket(address, context), context, settings)
}

/**
 * The same on a TCP connection that is open already.
 * @throws InstrumentError `connection`, the TCP connection is then destroyed; or the reason of the signal
 */
export async function secureSocket(
  address: URL,
  tcp: Socket,
  context: ConnectContext,
  { alpn }: TlsClientSettings = {},
): Promise<TLSSocket> {
  const { signal, session, server, access, onTlsSecret } = context
  if (signal.aborted) {
    tcp.destroy()
    throw stopped(signal)
  }
  const socket = connect({
    socket: tcp,
    ...tlsIdentityOf(server ?? address, context),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
    ...(session !== undefined && { session }),
  })
  if (onTlsSecret !== undefined) {
    socket.on('keylog', (line: Buffer) => onTlsSecret(line.toString('latin1')))
  }
  const isSecure = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    rememberError(socket)
    socket.on('error', reject)
    socket.once('close', () => reject(new SaidError(said('closedInHandshake'))))
  })
  try {
    await orDestroyed(socket, signal, isSecure)
  } catch (cause) {
    tcp.destroy()
    // Not a boolean, as the types have it: why the certificate does not verify.
    if (socket.authorizationError) {
      const isNamed = (access?.tls.authorities ?? context.certificate) !== undefined
      throw untrusted(address, cause, isNamed ? 'named' : 'system')
    }
    throw (
      unoffered(address, cause, tlsProfileOf(context.scenario), clientOf(context)) ??
      unreachable(address, cause, heardOn(tcp))
    )
  }
  // An alert may come in one read with the end of the handshake, and its `close` before whoever awaits this.
  if (socket.destroyed) throw lost(address, endOf(socket))
  if (session !== undefined && !socket.isSessionReused()) {
    socket.destroy()
    // A full handshake under the name of a resumed one would be a wrong figure.
    throw new InstrumentError('connection', said('notResumed', { place: placeOf(address) }))
  }
  return socket
}

/**
 * A session of the server at that address, from a connection of its own on
 * which nothing is sent. The first ticket that comes is as good as any.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function acquireTlsSession(
  address: URL,
  context: ConnectContext,
  settings: TlsClientSettings = {},
): Promise<Buffer> {
  const socket = await openTlsSocket(address, context, settings)
  try {
    // A ticket of TLS 1.2 comes within the handshake (RFC 5077 §3.1).
    const early = socket.getProtocol() === 'TLSv1.2' ? socket.getSession() : undefined
    if (early !== undefined) return early
    const ticket = new Promise<Buffer>((resolve, reject) => {
      socket.once('session', resolve)
      socket.once('close', () => reject(endOf(socket) ?? new SaidError(said('noTicket'))))
      // Tickets come behind the handshake: they are seen by reading.
      socket.resume()
    })
    return await orDestroyed(socket, context.signal, ticket)
  } catch (cause) {
    throw (
      unoffered(address, cause, tlsProfileOf(context.scenario), clientOf(context)) ??
      unreachable(address, cause)
    )
  } finally {
    socket.end()
    await awaitClose(socket)
  }
}

const clientOf = ({ access }: ServerTrust): 'certified' | 'anonymous' =>
  access?.tls.client === undefined ? 'anonymous' : 'certified'

/** Who is spoken to and who is believed, for `tls.connect`. */
export function tlsIdentityOf(address: URL, trust: ServerTrust): ConnectionOptions {
  const { serverName, mqttAlpn } = trust.access?.tls ?? {}
  const place = targetOf(address).host
  const said = trust.scenario.http?.host?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const host = serverName ?? said ?? place
  return {
    host,
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 && { servername: host }),
    ...(mqttAlpn !== undefined && address.protocol === 'mqtts:' && { ALPNProtocols: [mqttAlpn] }),
    secureContext: secureContextOf(trust),
    ...sharedKeyOfDevice(tlsProfileOf(trust.scenario)),
    // An endpoint of ours has a certificate for where it is, whatever name the device says.
    ...(said !== undefined &&
      trust.access === undefined && {
        checkServerIdentity: (_name, certificate) => checkServerIdentity(place, certificate),
      }),
    rejectUnauthorized: trust.access?.tls.verification !== 'insecure',
  }
}

/** One for all connections of a device, as a client keeps it: to read the certificates anew takes longer than TCP. */
const secureContexts = new WeakMap<ServerTrust, SecureContext>()

function secureContextOf(context: ServerTrust): SecureContext {
  const known = secureContexts.get(context)
  if (known !== undefined) return known
  const { authorities = context.certificate, client } = context.access?.tls ?? {}
  const created = createSecureContext({
    ...contextOptionsOf(tlsProfileOf(context.scenario)),
    ...(authorities !== undefined && { ca: authorities }),
    ...(client !== undefined && { cert: client.certificate, key: client.key }),
  })
  secureContexts.set(context, created)
  return created
}
