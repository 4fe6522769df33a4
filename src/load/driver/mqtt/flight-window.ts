/** What a message in flight waits for. */
export const AWAITS = { nothing: 0, flush: 1, puback: 2, pubrec: 3, pubcomp: 4 } as const
export type Awaited = (typeof AWAITS)[keyof typeof AWAITS]

/**
 * The messages in flight on one connection, by packet id. Ids run from 1 to the
 * size of the window and are used again once they are free ([MQTT-2.3.1-1],
 * [MQTT-2.3.1-4]), so that the tables are no larger than the window: a fleet of
 * thousands of connections keeps a few dozen bytes for each.
 */
export class FlightWindow {
  readonly size: number
  /** Due and sent instants of each id, side by side: one table costs a connection less than two. */
  readonly #instantsNs: Float64Array
  readonly #awaits: Uint8Array
  /** A stack: what was freed last is used next. */
  readonly #free: Uint16Array
  #freeCount: number

  /** @param size 1 to 65535 */
  constructor(size: number) {
    this.size = size
    this.#instantsNs = new Float64Array(2 * (size + 1))
    this.#awaits = new Uint8Array(size + 1)
    this.#free = new Uint16Array(size)
    for (let index = 0; index < size; index += 1) this.#free[index] = size - index
    this.#freeCount = size
  }

  get room(): number {
    return this.#freeCount
  }

  get inFlight(): number {
    return this.size - this.#freeCount
  }

  /** @returns the packet id; only while there is room */
  take(dueNs: number, sentNs: number, awaits: Awaited): number {
    this.#freeCount -= 1
    const id = this.#free[this.#freeCount] as number
    this.#instantsNs[2 * id] = dueNs
    this.#instantsNs[2 * id + 1] = sentNs
    this.#awaits[id] = awaits
    return id
  }

  /** What the packet with this id waits for; nothing for an id that is not in flight. */
  awaitedBy(id: number): Awaited {
    return (this.#awaits[id] ?? AWAITS.nothing) as Awaited
  }

  advance(id: number, awaits: Awaited): void {
    this.#awaits[id] = awaits
  }

  release(id: number): void {
    this.#awaits[id] = AWAITS.nothing
    this.#free[this.#freeCount] = id
    this.#freeCount += 1
  }

  dueNs(id: number): number {
    return this.#instantsNs[2 * id] as number
  }

  sentNs(id: number): number {
    return this.#instantsNs[2 * id + 1] as number
  }
}
