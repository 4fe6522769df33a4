import type { Socket } from 'node:net'
import { closed, lost } from '../connection-errors.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'

/**
 * A socket whose connection ends with a handshake of the protocol, not with a
 * FIN: once it has begun, the socket is left to finish it.
 */
export class HeldConnection {
  readonly lifeline: Lifeline
  readonly #address: URL
  readonly #socket: Socket
  #isLeaving = false

  constructor(address: URL, socket: Socket, signal: AbortSignal) {
    this.#address = address
    this.#socket = socket
    this.lifeline = new Lifeline(signal, () => {
      if (!this.#isLeaving) socket.destroy()
    })
    socket.once('close', () => this.lifeline.cut(lost(address, endOf(socket), heardOn(socket))))
  }

  /** Says goodbye where nothing waits for an answer any more, otherwise closes at once. */
  async release(sayGoodbye: () => void): Promise<void> {
    const { lifeline } = this
    this.#isLeaving = lifeline.idle && lifeline.reason === null
    lifeline.cut(closed(this.#address))
    if (this.#isLeaving) sayGoodbye()
    await awaitClose(this.#socket)
  }
}
