import type { Socket } from 'node:net'
import { saidOf } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'
import type { Awaited } from '../../../transports/connections/connection-end.ts'
import { isRedirect } from '../../../transports/http/answer.ts'
import { Fifo } from '../fifo.ts'
import type { ConnectionShare, UnansweredMessage } from '../load-connection.ts'
import { SocketConnection } from '../socket-connection.ts'
import { ResponseScanner, type ResponseSink } from './response-scanner.ts'

/** RFC 9110 §15.4: from here on an answer may lead elsewhere. */
const FIRST_REDIRECT = 300
/** RFC 9110 §15.5: from here on an answer says no. */
const FIRST_REFUSAL = 400

/** What a connection sends, and whom it tells. */
export interface Requesting {
  /** Whole requests, sent in turn. */
  readonly requests: readonly Buffer[]
  readonly share: ConnectionShare
  readonly onRedirect: (status: number) => void
  readonly onDate: (value: string) => void
}

/** One kept connection under load. Answers come in the order of the requests (RFC 9112 §9.3). */
export class RequestConnection extends SocketConnection implements ResponseSink {
  readonly windowSize: number
  readonly keepAliveS = 0
  protected readonly farewell = null
  protected readonly says = 'nothing'
  readonly #requests: readonly Buffer[]
  readonly #onRedirect: Requesting['onRedirect']
  readonly #onDate: Requesting['onDate']
  readonly #scanner: ResponseScanner
  readonly #dueNs = new Fifo<number>()
  readonly #sentNs = new Fifo<number>()
  /** In the next write. */
  #batched = 0
  /** The latest that was written. */
  #latest: Uint8Array = Buffer.alloc(0)
  #readNs = 0

  /** @param window requests in flight at once: pipelined where it is more than one */
  constructor(socket: Socket, window: number, { requests, share, onRedirect, onDate }: Requesting) {
    super(socket, 'serverClosed', share)
    this.windowSize = window
    this.#requests = requests
    this.#onRedirect = onRedirect
    this.#onDate = onDate
    this.#scanner = new ResponseScanner(this)
  }

  /** Of several in a pipeline nobody knows which was done. */
  protected get awaited(): Awaited {
    if (this.#dueNs.length === 0) return 'nothing'
    return this.#dueNs.length === 1 && !this.#scanner.isWithin ? 'unknown' : 'part'
  }

  protected get freeInWindow(): number {
    return this.windowSize - this.#dueNs.length
  }

  get unacknowledged(): number {
    return this.#dueNs.length
  }

  enqueue(dueNs: number, sentNs: number): void {
    this.#dueNs.push(dueNs)
    this.#sentNs.push(sentNs)
    this.#batched += 1
  }

  flush(): void {
    const count = this.#batched
    if (this.lost || count === 0) return
    const { tally } = this.share
    const first = tally.sent
    this.#batched = 0
    tally.sent += count
    this.#latest = this.#bytesOf(first, count)
    this.write(this.#latest)
  }

  override takeUnanswered(): UnansweredMessage | null {
    if (!this.isEnded || this.#dueNs.length === 0) return null
    const [dueNs, sentNs] = [this.#dueNs.shift() as number, this.#sentNs.shift() as number]
    return { dueNs, sentNs, bytes: this.#latest }
  }

  override resend({ dueNs, sentNs, bytes }: UnansweredMessage): void {
    this.#dueNs.push(dueNs)
    this.#sentNs.push(sentNs)
    this.#latest = bytes
    this.write(bytes)
  }

  /** The bytes are overwritten after the call. */
  feed(bytes: Buffer, length: number): void {
    // The server has ended it; what was in flight is sent again elsewhere.
    if (this.lost) return
    this.#readNs = this.share.now()
    try {
      this.#scanner.feed(bytes, length)
    } catch (error) {
      this.drop(saidOf(error))
      return
    }
    this.share.onRoom(this, 'now')
  }

  date(value: string): void {
    this.#onDate(value)
  }

  response(status: number, isLast: boolean): void {
    // What was in flight has been counted as unacknowledged, whatever else is in the chunk.
    if (this.lost) return
    if (this.#dueNs.length === 0) {
      this.drop(said('strangeResponse'))
      return
    }
    const { tally, observer } = this.share
    const dueNs = this.#dueNs.shift() as number
    const sentNs = this.#sentNs.shift() as number
    this.hasCompleted = true
    tally.completed += 1
    if (status >= FIRST_REFUSAL) tally.refused += 1
    else if (status >= FIRST_REDIRECT && isRedirect(status)) this.#onRedirect(status)
    tally.lastCompletionNs = this.#readNs
    observer.completed(this.#readNs - dueNs, sentNs - dueNs)
    if (isLast) this.#endBehindIt()
  }

  /** RFC 9112 §9.6: requests behind it will not be processed. */
  #endBehindIt(): void {
    const unanswered = this.#dueNs.length
    if (unanswered === 0) this.leave()
    else this.drop(said('pipelineCut'))
  }

  /** A server's idle time-out ends it; HTTP has no ping. */
  keepAlive(): void {}

  #bytesOf(first: number, count: number): Buffer {
    if (count === 1) return this.#request(first)
    return Buffer.concat(Array.from({ length: count }, (_, index) => this.#request(first + index)))
  }

  #request(index: number): Buffer {
    return this.#requests[index % this.#requests.length] as Buffer
  }
}
