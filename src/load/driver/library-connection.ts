import { saidOf } from '../../model/errors.ts'
import type { Said } from '../../model/said/said.ts'
import type { PacedProducer, Peer } from '../../transports/transport.ts'
import type { ConnectionShare, LoadConnection } from './load-connection.ts'
import type { Turn } from './turn.ts'

/** What a connection sends, and whom it tells. */
export interface LibrarySending {
  readonly peer: Peer
  readonly producer: PacedProducer
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  readonly turn: Turn
  /** Messages in flight at once, at most. */
  readonly window: number
  readonly share: ConnectionShare
}

/**
 * A device that speaks through a client library, with several `send` under way.
 * The library pings by itself, and says that a connection is lost by rejecting.
 */
export class LibraryConnection implements LoadConnection {
  readonly windowSize: number
  readonly keepAliveS = 0
  lost = false
  closed = false
  readonly #sending: LibrarySending
  readonly #batch: { dueNs: number; sentNs: number }[] = []
  #hasCompleted = false
  #inFlight = 0
  /** In flight, and those that have left something to be done. */
  #occupied = 0
  #ending: Promise<void> | null = null

  constructor(sending: LibrarySending) {
    this.#sending = sending
    this.windowSize = sending.window
  }

  get room(): number {
    return this.lost ? 0 : this.windowSize - this.#occupied - this.#batch.length
  }

  get unacknowledged(): number {
    return this.#inFlight
  }

  /** Where each message has a connection of its own, a failed one says nothing of the next. */
  get isUnanswered(): boolean {
    const isKept = this.#sending.producer.connections !== 'own'
    return isKept && !this.#hasCompleted && this.#inFlight > 0
  }

  enqueue(dueNs: number, sentNs: number): void {
    this.#batch.push({ dueNs, sentNs })
  }

  flush(): void {
    for (const { dueNs, sentNs } of this.#batch.splice(0)) this.#send(dueNs, sentNs)
  }

  abandon(): void {
    if (!this.lost && this.#inFlight > 0) this.#giveUp()
  }

  /** A library's peer sends again by itself. */
  takeUnanswered(): null {
    return null
  }

  resend(): void {}

  keepAlive(): void {}

  close(): void {
    this.lost = true
    this.#ending ??= this.#end()
  }

  /** A library has its own deadline for its goodbye. */
  destroy(): void {
    this.close()
  }

  async ended(): Promise<void> {
    await this.#ending
  }

  #send(dueNs: number, sentNs: number): void {
    const { producer, payloads, turn, share } = this.#sending
    const { tally } = share
    const payload = payloads[turn.take(1) % payloads.length] as Uint8Array
    tally.sent += 1
    this.#inFlight += 1
    this.#occupied += 1
    producer.send(payload).then(
      () => this.#complete(dueNs, sentNs),
      (error: unknown) => this.#fail(saidOf(error)),
    )
  }

  #complete(dueNs: number, sentNs: number): void {
    // What was given up has been counted as unacknowledged.
    if (this.lost) return
    const { producer, share } = this.#sending
    const { tally, observer } = share
    const completedNs = share.now()
    this.#inFlight -= 1
    this.#hasCompleted = true
    tally.completed += 1
    tally.lastCompletionNs = completedNs
    observer.completed(completedNs - dueNs, sentNs - dueNs)
    const free = (): void => {
      this.#occupied -= 1
      // A library may complete without the event loop: it must have its turns.
      share.onRoom(this, 'next turn')
    }
    if (producer.settled === undefined) free()
    else producer.settled().then(free, free)
  }

  /** The first reason counts; what else was in flight rejects too, and follows from it. */
  #fail(reason: Said): void {
    if (this.lost) return
    this.#giveUp()
    this.#sending.share.onLost(this, reason)
  }

  #giveUp(): void {
    this.lost = true
    this.#sending.share.tally.unacknowledged += this.#inFlight
  }

  async #end(): Promise<void> {
    const { peer, producer } = this.#sending
    try {
      await producer[Symbol.asyncDispose]()
      await peer[Symbol.asyncDispose]()
    } catch {
      // What was on it has been counted; a goodbye that fails changes nothing of it.
    } finally {
      this.closed = true
    }
  }
}
