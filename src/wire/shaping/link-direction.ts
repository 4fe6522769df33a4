import { FULL_PACKET_BYTES, SEGMENT_PAYLOAD_BYTES } from '../../model/link/packets.ts'
import { type LinkClock, LinkTimer } from './link-timer.ts'
import { type DirectionShape, LinkSchedule } from './schedule.ts'

interface Travelling {
  arrivesNs: number
  arrive: (arrivedNs: number) => void
}

/** So many packets that have arrived are forgotten at once: shifting a long array costs each time. */
const FORGOTTEN_AT_ONCE = 1_024

/**
 * One direction of a device's link: what all of its connections send shares one
 * queue and one rate, and arrives in the order in which it was sent.
 */
export class LinkDirection {
  /** What one packet carries of a byte stream. Without a rate packets cost nothing, and nothing is split. */
  readonly segmentBytes: number
  readonly #schedule: LinkSchedule
  readonly #now: LinkClock
  readonly #arrivals: LinkTimer
  readonly #room: LinkTimer
  readonly #travelling: Travelling[] = []
  /** The first of them that has not arrived. */
  #next = 0
  readonly #waiting: (() => void)[] = []
  #isStopped = false

  constructor(shape: DirectionShape, random: () => number, now: LinkClock) {
    this.segmentBytes = shape.bitsPerS === null ? Number.POSITIVE_INFINITY : SEGMENT_PAYLOAD_BYTES
    this.#schedule = new LinkSchedule(shape, random)
    this.#now = now
    this.#arrivals = new LinkTimer(now, () => this.#deliver())
    this.#room = new LinkTimer(now, () => this.#admit())
  }

  /** Whether a full packet fits the queue, and nobody has waited longer for that. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#fits(FULL_PACKET_BYTES)
  }

  /** Calls once, later, when there is room for a full packet: those who wait take turns. */
  whenRoom(go: () => void): void {
    if (this.#isStopped) return
    this.#waiting.push(go)
    this.#room.callAt(this.#schedule.roomAtNs(FULL_PACKET_BYTES))
  }

  /**
   * Sends a packet, whether or not the queue is full.
   * @param bytes of it, headers included
   * @param arrive called when it is at the other end, with the instant that it was due there
   * @param sentNs where it follows from an arrival: that instant; now if left out
   */
  send(bytes: number, arrive: (arrivedNs: number) => void, sentNs = this.#now()): void {
    if (this.#isStopped) return
    const { arrivesNs } = this.#schedule.schedule(sentNs, bytes)
    this.#travelling.push({ arrivesNs, arrive })
    this.#arrivals.callAt(arrivesNs)
  }

  /** Sends a datagram; where the queue is full it is dropped, as a router does. */
  sendOrDrop(bytes: number, arrive: () => void): void {
    if (this.#fits(bytes)) this.send(bytes, arrive)
  }

  /** For good: whatever is on its way never arrives, and whatever is sent from now on. */
  stop(): void {
    this.#isStopped = true
    this.#arrivals.stop()
    this.#room.stop()
    this.#travelling.length = 0
    this.#next = 0
    this.#waiting.length = 0
  }

  #fits(bytes: number): boolean {
    return this.#now() >= this.#schedule.roomAtNs(bytes)
  }

  #deliver(): void {
    const now = this.#now()
    for (;;) {
      const head = this.#travelling[this.#next]
      if (head === undefined) break
      if (head.arrivesNs > now) {
        this.#arrivals.callAt(head.arrivesNs)
        break
      }
      this.#next += 1
      head.arrive(head.arrivesNs)
    }
    if (this.#next < FORGOTTEN_AT_ONCE && this.#next < this.#travelling.length) return
    this.#travelling.splice(0, this.#next)
    this.#next = 0
  }

  #admit(): void {
    this.#waiting.shift()?.()
    if (this.#waiting.length > 0) this.#room.callAt(this.#schedule.roomAtNs(FULL_PACKET_BYTES))
  }
}
