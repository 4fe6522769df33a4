import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

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

/**
 * Begins to connect a socket with TCP_NODELAY that reads into one buffer shared
 * by all of them: a thousand take no thousand buffers.
 * @param certificate PEM of the only one to be trusted; null where there is no TLS
 * @param read is called with the buffer and how many of its bytes count; they are overwritten after it
 */
export function connectSharingBuffer(
  address: URL,
  certificate: string | null,
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
  const socket =
    certificate === null ? connectTcp(target) : connectTls({ ...target, ca: certificate })
  // TLS takes no such option, and passes this on to the socket beneath.
  socket.setNoDelay(true)
  // An error is always followed by `close`, which is where it is reported.
  socket.on('error', () => {})
  return socket
}
