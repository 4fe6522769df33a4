import type { CapturedConnection } from '../../model/report/tap/captured.ts'
import type { Direction } from '../../model/vocabulary.ts'
import { LedgerBook, mergeLedgers } from '../../model/wire/ledger.ts'
import { chooseClient } from './choose-client.ts'
import { type CaptureContext, ConnectionAccount } from './connection-account.ts'
import { type End, otherEnd } from './conversations/causal-order.ts'
import { TcpConversation, type TcpPacket } from './conversations/tcp-conversation.ts'
import type { TcpSegmentHead } from './packets/tcp-segment.ts'

/** What identifies a connection for whoever reads of it. */
interface Identity {
  /** Its place among those of the capture, counted from 1. */
  number: number
  places: Readonly<Record<End, string>>
}

/** What is held while packets come that say something. */
interface Live {
  conversation: TcpConversation
  account: ConnectionAccount | null
}

const LATE = 'in packets that came long after their connection had ended'

/**
 * One TCP connection of a capture. Once it is over, and nothing of it can be on
 * its way any more, only what it cost is kept.
 */
export class TcpConnection {
  readonly #identity: Identity
  #live: Live | null
  #described: CapturedConnection | null = null
  #client: End = 'first'
  /** What came after it was settled. */
  #late: { book: LedgerBook; payloadBytes: Record<Direction, number> } | null = null

  constructor(identity: Identity, ports: Readonly<Record<End, number>>, context: CaptureContext) {
    this.#identity = identity
    const conversation: TcpConversation = new TcpConversation((beginning) => {
      const client = chooseClient(conversation.opener, ports, beginning)
      this.#client = client
      live.account = new ConnectionAccount(client, context, {
        start: conversation.opener === null ? 'joined' : 'fresh',
        port: ports[otherEnd(client)],
      })
      return live.account
    })
    const live: Live = { conversation, account: null }
    this.#live = live
  }

  /** Both ends have said goodbye, or one has reset it. */
  get isOver(): boolean {
    return this.#live === null || this.#live.conversation.isOver
  }

  /** Whether a segment opens another connection between the same two places. */
  isReplacedBy(end: End, segment: TcpSegmentHead): boolean {
    if (this.#live !== null) return this.#live.conversation.isReplacedBy(end, segment)
    return segment.isSyn && segment.acknowledgement === null
  }

  add(end: End, packet: TcpPacket): void {
    if (this.#live === null) this.#addLate(end, packet)
    else this.#live.conversation.add(end, packet)
  }

  /** Nothing more is expected: its streams and its dissector are let go. */
  settle(): void {
    if (this.#live === null) return
    const { conversation } = this.#live
    conversation.end()
    const { number, places } = this.#identity
    this.#described = this.#live.account?.describe(conversation, number, places) ?? null
    this.#live = null
  }

  describe(): CapturedConnection {
    this.settle()
    // Its end has opened its account at the latest.
    const described = this.#described as CapturedConnection
    if (this.#late === null) return described
    const { book, payloadBytes } = this.#late
    const unread = (['up', 'down'] as const)
      .filter((direction) => payloadBytes[direction] > 0)
      .map((direction) => ({ direction, bytes: payloadBytes[direction], reason: LATE }))
    return {
      ...described,
      ledger: mergeLedgers([described.ledger, book.entries()]),
      unread: [...described.unread, ...unread],
    }
  }

  #addLate(end: End, { segment: { payloadBytes }, ipBytes }: TcpPacket): void {
    const direction: Direction = end === this.#client ? 'up' : 'down'
    this.#late ??= { book: new LedgerBook(), payloadBytes: { up: 0, down: 0 } }
    const { book } = this.#late
    book.addBytes({ phase: 'close', direction }, 'network', ipBytes - payloadBytes)
    this.#late.payloadBytes[direction] += payloadBytes
    if (this.#described !== null) this.#described.packets[direction] += 1
  }
}
