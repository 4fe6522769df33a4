import type { TLSSocket } from 'node:tls'
import { GOODBYE_DEADLINE_MS } from '../sockets.ts'

/**
 * Makes `destroy()` end a TLS connection as RFC 8446 §6.1 asks of both sides:
 * close_notify, then FIN, and closed when the other side has done the same.
 *
 * For libraries that destroy their socket as soon as they are done: Aedes after
 * DISCONNECT, undici after an answer with `Connection: close`. By itself Node
 * then says no close_notify, or says it after all where the other side's goodbye
 * came in the same read; and what still arrives is answered with a reset. How
 * many bytes that is would be decided by who was faster.
 *
 * @param isGoodbye tells a library's wish to close from a connection that
 *   failed, by what it destroys the socket with: nothing, if left out
 */
export function endBeforeDestroy(
  socket: TLSSocket,
  isGoodbye: (error: Error | undefined, socket: TLSSocket) => boolean = (error) =>
    error === undefined,
): TLSSocket {
  const destroy = socket.destroy.bind(socket)
  const drain = (): void => {
    while (socket.read() !== null);
  }
  let isEnding = false
  socket.destroy = (error) => {
    const isOver = socket.readableEnded && socket.writableFinished
    if (isOver || !isGoodbye(error, socket)) return destroy(error)
    if (isEnding) return socket
    isEnding = true
    const deadline = setTimeout(destroy, GOODBYE_DEADLINE_MS)
    socket.once('close', () => clearTimeout(deadline))
    // Nobody else cares any more: not for what fails, and not for what still comes.
    socket.on('error', () => {})
    socket.on('readable', drain)
    socket.end()
    return socket
  }
  return socket
}
