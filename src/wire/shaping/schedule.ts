/** One direction of a link, as arithmetic: no clock, no timers. Instants are nanoseconds from any one origin. */
export interface DirectionShape {
  /** Null: unlimited. */
  readonly bitsPerS: number | null
  /** Propagation, without the time that serialisation takes. */
  readonly delayNs: number
  readonly jitterNs: number
  /** What may wait or be on its way onto the link, in bytes. */
  readonly queueBytes: number
}

/** When a packet has left the sender, and when it is at the other end. */
export interface Passage {
  readonly departsNs: number
  readonly arrivesNs: number
}

const NS_PER_S = 1e9
const BITS_PER_BYTE = 8

/**
 * A first-in-first-out link: a packet leaves when those before it have left and
 * its own bits are sent, and arrives a delay later. Jitter makes that delay
 * longer or shorter, and a packet that would overtake the one before it arrives
 * together with it: nothing is reordered, as in the byte stream above.
 */
export class LinkSchedule {
  readonly #shape: DirectionShape
  readonly #random: () => number
  /** When the last packet so far has left. */
  #freeNs = Number.NEGATIVE_INFINITY
  #lastArrivalNs = Number.NEGATIVE_INFINITY

  /** @param random from 0 to below 1, for jitter */
  constructor(shape: DirectionShape, random: () => number) {
    this.#shape = shape
    this.#random = random
  }

  /** @param bytes of the whole packet, headers included */
  schedule(enqueuedNs: number, bytes: number): Passage {
    const { delayNs, jitterNs } = this.#shape
    const departsNs = Math.max(enqueuedNs, this.#freeNs) + this.#sendingNs(bytes)
    const jitter = jitterNs === 0 ? 0 : (2 * this.#random() - 1) * jitterNs
    const arrivesNs = Math.max(this.#lastArrivalNs, departsNs + Math.max(0, delayNs + jitter))
    this.#freeNs = departsNs
    this.#lastArrivalNs = arrivesNs
    return { departsNs, arrivesNs }
  }

  /** From when on a packet of so many bytes fits the queue, if nothing else comes; one always fits an empty queue. */
  roomAtNs(bytes: number): number {
    return this.#freeNs - this.#sendingNs(Math.max(0, this.#shape.queueBytes - bytes))
  }

  #sendingNs(bytes: number): number {
    const { bitsPerS } = this.#shape
    return bitsPerS === null ? 0 : (bytes * BITS_PER_BYTE * NS_PER_S) / bitsPerS
  }
}
