import { InstrumentError } from '../model/errors.ts'
import type { DissectorFactory, Frame, Unexplained } from '../model/frame.ts'
import { type ByteTotals, LedgerBook, type LedgerEntry, sumLedger } from '../model/ledger.ts'
import type { Protocol } from '../model/words.ts'
import { DIRECTIONS } from '../model/words.ts'
import { DISSECTORS } from './dissectors/index.ts'
import type { ConnectionTap } from './relay.ts'

/** An annotated exchange is for reading; whoever subscribes to a thousand topics still gets a readable one. */
const MAX_EXCHANGE_FRAMES = 64

/** Every byte of one cell: the relay's taps feed a dissector each, and all frames go into one ledger. */
export class ByteAccount {
  readonly #dissect: DissectorFactory
  readonly #book = new LedgerBook()
  readonly #exchange: Frame[] = []
  #firstGap: (Unexplained & { connection: number }) | null = null
  #connections = 0
  #messages = 0
  #messagesUp = 0
  #payloadBytes = 0

  /** @throws InstrumentError `internal` for the protocol `none`, which has no wire */
  constructor(protocol: Protocol) {
    const dissect = DISSECTORS[protocol]
    if (dissect === null) {
      throw new InstrumentError('internal', `protocol ${protocol} has no bytes to account for`)
    }
    this.#dissect = dissect
  }

  /** Messages that crossed the wire: frames of the steady phase that carry a payload, be it empty. */
  get messages(): number {
    return this.#messages
  }

  /** Sum of their payloads, framing excluded. */
  get payloadBytes(): number {
    return this.#payloadBytes
  }

  /** One dissector for one more connection. */
  openTap(): ConnectionTap {
    this.#connections += 1
    const connection = this.#connections
    const dissector = this.#dissect({
      frame: (frame) => this.#add(frame),
      unexplained: (gap) => {
        // What follows the first gap is as a rule its consequence.
        this.#firstGap ??= { ...gap, connection }
      },
    })
    return {
      bytes: (direction, chunk) => dissector.feed(direction, chunk),
      end: () => dissector.end(),
    }
  }

  /**
   * The first byte that no rule explains, on any connection, or null. Where a
   * message failed, this is the better reason: the failure is its consequence.
   */
  unexplained(): InstrumentError | null {
    return this.#firstGap === null ? null : describeGap(this.#firstGap)
  }

  /**
   * Closes the account, after every connection has ended.
   * @param relayTotals what the relay passed on, counted by itself
   * @returns the ledger, those totals, and the frames worth reading: all of
   *   set-up, idle and close, and the steady ones up to the second message
   * @throws InstrumentError `unexplained-bytes` where a dissector met a byte that
   *   no rule explains, `ledger-mismatch` where the layers do not sum to the totals
   */
  settle(relayTotals: ByteTotals): {
    ledger: LedgerEntry[]
    totals: ByteTotals
    exchange: Frame[]
  } {
    const unexplained = this.unexplained()
    if (unexplained !== null) throw unexplained
    const ledger = this.#book.entries()
    for (const direction of DIRECTIONS) {
      const summed = sumLedger(ledger, { direction })
      if (summed !== relayTotals[direction]) {
        throw new InstrumentError(
          'ledger-mismatch',
          `the layers of the ${direction} stream sum to ${summed} bytes, but the relay passed on ${relayTotals[direction]}`,
        )
      }
    }
    return { ledger, totals: { ...relayTotals }, exchange: [...this.#exchange] }
  }

  #add(frame: Frame): void {
    this.#book.add(frame)
    if (frame.phase === 'steady') this.#countMessage(frame)
    // The first message is over where the second begins. That is exact with one
    // message in flight, which is how bytes are measured.
    const worthReading = frame.phase !== 'steady' || this.#messagesUp <= 1
    if (worthReading && this.#exchange.length < MAX_EXCHANGE_FRAMES) this.#exchange.push(frame)
  }

  #countMessage(frame: Frame): void {
    const payloads = frame.parts.filter((part) => part.layer === 'payload')
    if (payloads.length === 0) return
    this.#messages += 1
    if (frame.direction === 'up') this.#messagesUp += 1
    for (const part of payloads) this.#payloadBytes += part.lengthBytes
  }
}

function describeGap(gap: Unexplained & { connection: number }): InstrumentError {
  return new InstrumentError(
    'unexplained-bytes',
    `byte ${gap.offset} of the ${gap.direction} stream of connection ${gap.connection} cannot be explained: ${gap.reason}`,
  )
}
