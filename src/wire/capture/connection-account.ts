import type { CapturedConnection, UnreadBytes } from '../../model/report/captured.ts'
import { DIRECTIONS, type Direction, type Phase } from '../../model/vocabulary.ts'
import type { ConnectionMemory } from '../../model/wire/frame.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { DetectedConnection } from '../detection/detected-connection.ts'
import type { TlsSecrets } from '../dissectors/tls/tls-secrets.ts'
import { chooseClient } from './choose-client.ts'
import { inCausalOrder } from './conversations/causal-order.ts'
import { type End, otherEnd, type TcpConversation } from './conversations/tcp-conversation.ts'
import { PhaseRuns } from './phase-runs.ts'

/** What all connections of a capture share. */
export interface CaptureContext {
  secrets: TlsSecrets
  memory: ConnectionMemory
}

/**
 * The ledger of one captured connection: its streams are dissected by what its
 * client said first, and each packet's headers go to the phase of what it carried.
 */
export function accountFor(
  conversation: TcpConversation,
  number: number,
  { secrets, memory }: CaptureContext,
): CapturedConnection {
  const client = chooseClient(conversation)
  const ends: Record<Direction, End> = { up: client, down: otherEnd(client) }
  const account = new ConnectionAccount(conversation, ends, { secrets, memory })
  account.dissect()
  account.addNetwork()
  const { book, messages, units, speech } = account.said
  const { protocol, tls } = speech ?? { protocol: null, tls: 'none' as const }
  const { sides } = conversation
  const perDirection = (figure: (end: End) => number): ByteTotals => ({
    up: figure(ends.up),
    down: figure(ends.down),
  })
  return {
    number,
    client: sides[ends.up].place,
    server: sides[ends.down].place,
    protocol,
    tls,
    beginning: conversation.opener === null ? 'joined' : 'captured',
    ending: conversation.isReset ? 'reset' : conversation.isOver ? 'finished' : 'missing',
    packets: perDirection((end) => sides[end].packets),
    ledger: book.entries(),
    messages: protocol === null ? null : messages,
    units,
    unread: account.unread(),
    remarks: account.said.remarks,
    outcomes: account.said.outcomes,
    missingBytes: perDirection((end) => sides[end].stream.missingBytes),
    repeatedBytes: perDirection((end) => sides[end].repeatedBytes),
  }
}

class ConnectionAccount {
  readonly said: DetectedConnection
  readonly #conversation: TcpConversation
  readonly #ends: Record<Direction, End>
  readonly #phases = new PhaseRuns()

  constructor(
    conversation: TcpConversation,
    ends: Record<Direction, End>,
    { secrets, memory }: CaptureContext,
  ) {
    this.#conversation = conversation
    this.#ends = ends
    this.said = new DetectedConnection(secrets, {
      onFrame: (frame) => this.#phases.add(frame),
      memory,
    })
  }

  dissect(): void {
    const { first, second } = this.#conversation.sides
    const spoken = { first: first.utterances, second: second.utterances }
    for (const { end, bytes } of inCausalOrder(spoken)) {
      this.said.feed(this.#directionOf(end), bytes)
    }
    this.said.end()
  }

  /** Headers, and what came again. A packet without payload is of the phase of the last that had some. */
  addNetwork(): void {
    let latest: Phase = 'setup'
    for (const { end, networkBytes, offset, isGoodbye } of this.#conversation.notes) {
      const direction = this.#directionOf(end)
      if (offset !== null) latest = this.#phases.at(direction, offset)
      const phase = isGoodbye && offset === null ? 'close' : latest
      this.said.book.addBytes({ phase, direction }, 'network', networkBytes)
    }
  }

  /** What is in no layer, and why. */
  unread(): UnreadBytes[] {
    return DIRECTIONS.flatMap((direction) => {
      const { stream, cutOffBytes } = this.#conversation.sides[this.#ends[direction]]
      const missing: [number, string][] = [
        [
          stream.waitingBytes,
          `behind ${stream.missingBytes} bytes that the capture does not have, at byte ${stream.deliveredBytes}`,
        ],
        [cutOffBytes, 'left out of the packets when they were captured'],
      ]
      return [
        ...this.said.unread(direction),
        ...missing
          .filter(([bytes]) => bytes > 0)
          .map(([bytes, reason]) => ({ direction, bytes, reason })),
      ]
    })
  }

  #directionOf = (end: End): Direction => (end === this.#ends.up ? 'up' : 'down')
}
