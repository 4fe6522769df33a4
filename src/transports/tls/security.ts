import type { Socket } from 'node:net'
import { openSocket } from '../sockets.ts'
import type { ConnectContext } from '../transport.ts'
import { openTlsSocket, type TlsClientSettings } from './tls-socket.ts'

/** What a protocol's byte stream runs on: TCP in the clear, or TLS on it. */
export type Security = 'clear' | 'tls'

/**
 * Opens the byte stream that a protocol speaks on.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export function openStream(
  security: Security,
  address: URL,
  context: ConnectContext,
  settings?: TlsClientSettings,
): Promise<Socket> {
  return security === 'tls'
    ? openTlsSocket(address, context, settings)
    : openSocket(address, context)
}
