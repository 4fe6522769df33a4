import { InstrumentError } from '../../model/errors.ts'
import { tcpHeaderBytes, udpHeaderBytes, udpPackets } from '../../model/link/packets.ts'
import type { FirstMessage, Renewals, RoundTrips, Wakes } from '../../model/report/report.ts'
import { said } from '../../model/said/said.ts'
import type { Direction, Flow, Phase, Protocol } from '../../model/vocabulary.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, Frame, Unexplained } from '../../model/wire/frame.ts'
import {
  type ByteTotals,
  LedgerBook,
  type LedgerEntry,
  sumLedger,
} from '../../model/wire/ledger.ts'
import { dissectorOf, type WireProtocol } from '../dissectors/index.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import type { ConnectionTap } from '../relay/tcp-relay.ts'
import { CostBook } from './cost-book.ts'
import { ExchangeBook } from './exchange-book.ts'
import { FrameSummer, type FrameSums } from './frame-sums.ts'
import { countsRoundTrips } from './round-trips.ts'
import type { SegmentModel } from './segment-model.ts'

/** What crossed a connection while nobody had anything to say. */
export interface IdleBytes {
  readonly wireBytes: number
  /** Of the packets that they went in; pure acknowledgements are none of them. */
  readonly headerBytes: number
}

/** Every byte of one cell: the relay's taps feed a dissector each, and all frames go into one ledger. */
export class ByteAccount {
  readonly #dissect: DissectorFactory
  readonly #book = new LedgerBook()
  readonly #costs = new CostBook()
  readonly #sums = new FrameSummer()
  readonly #protocol: Protocol
  readonly #isRoundtrip: boolean
  readonly #segments: SegmentModel | null
  readonly #secrets = new TlsSecrets()
  readonly #exchange = new ExchangeBook()
  readonly #messagesOf = new Map<number, number>()
  /** Those in use before the first message was through. */
  readonly #firstConnections = new Set<number>()
  #mostOnOneConnection = 0
  #firstGap: (Unexplained & { connection: number }) | null = null
  #connections = 0
  /** Those of them that TCP opened: datagrams need no handshake. */
  #tcpConnections = 0
  #messages = 0
  /** The direction of the first message. What goes the other way answers it, or nothing does. */
  #leading: Direction | null = null
  #messagesLed = 0
  #payloadBytes = 0
  #idleHeaderBytes = 0

  /**
   * @param flow `uplink` if left out; in a `roundtrip` a message is a command
   *   down with the state that the device reports up
   * @param segments is told every frame of a TCP connection; nobody if left out
   * @throws InstrumentError `internal` for the protocol `none`, which has no wire
   */
  constructor(wire: WireProtocol, flow: Flow = 'uplink', segments: SegmentModel | null = null) {
    this.#segments = segments
    const { protocol } = wire
    const dissect = dissectorOf(wire, this.#secrets)
    if (dissect === null) {
      throw new InstrumentError('internal', `protocol ${protocol} has no bytes to account for`)
    }
    this.#dissect = dissect
    this.#protocol = protocol
    this.#isRoundtrip = flow === 'roundtrip'
  }

  /** One line of the key log of a TLS socket whose connection is tapped. */
  readonly learnSecret = (line: string): void => this.#secrets.learn(line)

  /** Messages that crossed the wire in the steady phase, each with a payload, be it empty; in a `roundtrip` those down. */
  get messages(): number {
    return this.#messages
  }

  /** Sum of all payloads, framing excluded. */
  get payloadBytes(): number {
    return this.#payloadBytes
  }

  /** The idle phase so far: what it grows by is what waiting takes. */
  get idle(): IdleBytes {
    return { wireBytes: this.#costs.phase('idle').wireBytes, headerBytes: this.#idleHeaderBytes }
  }

  /** Connections that were opened between messages without the server having ended one. */
  get unaskedConnections(): number {
    return this.#costs.unasked
  }

  /** One dissector for one more connection. */
  openTap(): ConnectionTap {
    this.#connections += 1
    const connection = this.#connections
    const dissector: Dissector = this.#dissect({
      frame: (frame) => {
        this.#add(frame, connection)
        const { phase, lengthBytes } = frame
        const isDatagram = dissector.carrier === 'datagrams'
        if (!isDatagram) this.#segments?.add(frame, connection)
        if (!isDatagram && phase !== 'idle') return
        const headers = (isDatagram ? udpHeaderBytes : tcpHeaderBytes)(lengthBytes)
        if (phase === 'idle') this.#idleHeaderBytes += headers
        if (isDatagram) this.#book.addPackets(frame, udpPackets(lengthBytes), headers, 'modelled')
      },
      unexplained: (gap) => {
        // What follows the first gap is as a rule its consequence.
        this.#firstGap ??= { ...gap, connection }
      },
    })
    const carrier = dissector.carrier ?? 'tcp'
    this.#costs.open(carrier, this.#messages === 0)
    if (carrier === 'tcp') {
      this.#tcpConnections += 1
      this.#segments?.open(connection)
    }
    return {
      bytes: (direction, chunk) => dissector.feed(direction, chunk),
      finished: (direction) => this.#costs.end(connection, direction),
      broken: ({ side }) => this.#costs.end(connection, side === 'client' ? 'up' : 'down'),
      end: () => dissector.end(),
    }
  }

