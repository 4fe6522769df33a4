import type { LoadConnection } from './load-connection.ts'

/**
 * A window is filled again once this share of it is free. A server answers message
 * by message; writing for each answer would cost both sides a system call a message.
 */
const BATCH_SHARE = 1 / 4

/** Between one look for silent connections and the next: half of a TCP's delayed acknowledgement, or less. */
const LOOK_MS = 10

/**
 * Keeps windows full in batches, as long as the server lets it. One that does
 * without TCP_NODELAY may keep its further answers until it hears from us (Nagle,
 * RFC 896 §2), and we from it: 40 ms, until TCP acknowledges by itself. A
 * connection on which that is seen once gets no batches any more.
 */
export class BatchedRefill {
  readonly #fill: (connection: LoadConnection) => void
  /** Those with room, but not for a batch, and the look before which that was heard last. */
  readonly #waiting = new Map<LoadConnection, number>()
  readonly #unbatched = new Set<LoadConnection>()
  #looks = 0
  #timer: NodeJS.Timeout | null = null

  /** @param fill sends as many as there is room for */
  constructor(fill: (connection: LoadConnection) => void) {
    this.#fill = fill
  }

  start(connections: readonly LoadConnection[]): void {
    // Not in the timer itself: what has arrived meanwhile is read before.
    this.#timer = setInterval(() => setImmediate(() => this.#look()), LOOK_MS)
    for (const connection of connections) this.#fill(connection)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#waiting.clear()
  }

  roomOn(connection: LoadConnection): void {
    const isBatch = connection.room >= connection.windowSize * BATCH_SHARE
    if (isBatch || this.#unbatched.has(connection)) {
      this.#waiting.delete(connection)
      this.#fill(connection)
    } else if (connection.room > 0) this.#waiting.set(connection, this.#looks)
  }

  #look(): void {
    for (const [connection, heardAt] of this.#waiting) {
      if (heardAt === this.#looks) continue
      this.#unbatched.add(connection)
      this.#waiting.delete(connection)
      this.#fill(connection)
    }
    this.#looks += 1
  }
}
