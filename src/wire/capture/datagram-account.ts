import type { CapturedConnection, UnreadBytes } from '../../model/report/tap/captured.ts'
import { DIRECTIONS, type Direction, type Phase } from '../../model/vocabulary.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { DetectedConnection, type FrameListener } from '../detection/detected-connection.ts'
import { dissectCoap } from '../dissectors/coap/coap.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import type { Identity } from './connection-account.ts'
import { type End, otherEnd } from './conversations/causal-order.ts'
import { isCoapPort, type UdpDatagram } from './packets/udp-datagram.ts'

/** What is encrypted goes to another port. */
const NO_SECRETS = new TlsSecrets()

/**
 * The ledger of what two places said to each other in datagrams of CoAP: each is
 * read whole, and its headers are of the phase of what it carried.
 */
export class DatagramAccount {
  readonly #identity: Identity
  readonly #client: End
  readonly #packets: ByteTotals = { up: 0, down: 0 }
  /** Of datagrams that were not captured whole. */
  readonly #cutOffBytes: ByteTotals = { up: 0, down: 0 }
  readonly #said: DetectedConnection
  #phase: Phase = 'setup'

  /** The client is who talks to the port of the protocol; where both have it, who spoke first. */
  constructor(identity: Identity, ports: Readonly<Record<End, number>>, onFrame?: FrameListener) {
    this.#identity = identity
    this.#client = isCoapPort(ports.second) ? 'first' : 'second'
    this.#said = new DetectedConnection(NO_SECRETS, {
      onFrame: (frame, speech, subject) => {
        this.#phase = frame.phase
        onFrame?.(frame, speech, subject)
      },
      known: { protocol: 'coap', dissect: dissectCoap },
    })
  }

  /** @param ipBytes total length of the IP packet */
  add(end: End, { payload, payloadBytes }: UdpDatagram, ipBytes: number): void {
    const direction: Direction = end === this.#client ? 'up' : 'down'
    this.#packets[direction] += 1
    if (payload.length === payloadBytes) this.#said.feed(direction, payload)
    else this.#cutOffBytes[direction] += payloadBytes
    const place = { phase: this.#phase, direction }
    this.#said.book.addBytes(place, 'network', ipBytes - payloadBytes)
  }

  describe(): CapturedConnection {
    this.#said.end()
    const { book, messages, units } = this.#said
    const { number, places } = this.#identity
    return {
      number,
      client: places[this.#client],
      server: places[otherEnd(this.#client)],
      protocol: 'coap',
      tls: 'none',
      // Datagrams neither begin nor end anything.
      beginning: 'captured',
      ending: 'finished',
      packets: this.#packets,
      ledger: book.entries(),
      messages,
      units,
      remarks: this.#said.remarks,
      outcomes: this.#said.outcomes,
      subjects: this.#said.subjects,
      missingBytes: { up: 0, down: 0 },
      unread: DIRECTIONS.flatMap((direction) => this.#unread(direction)),
      repeatedBytes: { up: 0, down: 0 },
    }
  }

  #unread(direction: Direction): UnreadBytes[] {
    const bytes = this.#cutOffBytes[direction]
    const reason = 'in datagrams that were not captured whole'
    return [...this.#said.unread(direction), ...(bytes === 0 ? [] : [{ direction, bytes, reason }])]
  }
}
