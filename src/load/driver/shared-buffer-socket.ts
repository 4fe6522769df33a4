import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SaidError, saidOf } from '../../model/errors.ts'
import { quoted, type Saying, said } from '../../model/said/said.ts'
import { targetOf } from '../../transports/connection-errors.ts'
import { ownPorts } from '../../transports/own-ports/own-ports.ts'
import { rememberError } from '../../transports/sockets.ts'
import { tlsIdentityOf } from '../../transports/tls/tls-socket.ts'
import type { ServerTrust } from '../../transports/transport.ts'
import { readAlert } from '../../transports/words/tls-alerts.ts'

/** One for the reads of all sockets: what is read is used up before the next read. */
const READ_BUFFER_BYTES = 65_536
const sharedReadBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

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
    ...targetOf(address),
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
  if (SECURE.includes(address.protocol)) ownPorts.watch(socket)
  // TLS takes no such option, and passes this on to the socket beneath.
  socket.setNoDelay(true)
  // An error is always followed by `close`, which is where it is reported.
  rememberError(socket)
  return socket
}

/**
 * Destroys a socket that is not ready in time, or when it is stopped, with an
 * error in words. Until it is disposed of.
 * @param late what is said where it is not
 */
export function boundOpening(
  socket: Socket,
  signal: AbortSignal,
  deadlineMs: number,
  late: 'noConnectionWithin' | 'noConnackWithin',
): Disposable {
  const end = (why: Saying): void => void socket.destroy(new SaidError(why))
  const stop = (): void => end(said('stopped'))
  // No AbortSignal.timeout: in a signal made of several Node may collect it before its time.
  const deadline = setTimeout(() => end(said(late, { seconds: deadlineMs / 1_000 })), deadlineMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return {
    [Symbol.dispose]() {
      clearTimeout(deadline)
      signal.removeEventListener('abort', stop)
    },
  }
}

/** Why a socket failed, in a word or a few: what connections are counted under. */
export function describeSocketError(error: Error): Saying {
  const alert = readAlert(error)
  if (alert !== null) return said('alert', { alert })
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? quoted(saidOf(error)) : said('systemCode', { code })
}
