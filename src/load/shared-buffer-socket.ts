import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { tlsIdentityOf } from '../transports/tls/tls-socket.ts'
import type { ServerTrust } from '../transports/transport.ts'

/** One for the reads of all sockets: what is read is used up before the next read. */
const READ_BUFFER_BYTES = 65_536
const sharedReadBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

/** What a URL without a port means; of `http` and `https` it leaves them out by itself. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
}

const SECURE: readonly string[] = ['https:', 'mqtts:']

/** What is emitted when bytes can be sent. */
export const readyEventOf = ({ protocol }: URL): 'connect' | 'secureConnect' =>
  SECURE.includes(protocol) ? 'secureConnect' : 'connect'

/**
 * Begins to connect a socket with TCP_NODELAY that reads into one buffer shared
 * by all of them: a thousand take no thousand buffers.
 * @param address its scheme tells whether there is TLS
 * @param trust one object for all connections, which then share what TLS reads of it
 * @param read is called with the buffer and how many of its bytes count; they are overwritten after it
 */
export function connectSharingBuffer(
  address: URL,
  trust: ServerTrust,
  read: (bytes: Buffer, length: number) => void,
): Socket {
  const target = {
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: Number(address.port) || (DEFAULT_PORTS[address.protocol] as number),
    noDelay: true,
    onread: {
      buffer: sharedReadBuffer,
      callback: (length: number): boolean => {
        read(sharedReadBuffer, length)
        return true
      },
    },
  }
  const socket = SECURE.includes(address.protocol)
    ? connectTls({ ...target, ...tlsIdentityOf(address, trust) })
    : connectTcp(target)
  // TLS takes no such option, and passes this on to the socket beneath.
  socket.setNoDelay(true)
  // An error is always followed by `close`, which is where it is reported.
  socket.on('error', () => {})
  return socket
}