  /**
   * The first byte that no rule explains, on any connection, or null. Where a
   * message failed, this is the better reason: the failure is its consequence.
   */
  unexplained(): InstrumentError | null {
    if (this.#firstGap === null) return null
    const { offset, direction, connection, reason: why } = this.#firstGap
    const what = said('unexplainedByte', { offset, direction, connection, why })
    return new InstrumentError('unexplained-bytes', what)
  }

  /**
   * Closes the account, after every connection has ended.
   * @param relayTotals what the relay passed on, counted by itself
   * @param messagesPerWake for how many messages a connection is opened, where it is for several
   * @returns the ledger, those totals, and the frames worth reading, on the
   *   connections that were there for the first message; with them the round trips,
   *   null where the protocol's cannot be told from its frames, what the first
   *   message cost, and what the server's ends of connections did, where it ended any
   * @throws InstrumentError `unexplained-bytes` where a dissector met a byte that
   *   no rule explains, `ledger-mismatch` where the layers do not sum to the totals
   */
  settle(
    relayTotals: ByteTotals,
    messagesPerWake?: number,
  ): {
    ledger: LedgerEntry[]
    totals: ByteTotals
    exchange: Frame[]
    roundTrips: RoundTrips | null
    firstMessage: FirstMessage
    wakes?: Wakes
    renewals: Renewals | null
  } {
    const unexplained = this.unexplained()
    if (unexplained !== null) throw unexplained
    const ledger = this.#book.entries()
    for (const direction of DIRECTIONS) {
      const summed = sumLedger(ledger, { direction })
      if (summed !== relayTotals[direction]) {
        throw new InstrumentError(
          'ledger-mismatch',
          said('otherLayerBytes', { direction, summed, passed: relayTotals[direction] }),
        )
      }
    }
    const roundTrips = this.#roundTrips()
    return {
      ledger,
      totals: { ...relayTotals },
      exchange: this.#exchange.frames(),
      roundTrips,
      firstMessage: this.#firstMessage(roundTrips, messagesPerWake === undefined),
      ...(messagesPerWake !== undefined && { wakes: this.#costs.wakes(messagesPerWake) }),
      renewals: this.#costs.renewals(),
    }
  }

  #roundTrips(): RoundTrips | null {
    if (!countsRoundTrips(this.#protocol)) return null
    const count = (phase: Phase): number => this.#costs.phase(phase).roundTrips
    return {
      setup: count('setup'),
      steady: count('steady'),
      steadyPerMessage: this.#messages === 0 ? null : count('steady') / this.#messages,
      idle: count('idle'),
      close: count('close'),
      connections: this.#tcpConnections,
      tcp: { roundTrips: this.#tcpConnections, basis: 'derived' },
    }
  }

  #firstMessage(roundTrips: RoundTrips | null, mayBeKept: boolean): FirstMessage {
    const onOwnConnection = this.#messages > 1 && this.#mostOnOneConnection === 1
    const cost = this.#costs.first(mayBeKept && !onOwnConnection)
    return {
      connection: onOwnConnection ? 'own' : 'kept',
      wireBytes: cost.wireBytes,
      roundTrips: roundTrips === null ? null : cost.roundTrips,
    }
  }

  #add(frame: Frame, connection: number): void {
    const sums = this.#sums.of(frame)
    this.#book.add(frame)
    if (this.#messages === 0) this.#firstConnections.add(connection)
    if (frame.phase === 'steady') this.#countMessage(frame, sums, connection)
    const next = this.#isRoundtrip && asksForMessage(frame) ? 1 : 0
    this.#costs.add(frame, sums, {
      connection,
      isOfFirstMessage: this.#messages + next <= 1,
      isOfFirstHere: (this.#messagesOf.get(connection) ?? 0) + next <= 1,
    })
    if (sums.goodbye !== null) this.#costs.end(connection, sums.goodbye)
    // Each message on a connection of its own opens and closes like the first.
    if (!this.#firstConnections.has(connection)) return
    this.#exchange.add(frame, this.#messagesLed + next)
  }

  #countMessage(frame: Frame, { payloads, payloadBytes }: FrameSums, connection: number): void {
    this.#payloadBytes += payloadBytes
    if (frame.message === 'continues') return
    if (frame.message === undefined && payloads === 0) return
    this.#leading ??= frame.direction
    const leads = frame.direction === this.#leading
    if (leads) this.#messagesLed += 1
    // The state that a device reports belongs to the command that it applied.
    if (this.#isRoundtrip && !leads) return
    this.#messages += 1
    const here = (this.#messagesOf.get(connection) ?? 0) + 1
    this.#messagesOf.set(connection, here)
    this.#costs.addMessage(connection)
    this.#mostOnOneConnection = Math.max(this.#mostOnOneConnection, here)
  }
}

/** A request that carries nothing belongs to the message that its answer brings. */
const asksForMessage = ({ direction, label, parts }: Frame): boolean =>
  direction === 'up' && label === 'request' && parts.every(({ layer }) => layer !== 'payload')
