import type { CapturedConnection } from '../../model/report/tap/captured.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { type ByteTotals, LedgerBook, mergeLedgers } from '../../model/wire/ledger.ts'
import { detectProtocol, isStatusLine } from '../detection/signatures.ts'
import type { ConnectionAccounts } from './accounts/connection-accounts.ts'
import type { Identity } from './connection-account.ts'
import { type End, otherEnd, type Utterance } from './conversations/causal-order.ts'
import { TcpConversation, type TcpPacket } from './conversations/tcp-conversation.ts'
import type { TcpSegmentHead } from './packets/tcp-segment.ts'

const LATE = 'in packets that came long after their connection had ended'

/**
 * One TCP connection of a capture. Once it is over, and nothing of it can be on
 * its way any more, only what it cost is kept.
 */
export class TcpConnection {
  readonly #identity: Identity
  readonly #accounts: ConnectionAccounts
  /** Null once nothing is expected to be said any more. */
  #conversation: TcpConversation | null
  #client: End = 'first'
  /** What came after it was settled. */
  #late: { book: LedgerBook; payloadBytes: ByteTotals; packets: ByteTotals } | null = null

  constructor(
    identity: Identity,
    ports: Readonly<Record<End, number>>,
    accounts: ConnectionAccounts,
  ) {
    this.#identity = identity
    this.#accounts = accounts
    const conversation: TcpConversation = new TcpConversation((beginning) => {
      const client = chooseClient(conversation.opener, ports, beginning)
      this.#client = client
      const start = conversation.opener === null ? 'joined' : 'fresh'
      return accounts.open(identity.number, { client, start, port: ports[otherEnd(client)] })
    })
    this.#conversation = conversation
  }

  /** Both ends have said goodbye, or one has reset it. */
  get isOver(): boolean {
    return this.#conversation === null || this.#conversation.isOver
  }

  /** Whether a segment opens another connection between the same two places. */
  isReplacedBy(end: End, segment: TcpSegmentHead): boolean {
    if (this.#conversation !== null) return this.#conversation.isReplacedBy(end, segment)
    return segment.isSyn && segment.acknowledgement === null
  }

  add(end: End, packet: TcpPacket): void {
    if (this.#conversation === null) this.#addLate(end, packet)
    else this.#conversation.add(end, packet)
  }

  /** Nothing more is expected: its streams and its dissector are let go. */
  settle(): void {
    const conversation = this.#conversation
    if (conversation === null) return
    this.#conversation = null
    // Opens its account, if nothing has until then.
    conversation.end()
    this.#accounts.settle(this.#identity, conversation.sums())
  }

  /** Once it is settled. */
  describe(): CapturedConnection {
    const described = this.#accounts.described(this.#identity.number)
    if (this.#late === null) return described
    const { book, payloadBytes, packets } = this.#late
    const unread = DIRECTIONS.filter((direction) => payloadBytes[direction] > 0).map(
      (direction) => ({ direction, bytes: payloadBytes[direction], reason: LATE }),
    )
    return {
      ...described,
      packets: {
        up: described.packets.up + packets.up,
        down: described.packets.down + packets.down,
      },
      ledger: mergeLedgers([described.ledger, book.entries()]),
      unread: [...described.unread, ...unread],
    }
  }

  #addLate(end: End, { segment: { payloadBytes }, ipBytes }: TcpPacket): void {
    const direction: Direction = end === this.#client ? 'up' : 'down'
    this.#late ??= {
      book: new LedgerBook(),
      payloadBytes: { up: 0, down: 0 },
      packets: { up: 0, down: 0 },
    }
    const { book } = this.#late
    book.addBytes({ phase: 'close', direction }, 'network', ipBytes - payloadBytes)
    this.#late.payloadBytes[direction] += payloadBytes
    this.#late.packets[direction] += 1
  }
}

const ENDS: readonly End[] = ['first', 'second']
const NOTHING = new Uint8Array(0)

/**
 * Which end is the client: who opened the connection; where the capture began
 * later, who speaks as the client of a protocol does, or is answered as one; else
 * who is not on the lower port, since services have the low ones.
 */
function chooseClient(
  opener: End | null,
  ports: Readonly<Record<End, number>>,
  beginning: readonly Utterance[],
): End {
  if (opener !== null) return opener
  const firstOf = (end: End): Uint8Array =>
    beginning.find((utterance) => utterance.end === end)?.bytes ?? NOTHING
  const client = ENDS.find((end) => detectProtocol(firstOf(end))?.kind === 'known')
  if (client !== undefined) return client
  const server = ENDS.find((end) => isStatusLine(firstOf(end)))
  if (server !== undefined) return otherEnd(server)
  return ports.first < ports.second ? otherEnd('first') : 'first'
}
