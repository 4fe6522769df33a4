import type { ConnectionEnd } from '../../model/report/tap/meter-figures.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import { roundTripsOf } from '../../wire/account/round-trips.ts'
import { beginsMessage, type Speech } from '../../wire/detection/detected-connection.ts'
import { tlsVersionOf } from '../../wire/detection/tls-version.ts'
import type { TappedConnection } from '../tapped-connection.ts'
import { Tallies } from './tallies.ts'

/** What was not asked for. */
export const OTHERS = 'others'

/** Under what a connection is added up. */
export interface TrafficLabel {
  protocol: string
  tls: string
}

/** A hello is no longer, as a rule; from a longer one its version is not read. */
const MAX_HELLO_BYTES = 4096

/** What is counted of one connection beside its ledger. */
export class ConnectionMeter {
  readonly #tallies = new Tallies()
  /** Payload of the message that is not over yet, by direction; null where there is none. */
  readonly #begun: Record<Direction, number | null> = { up: null, down: null }
  #tls: string | null = null
  #hello: Uint8Array = new Uint8Array(0)
  #isAnswered = false
  #isTunnel = false
  #label: TrafficLabel | null = null

  /** What a server says first, where it may be TLS. */
  heard(direction: Direction, chunk: Uint8Array, speech: Speech | null): void {
    if (this.#tls !== null || direction === 'up' || speech?.tls !== 'closed') return
    this.#hello = Buffer.concat([this.#hello, chunk])
    this.#tls = tlsVersionOf(this.#hello)
    if (this.#hello.length > MAX_HELLO_BYTES) this.#tls ??= 'other'
    if (this.#tls !== null) this.#hello = new Uint8Array(0)
  }

  frame(frame: Frame, subject: string | null): void {
    const { direction, phase, label } = frame
    const roundTrips = roundTripsOf(frame)
    if (roundTrips > 0) this.#tallies.addRoundTrips(phase, roundTrips)
    if (subject?.startsWith('CONNECT ')) this.#isTunnel = true
    if (direction === 'down' && label === 'response') this.#isAnswered = !this.#isTunnel
    if (phase !== 'steady') return
    let payload: number | null = null
    let qos = ''
    for (const part of frame.parts) {
      if (part.layer === 'payload') payload = (payload ?? 0) + part.lengthBytes
      else if (label === 'PUBLISH' && part.label === FLAGS) qos = qosOf(part.text)
    }
    if (beginsMessage(frame, payload !== null)) {
      this.#finish(direction)
      this.#tallies.addMessage(direction, qos)
      // Where it does not say, a frame is a whole message.
      if (frame.message === undefined) this.#tallies.addPayload(direction, payload ?? 0)
      else this.#begun[direction] = payload ?? 0
    } else if (payload !== null) {
      this.#begun[direction] = (this.#begun[direction] ?? 0) + payload
    }
  }

  end(): void {
    for (const direction of DIRECTIONS) this.#finish(direction)
  }

  /**
   * Under what the connection is added up, from the first time that this is certain:
   * what was told once never falls. An HTTP/1.1 connection may still become another one
   * before it is answered (RFC 9110 §7.8), and TLS has its version from its server.
   */
  label(
    connection: TappedConnection,
    isWanted: (connection: TappedConnection) => boolean,
  ): TrafficLabel | null {
    if (this.#label !== null) return this.#label
    const { account, state } = connection
    const { speech } = account
    const mayChange =
      speech === null ||
      (speech.tls === 'closed' && this.#tls === null) ||
      (speech.protocol === 'http/1.1' && !this.#isAnswered)
    if (state === 'open' && mayChange) return null
    const protocol = isWanted(connection) ? connection.protocol : OTHERS
    this.#label = { protocol, tls: speech?.tls === 'closed' ? (this.#tls ?? 'other') : '' }
    return this.#label
  }

  /** All but the ledger, added to what there is. Of what was not asked for, its bytes. */
  addTo(sum: Tallies, connection: TappedConnection): void {
    const end = endOf(connection)
    if (end !== null) sum.addEnd(end)
    const isOther = this.#label?.protocol === OTHERS
    if (!isOther) sum.addAll(this.#tallies)
    for (const direction of DIRECTIONS) {
      if (isOther) {
        sum.addUnread(direction, 'others', connection.wireBytes[direction])
        continue
      }
      const skipped = connection.skippedBytes[direction]
      sum.addUnread(direction, 'encrypted', connection.account.encrypted(direction).bytes)
      sum.addUnread(direction, 'too_fast', skipped)
      // What is half read may be explained as long as more can come.
      if (end === null) continue
      const lost = connection.losses(direction).reduce((bytes, loss) => bytes + loss.bytes, 0)
      sum.addUnread(direction, 'unexplained', lost - skipped)
    }
  }

  /** Wire bytes of an open connection that are in its ledger, or known to be in none. */
  toldBytes({ account, skippedBytes, wireBytes }: TappedConnection, direction: Direction): number {
    if (this.#label?.protocol === OTHERS) return wireBytes[direction]
    const unread = account.encrypted(direction).bytes + skippedBytes[direction]
    return account.book.wireBytes(direction) + unread
  }

  #finish(direction: Direction): void {
    const bytes = this.#begun[direction]
    if (bytes !== null) this.#tallies.addPayload(direction, bytes)
    this.#begun[direction] = null
  }
}

function endOf({ state, fault }: TappedConnection): ConnectionEnd | null {
  if (state === 'open') return null
  return fault === null ? 'closed' : fault.side
}

const FLAGS = 'packet type and flags'
/** Of `PUBLISH QoS 1, DUP`. */
const qosOf = (text = ''): string => text.charAt('PUBLISH QoS '.length)
