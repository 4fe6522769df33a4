import { WireRemarks } from '../../model/report/remarks.ts'
import type { CapturedConnection, UnreadBytes } from '../../model/report/tap/captured.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { ConnectionMemory, DissectorSink } from '../../model/wire/frame.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { DetectedConnection, type FrameListener } from '../detection/detected-connection.ts'
import type { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { type End, otherEnd, type Utterance } from './conversations/causal-order.ts'
import type {
  ConversationReader,
  ConversationSums,
  PacketNote,
} from './conversations/tcp-conversation.ts'
import { NetworkPhases } from './network-phases.ts'

/** What identifies a connection for whoever reads of it. */
export interface Identity {
  /** Its place among those of the capture, counted from 1. */
  number: number
  places: Readonly<Record<End, string>>
}

/** How a connection is opened. */
export interface Opening {
  client: End
  /** `joined`: the capture began later. */
  start: 'fresh' | 'joined'
  /** Of the server. */
  port: number
}

/** What all connections of a capture share. */
export interface CaptureContext {
  secrets: TlsSecrets
  memory: ConnectionMemory
  /** Is told every frame of every connection. */
  onFrame?: FrameListener | undefined
  /** Is told the lines of each head of HTTP/1.1, of every connection. */
  onHead?: DissectorSink['head']
}

/**
 * The ledger of one captured connection: its streams are dissected by what its
 * client said first, and each packet's headers go to the phase of what it carried.
 */
export class ConnectionAccount implements ConversationReader {
  readonly #said: DetectedConnection
  readonly #network: NetworkPhases
  readonly #client: End

  constructor(
    { client, start, port }: Opening,
    { secrets, memory, onFrame, onHead }: CaptureContext,
  ) {
    this.#client = client
    this.#said = new DetectedConnection(secrets, {
      onFrame: (frame, speech, subject) => {
        this.#network.frame(frame)
        onFrame?.(frame, speech, subject)
      },
      ...{ memory, start, port, onHead },
    })
    this.#network = new NetworkPhases(this.#said.book)
  }

  say({ end, bytes, missingBytes }: Utterance): void {
    const direction = this.#directionOf(end)
    if (missingBytes > 0) this.#said.missing(direction, missingBytes)
    else this.#said.feed(direction, bytes)
  }

  note({ end, networkBytes, offset, isGoodbye }: PacketNote): void {
    const direction = this.#directionOf(end)
    if (isGoodbye && offset === null) this.#network.goodbye(direction, networkBytes)
    else this.#network.packet(direction, networkBytes, offset)
  }

  describe(
    { beginning, ending, sides }: ConversationSums,
    { number, places }: Identity,
  ): CapturedConnection {
    this.#said.end()
    this.#network.end()
    const { book, messages, units, speech } = this.#said
    const { protocol, tls } = speech ?? { protocol: null, tls: 'none' as const }
    const ends: Record<Direction, End> = { up: this.#client, down: otherEnd(this.#client) }
    const perDirection = (figure: (end: End) => number): ByteTotals => ({
      up: figure(ends.up),
      down: figure(ends.down),
    })
    const remarks = new WireRemarks()
    for (const remark of this.#said.remarks) remarks.add(remark, remark.count)
    for (const direction of DIRECTIONS) {
      const { copies } = sides[ends[direction]]
      const text = 'a packet was captured twice'
      if (copies > 0) remarks.add({ direction, clause: 'RFC 6864 §4', text }, copies)
    }
    return {
      number,
      client: places[ends.up],
      server: places[ends.down],
      protocol,
      tls,
      beginning,
      ending,
      packets: perDirection((end) => sides[end].packets),
      ledger: book.entries(),
      messages: protocol === null ? null : messages,
      units,
      remarks: remarks.list(),
      outcomes: this.#said.outcomes,
      subjects: this.#said.subjects,
      unread: DIRECTIONS.flatMap((direction) =>
        this.#unread(direction, sides[ends[direction]].cutOffBytes),
      ),
      missingBytes: perDirection((end) =>
        // What was left out of a packet is unread: it is known whose it is.
        Math.max(0, sides[end].missingBytes - sides[end].cutOffBytes),
      ),
      repeatedBytes: perDirection((end) => sides[end].repeatedBytes),
    }
  }

  /** What is in no layer, and why. */
  #unread(direction: Direction, cutOffBytes: number): UnreadBytes[] {
    const reason = 'left out of the packets when they were captured'
    return [
      ...this.#said.unread(direction),
      ...(cutOffBytes === 0 ? [] : [{ direction, bytes: cutOffBytes, reason }]),
    ]
  }

  #directionOf = (end: End): Direction => (end === this.#client ? 'up' : 'down')
}
