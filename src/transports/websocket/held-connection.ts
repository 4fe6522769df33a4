import type { Socket } from 'node:net'
import { closed, lost } from '../connection-errors.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'

/**
 * A socket whose connection ends with a handshake of the protocol, not with a
 * FIN: once it has begun, the socket is left to finish it.
 */
export function holdConnection(address: URL, socket: Socket, signal: AbortSignal) {
  let isLeaving = false
  const lifeline = new Lifeline(signal, () => {
    if (!isLeaving) socket.destroy()
  })
  socket.once('close', () => lifeline.cut(lost(address, endOf(socket), heardOn(socket))))
  return {
    lifeline,
    /** Says goodbye where nothing waits for an answer any more, otherwise closes at once. */
    async release(sayGoodbye: () => void): Promise<void> {
      isLeaving = lifeline.idle && lifeline.reason === null
      lifeline.cut(closed(address))
      if (isLeaving) sayGoodbye()
      await awaitClose(socket)
    },
  }
}
