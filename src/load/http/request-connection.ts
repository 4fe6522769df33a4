import type { Socket } from 'node:net'
import { Fifo } from '../fifo.ts'
import { type ConnectionShare, closingWords, type LoadConnection } from '../load-connection.ts'
import { ResponseScanner, type ResponseSink } from './response-scanner.ts'

/** RFC 9110 §15.5: from here on an answer says no. */
const FIRST_REFUSAL = 400

/** What a connection sends, and whom it tells. */
export interface Requesting {
  /** Whole requests, sent in turn. */
  readonly requests: readonly Buffer[]
  readonly share: ConnectionShare
}

/** One kept connection under load. Answers come in the order of the requests (RFC 9112 §9.3). */
export class RequestConnection implements LoadConnection, ResponseSink {
  readonly windowSize: number
  lost = false
  readonly #socket: Socket
  readonly #requests: readonly Buffer[]
  readonly #share: ConnectionShare
  readonly #scanner: ResponseScanner
  readonly #dueNs = new Fifo<number>()
  readonly #sentNs = new Fifo<number>()
  #blocked = false
  /** In the next write. */
  #batched = 0
  #readNs = 0

  /** @param window requests in flight at once: pipelined where it is more than one */
  constructor(socket: Socket, window: number, { requests, share }: Requesting) {
    this.windowSize = window
    this.#socket = socket
    this.#requests = requests
    this.#share = share
    this.#scanner = new ResponseScanner(this)
    socket.on('drain', this.#drained)
    socket.once('close', () => this.#fail(closingWords('the server', socket.errored)))
  }

  get room(): number {
    return this.lost || this.#blocked ? 0 : this.windowSize - this.#dueNs.length
  }

  get unacknowledged(): number {
    return this.#dueNs.length
  }

  get closed(): boolean {
    return this.#socket.closed
  }

  enqueue(dueNs: number, sentNs: number): void {
    this.#dueNs.push(dueNs)
    this.#sentNs.push(sentNs)
    this.#batched += 1
  }

  flush(): void {
    const count = this.#batched
    if (this.lost || count === 0) return
    const { tally } = this.#share
    const first = tally.sent
    this.#batched = 0
    tally.sent += count
    this.#blocked = !this.#socket.write(this.#bytesOf(first, count))
  }

  /** The bytes are overwritten after the call. */
  feed(bytes: Buffer, length: number): void {
    this.#readNs = this.#share.now()
    try {
      this.#scanner.feed(bytes, length)
    } catch (error) {
      this.#drop((error as Error).message)
      return
    }
    this.#share.onRoom(this, 'now')
  }

  response(status: number): void {
    if (this.#dueNs.length === 0) {
      this.#drop('the server answered what nobody asked')
      return
    }
    const { tally, observer } = this.#share
    const dueNs = this.#dueNs.shift() as number
    const sentNs = this.#sentNs.shift() as number
    tally.completed += 1
    if (status >= FIRST_REFUSAL) tally.refused += 1
    tally.lastCompletionNs = this.#readNs
    observer.completed(this.#readNs - dueNs, sentNs - dueNs)
  }

  abandon(reason: string): void {
    if (this.unacknowledged > 0) this.#drop(reason)
  }

  /** A server's idle time-out ends it; HTTP has no ping. */
  keepAlive(): void {}

  close(): void {
    this.lost = true
    this.#socket.off('drain', this.#drained)
    if (this.unacknowledged > 0) this.#socket.destroy()
    else this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async ended(): Promise<void> {
    if (!this.closed) await new Promise<void>((done) => this.#socket.once('close', () => done()))
  }

  #bytesOf(first: number, count: number): Buffer {
    if (count === 1) return this.#request(first)
    return Buffer.concat(Array.from({ length: count }, (_, index) => this.#request(first + index)))
  }

  #request(index: number): Buffer {
    return this.#requests[index % this.#requests.length] as Buffer
  }

  #drop(reason: string): void {
    this.#fail(reason)
    this.#socket.destroy()
  }

  #fail(reason: string): void {
    if (this.lost) return
    this.lost = true
    this.#share.tally.unacknowledged += this.unacknowledged
    this.#share.onLost(reason)
  }

  readonly #drained = (): void => {
    this.#blocked = false
    this.#share.onRoom(this, 'now')
  }
}
