import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import {
  closed,
  type Heard,
  lost,
  stopped,
  targetOf,
  unlistenable,
  unreachable,
} from './connection-errors.ts'
import { Lifeline } from './connections/lifeline.ts'
import { guardServer } from './own-ports/guarded.ts'
import type { ConnectContext } from './transport.ts'

/** How long a goodbye may take until the socket is destroyed. */
export const GOODBYE_DEADLINE_MS = 2000

/**
 * Opens a TCP connection with TCP_NODELAY set.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function openSocket(
  address: URL,
  { signal, via }: Pick<ConnectContext, 'signal' | 'via'>,
): Promise<Socket> {
  if (signal.aborted) throw stopped(signal)
  const socket = connect({ ...targetOf(via ?? address), noDelay: true })
  try {
    await orDestroyed(socket, signal, once(socket, 'connect'))
  } catch (cause) {
    throw unreachable(address, cause)
  }
  // An error is always followed by `close`, which is where it is reported.
  rememberError(socket)
  return socket
}

/** What is awaited of a socket, which is destroyed where the signal aborts before. */
export async function orDestroyed<T>(
  socket: Socket,
  signal: AbortSignal,
  awaited: Promise<T>,
): Promise<T> {
  const abort = (): void => void socket.destroy(stopped(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await awaited
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Resolves when the socket is closed; after two seconds it is destroyed. */
export async function awaitClose(socket: Socket): Promise<void> {
  if (socket.closed) return
  const deadline = setTimeout(() => socket.destroy(), GOODBYE_DEADLINE_MS)
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  clearTimeout(deadline)
}

/**
 * Ties a lifeline to a socket: whichever goes first takes the other along. A
 * socket that is already saying goodbye is left to finish.
 */
export function holdSocket(address: URL, socket: Socket, signal: AbortSignal): Lifeline {
  const lifeline = new Lifeline(signal, () => {
    if (!socket.writableEnded) socket.destroy()
  })
  const over = (): void => lifeline.cut(lost(address, endOf(socket), heardOn(socket)))
  if (socket.closed) over()
  else socket.once('close', over)
  return lifeline
}

const firstErrors = new WeakMap<Socket, Error>()

/**
 * Keeps the first error of a socket, and ends the socket with it. TLS tells of an
 * alert without destroying the socket, and then does not close it where something
 * is still to be written.
 */
export function rememberError(socket: Socket): void {
  socket.on('error', (error) => {
    if (!firstErrors.has(socket)) firstErrors.set(socket, error)
    socket.destroy()
  })
}

/** Why a socket ended, as far as it knows; null where it was closed in order. */
export const endOf = (socket: Socket): Error | null => firstErrors.get(socket) ?? socket.errored

/** A TLS socket counts what is in the records. */
export function heardOn(socket: Socket): Heard {
  if (socket.bytesRead > 0) return 'something'
  return 'encrypted' in socket ? 'handshake' : 'nothing'
}

/**
 * Closes a held socket: FIN where nothing is waiting for an answer any more,
 * otherwise at once. `farewell` is written before the FIN.
 */
export async function releaseSocket(
  address: URL,
  socket: Socket,
  lifeline: Lifeline,
  farewell?: Uint8Array,
): Promise<void> {
  if (lifeline.idle && lifeline.reason === null) {
    // Without a reader the other side's FIN is never seen.
    socket.resume()
    if (farewell === undefined) socket.end()
    else socket.end(farewell)
  }
  lifeline.cut(closed(address))
  await awaitClose(socket)
}

/** A listening server whose connections can all be closed. */
export interface Listener {
  readonly port: number
  /** Closes the listener and destroys every connection. */
  close(): Promise<void>
}

/**
 * Where this run is guarded, a server sees its connections alone. They are
 * remembered, since a server that closes waits for them.
 * @returns destroys them
 */
export function keepConnections(server: Server): () => void {
  const sockets = new Set<Socket>()
  const dropHeld = guardServer(server)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return () => {
    for (const socket of sockets) socket.destroy()
    dropHeld()
  }
}

/** Binds a free port; see `keepConnections`. */
export async function listen(server: Server, host: string): Promise<Listener> {
  const dropConnections = keepConnections(server)
  server.listen(0, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw unlistenable(host, cause)
  }
  return {
    port: portOf(server),
    async close() {
      const isClosed = new Promise<void>((resolve) => server.close(() => resolve()))
      dropConnections()
      await isClosed
    },
  }
}

export function portOf(server: Server): number {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new TypeError('not bound to a port')
  return bound.port
}

/** The address under which a server bound to `host` is reached from this machine. */
export function addressOf(scheme: string, host: string, port: number, path = ''): URL {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return new URL(
    `${scheme}//${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}${path}`,
  )
}
