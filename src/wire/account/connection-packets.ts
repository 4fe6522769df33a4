import {
  SEGMENT_HEADER_BYTES,
  SEGMENT_PAYLOAD_BYTES,
  SYN_BYTES,
  SYN_TIME_STAMP_BYTES,
  TIME_STAMP_BYTES,
} from '../../model/link/packets.ts'
import type { Direction, Phase } from '../../model/vocabulary.ts'
import type { LedgerBook } from '../../model/wire/ledger.ts'

/** What one side says before the other says anything: the sizes of its writes, in bytes. */
export interface Turn {
  phase: Phase
  direction: Direction
  writes: number[]
}

/** Turns of which each follows at once from the one before. What comes after comes in its own time. */
export type Exchange = Turn[]

/** What published figures often leave out. */
export interface SegmentRules {
  /** Segments that carry nothing: those that acknowledge alone, the third of the handshake among them. */
  readonly pureAcknowledgements: 'counted' | 'left-out'
  /** RFC 7323: 12 bytes of each segment's header. */
  readonly timeStamps: 'counted' | 'left-out'
  /**
   * Where TLS ends and the application begins. `as-clients-do`: what is measured
   * with this program's clients and servers. `in-one-packet`: a device's first words
   * go with the end of its handshake, and a server's tickets by themselves.
   */
  readonly firstWords: 'as-clients-do' | 'in-one-packet'
  /** Of a request of HTTP/1.1: whether its content is a write of its own, as on ESP8266; with its head if left out. */
  readonly httpContent?: 'with-head' | 'apart' | undefined
}

export const LINUX_RULES: SegmentRules = {
  ...{ pureAcknowledgements: 'counted', timeStamps: 'counted' },
  firstWords: 'as-clients-do',
}

/** Which side leaves acknowledging to the answer that it is about to send. */
type Interactive = Record<Direction, boolean>

interface Receivers {
  readonly interactive: Interactive
  /** Segments that have come, and that nothing has acknowledged. */
  readonly waiting: Record<Direction, number>
}

const REVERSE: Record<Direction, Direction> = { up: 'down', down: 'up' }

/** Enters the packets of one connection into a book. */
export class ConnectionPackets {
  readonly #book: LedgerBook
  readonly #rules: SegmentRules
  readonly #headerBytes: number
  readonly #segmentBytes: number

  constructor(book: LedgerBook, rules: SegmentRules) {
    this.#book = book
    this.#rules = rules
    const left = rules.timeStamps === 'left-out' ? TIME_STAMP_BYTES : 0
    this.#headerBytes = SEGMENT_HEADER_BYTES - left
    this.#segmentBytes = SEGMENT_PAYLOAD_BYTES + left
  }

  /** @param closesFirst null: nobody closes it */
  add(exchanges: Iterable<Exchange>, closesFirst: Direction | null): void {
    this.#addSyn('up')
    this.#addSyn('down')
    this.#acknowledgements('setup', 'up', 1)
    const state: Receivers = {
      interactive: { up: false, down: false },
      waiting: { up: 0, down: 0 },
    }
    let held: Exchange | null = null
    for (const exchange of exchanges) {
      if (held !== null) this.#addExchange(held, state, null)
      held = exchange
    }
    if (held !== null) this.#addExchange(held, state, closesFirst)
    if (closesFirst === null) return
    // FIN, FIN with an acknowledgement, and the last acknowledgement.
    this.#segments('close', closesFirst, 1)
    this.#segments('close', REVERSE[closesFirst], 1)
    this.#acknowledgements('close', closesFirst, 1)
  }

  /** @param closesFirst who closes after it; null where it is not the last */
  #addExchange(
    exchange: Exchange,
    { interactive, waiting }: Receivers,
    closesFirst: Direction | null,
  ): void {
    exchange.forEach((turn, place) => {
      const { phase, direction } = turn
      const receiver = REVERSE[direction]
      const next = exchange[place + 1]
      // The FIN of who closes first; or that of a server, which has the device's with its goodbye.
      const isGoodbye = phase === 'close' && direction === 'up'
      const closes = closesFirst !== null && (closesFirst === receiver || isGoodbye)
      if (place > 0) interactive[direction] = true
      const segments = this.#segmentsOf(turn)
      this.#segments(phase, direction, segments)
      waiting[direction] = 0
      waiting[receiver] += segments
      const isAnswered = next !== undefined || closes
      const pure = acknowledge(waiting[receiver], isAnswered, interactive, receiver)
      this.#acknowledgements(phase, receiver, pure)
      // What comes next from the same side counts with what still waits for an answer.
      const isHeld = next?.direction === direction && interactive[receiver]
      waiting[receiver] = isHeld ? waiting[receiver] % 2 : 0
    })
  }

  #segmentsOf({ writes }: Turn): number {
    return writes.reduce((sum, bytes) => sum + Math.ceil(bytes / this.#segmentBytes), 0)
  }

  #addSyn(direction: Direction): void {
    const left = this.#rules.timeStamps === 'left-out' ? SYN_TIME_STAMP_BYTES : 0
    this.#book.addPackets({ phase: 'setup', direction }, 1, SYN_BYTES - left, 'modelled')
  }

  #segments(phase: Phase, direction: Direction, count: number): void {
    if (count === 0) return
    this.#book.addPackets({ phase, direction }, count, count * this.#headerBytes, 'modelled')
  }

  #acknowledgements(phase: Phase, direction: Direction, count: number): void {
    if (this.#rules.pureAcknowledgements === 'counted') this.#segments(phase, direction, count)
  }
}

/** @returns how many acknowledgements travel alone */
function acknowledge(
  segments: number,
  isAnswered: boolean,
  interactive: Interactive,
  receiver: Direction,
): number {
  const atOnce = Math.floor(segments / 2)
  if (segments % 2 === 0) return atOnce
  if (!interactive[receiver]) return atOnce + 1
  if (isAnswered) return atOnce
  interactive[receiver] = false
  return atOnce + 1
}
