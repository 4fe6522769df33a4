import type { Socket } from 'node:net'
import { type Said, said } from '../../model/said/said.ts'
import {
  type Awaited,
  type ConnectionEnd,
  meaningOf,
} from '../../transports/connections/connection-end.ts'
import { endOf } from '../../transports/sockets.ts'
import type { ConnectionShare, LoadConnection, UnansweredMessage } from './load-connection.ts'
import { describeSocketError } from './shared-buffer-socket.ts'

/**
 * What connections that write pre-encoded bytes have in common: back-pressure,
 * the end, and what is counted at it.
 */
export abstract class SocketConnection implements LoadConnection {
  abstract readonly windowSize: number
  abstract readonly unacknowledged: number
  abstract readonly keepAliveS: number
  lost = false
  protected hasCompleted = false
  /** The server has ended it, and nothing is lost by that. */
  protected isEnded = false
  protected readonly share: ConnectionShare
  readonly #socket: Socket
  /** The kernel does not take more for the moment. */
  #blocked = false

  /** @param closed what is said where the other side ends the connection */
  constructor(socket: Socket, closed: 'brokerClosed' | 'serverClosed', share: ConnectionShare) {
    this.#socket = socket
    this.share = share
    socket.on('drain', this.#drained)
    socket.once('close', () => {
      const { hasCompleted: hasAnswered, says: said } = this
      const meaning = meaningOf({ said, hasAnswered, awaited: this.awaited })
      if (meaning === 'lost') this.#fail(closingWords(closed, endOf(socket)))
      else this.#end()
    })
  }

  get room(): number {
    return this.lost || this.#blocked ? 0 : this.freeInWindow
  }

  get isUnanswered(): boolean {
    return !this.hasCompleted && this.unacknowledged > 0
  }

  get closed(): boolean {
    return this.#socket.closed
  }

  /** Nothing, unless a subclass can send again what was in flight. */
  takeUnanswered(): UnansweredMessage | null {
    return null
  }

  resend(_message: UnansweredMessage): void {}

  abandon(): void {
    if (this.lost || this.unacknowledged === 0) return
    this.#giveUp()
    this.#socket.destroy()
  }

  close(): void {
    this.lost = true
    this.#socket.off('drain', this.#drained)
    if (this.unacknowledged > 0) this.#socket.destroy()
    else if (this.farewell === null) this.#socket.end()
    else this.#socket.end(this.farewell)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async ended(): Promise<void> {
    if (!this.closed) await new Promise<void>((done) => this.#socket.once('close', () => done()))
  }

  abstract enqueue(dueNs: number, sentNs: number): void
  abstract flush(): void
  abstract keepAlive(): void

  protected abstract readonly freeInWindow: number
  /** What a server says by ending a connection. */
  protected abstract readonly says: ConnectionEnd['said']
  /** What is known of what is in flight. */
  protected abstract readonly awaited: Awaited
  /** Written before the FIN, where the protocol says goodbye. */
  protected abstract readonly farewell: Uint8Array | null

  /** @param onFlushed is called when all of it is the kernel's */
  protected write(bytes: Uint8Array, onFlushed?: () => void): void {
    this.#blocked = !this.#socket.write(bytes, onFlushed)
  }

  /** Loses the connection: what was in flight stays unacknowledged. */
  protected drop(reason: Said): void {
    this.#fail(reason)
    this.#socket.destroy()
  }

  /** The server has said that it ends the connection, and nothing is in flight. */
  protected leave(): void {
    this.#socket.end()
    this.#end()
  }

  #end(): void {
    if (this.lost) return
    this.lost = true
    this.isEnded = true
    this.share.onEnded(this)
  }

  #fail(reason: Said): void {
    if (this.lost) return
    this.#giveUp()
    this.share.onLost(this, reason)
  }

  #giveUp(): void {
    this.lost = true
    this.share.tally.unacknowledged += this.unacknowledged
  }

  readonly #drained = (): void => {
    this.#blocked = false
    this.share.onRoom(this, 'now')
  }
}

/** Why a connection ended that nobody here has ended. */
function closingWords(closed: 'brokerClosed' | 'serverClosed', errored: Error | null): Said {
  return errored === null
    ? said(closed)
    : said('connectionBroke', { why: describeSocketError(errored) })
}
