import { InstrumentError } from '../../model/errors.ts'
import type { BytesResult, Renewals } from '../../model/report/report.ts'
import { said } from '../../model/said/said.ts'
import type { Direction, Flow } from '../../model/vocabulary.ts'
import { mergeLedgers, sumLedger } from '../../model/wire/ledger.ts'
import type { Deadline } from '../../system/deadline.ts'
import { explainShortage } from '../../system/open-files.ts'
import {
  isDatagramScheme,
  lost,
  targetOf,
  unreachable,
} from '../../transports/connection-errors.ts'
import { ownPorts } from '../../transports/own-ports/own-ports.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import { notUpgradedBy, speaksOther } from '../../transports/words/other-protocol.ts'
import { ByteAccount } from '../../wire/account/byte-account.ts'
import type { SegmentRules } from '../../wire/account/connection-packets.ts'
import { type Pace, SegmentModel } from '../../wire/account/segment-model.ts'
import type { WireRecorder } from '../../wire/relay/recorder.ts'
import {
  type ConnectionFault,
  type ConnectionTap,
  openRelay,
  type Relay,
} from '../../wire/relay/tcp-relay.ts'
import { openUdpRelay } from '../../wire/relay/udp-relay.ts'

/** Of what a server says: enough to tell which protocol it is. */
const FIRST_BYTES = 64

const GOODBYE_QUIET_MS = 250

export interface LinkOptions {
  traits: TransportTraits
  flow: Flow
  /** The field of a query that carries the payload; null where the content does. */
  payloadField: string | null
  /** Whether MQTT calls itself by the name of 3.1. */
  isMqtt31?: boolean
  /** What of TCP the model of the network counts; all of it if left out. */
  count?: SegmentRules | undefined
  /** Where the relay passes everything on to. */
  endpoint: URL
  /** Bounds the pass, and is cut at the first byte that nothing explains. */
  deadline: Deadline
  /** The fault of a stray byte, where one is put in. */
  strayByte: Direction | null
  /** Where the relay listens; loopback if left out. */
  relayHost?: string | undefined
  /** Keeps what crosses the link, where that is asked for. */
  recorder?: WireRecorder | null
}

/** What a party has sent or received over its link, for the account to agree with. */
export interface LinkMessages {
  messages: number
  /** Sum of the payloads that must have crossed the link. */
  payloadBytes: number
  /** At most so many more crossed it, in messages that were sent again; none if left out. */
  repeatedBytes?: number
  /** How its messages followed each other, for the model of the network below; `own-time` if left out. */
  pace?: Pace
  /** Where a connection is opened for several of them: for how many. */
  messagesPerWake?: number | undefined
}

/**
 * The way of one party to the endpoint in a byte pass: a relay for all
 * connections of that party, and the account of every byte that crossed it.
 */
export class TappedLink implements AsyncDisposable {
  /** Where the party connects instead of to the endpoint. */
  readonly address: URL
  readonly account: ByteAccount
  readonly #relay: Relay
  readonly #segments: SegmentModel
  readonly #server: ServerFindings
  readonly #flow: Flow
  /** One line of the key log of a TLS socket that goes over this link. */
  readonly learnSecret: (line: string) => void

  private constructor(
    address: URL,
    account: ByteAccount,
    relay: Relay,
    segments: SegmentModel,
    { flow, recorder = null }: Pick<LinkOptions, 'flow' | 'recorder'>,
    server: ServerFindings,
  ) {
    this.#server = server
    this.learnSecret = (line) => {
      account.learnSecret(line)
      recorder?.learnSecret(line)
    }
    this.#flow = flow
    this.address = address
    this.account = account
    this.#relay = relay
    this.#segments = segments
  }

  /** @throws InstrumentError `connection` when the relay cannot listen */
  static async open(options: LinkOptions): Promise<TappedLink> {
    const {
      traits,
      flow,
      payloadField,
      endpoint,
      deadline,
      strayByte,
      count,
      isMqtt31,
      relayHost,
      recorder = null,
    } = options
    const segments = new SegmentModel(traits.protocol, count)
    const account = new ByteAccount({ ...traits, payloadField, isMqtt31 }, flow, segments)
    let first: Uint8Array | null = null
    let fault: ConnectionFault | null = null
    const brokenInWords = (): InstrumentError | null =>
      fault === null
        ? null
        : faultInWords(endpoint, fault, first === null ? 'nothing' : 'something')
    const otherProtocol = (): InstrumentError | null =>
      first === null ? null : speaksOther(endpoint, traits, first)
    const relay = await openRelayTo(endpoint)({
      target: targetOf(endpoint),
      ...(relayHost !== undefined && { host: relayHost }),
      openTap: () => {
        const tap = watchTap(account, deadline, {
          onFirst: (said) => {
            first ??= said
          },
          otherProtocol,
          onFault: (found) => {
            fault ??= found
          },
        })
        return recorder === null ? tap : recorder.record(tap)
      },
      ...ownPorts.door(isDatagramScheme(endpoint) ? 'udp' : 'tcp'),
      // The client is gone when DTLS's server answers its goodbye: nobody else waits for that.
      ...(endpoint.protocol === 'coaps:' && { lingerMs: GOODBYE_QUIET_MS }),
      signal: deadline.signal,
      ...(strayByte === null ? {} : { strayByte: { direction: strayByte, afterBytes: 0 } }),
    }).catch((error: unknown) => {
      throw explainShortage(error)
    })
    const address = new URL(endpoint)
    address.hostname = relay.address.host
    address.port = String(relay.address.port)
    const unread = (): InstrumentError | null => {
      const unexplained = account.unexplained()
      return unexplained && (notUpgradedBy(endpoint, unexplained.message) ?? unexplained)
    }
    return new TappedLink(address, account, relay, segments, options, {
      otherProtocol: () => otherProtocol() ?? unread(),
      brokenInWords,
    })
  }

  /**
   * What went wrong on the wire itself: the better reason, where a client saw its
   * consequence. A client that gives up by itself knows best: closing is then what
   * broke on the wire.
   */
  failure(seen?: unknown): InstrumentError | null {
    const gaveUp =
      seen instanceof InstrumentError && (seen.code === 'refused' || seen.code === 'deadline')
    const onTheWire = this.#server.otherProtocol()
    if (onTheWire !== null || gaveUp) return onTheWire ?? (seen as InstrumentError)
    const relayed = this.#relay.failure()
    const words = relayed === null ? null : this.#server.brokenInWords()
    return words ?? explainShortage(relayed)
  }

  /**
   * Closes the account once every connection has ended.
   * @throws InstrumentError `unexplained-bytes`, or `ledger-mismatch` where the
   *   account does not agree with the relay, or not with the messages
   */
  async settle(sent: LinkMessages): Promise<BytesResult> {
    const { messages, payloadBytes, repeatedBytes = 0, pace = 'own-time', messagesPerWake } = sent
    await this.#relay.drained()
    const found = this.account.settle(this.#relay.totals(), messagesPerWake)
    const { ledger, renewals, ...rest } = found
    const payloadOnWire = sumLedger(ledger, { layer: 'payload' })
    if (payloadOnWire < payloadBytes || payloadOnWire > payloadBytes + repeatedBytes) {
      throw new InstrumentError(
        'ledger-mismatch',
        said('otherPayloadBytes', { sent: payloadBytes, crossed: payloadOnWire }),
      )
    }
    const network = this.#segments.entries(pace)
    const isKept = pace !== 'own-connection'
    if (isKept) this.#requireNecessary(rest.roundTrips?.connections ?? 0, renewals)
    return {
      ...{ messages, payloadBytes: payloadOnWire, ...rest },
      ledger: mergeLedgers([ledger, network]),
      ...(isKept && renewals !== null && { renewals }),
    }
  }

  /** Whoever keeps a connection opens another when the server has ended it: any further one is not the server's doing, and no figure of its protocol. */
  #requireNecessary(opened: number, renewals: Renewals | null): void {
    const { unaskedConnections } = this.account
    if (this.#flow !== 'uplink' || unaskedConnections === 0) return
    const ends = renewals?.serverEnds ?? 0
    throw new InstrumentError(
      'ledger-mismatch',
      said('needlessConnections', { opened, needless: unaskedConnections, ends }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#relay[Symbol.asyncDispose]()
  }
}

const openRelayTo = (address: URL): typeof openRelay =>
  isDatagramScheme(address) ? openUdpRelay : openRelay

/** What was found out about the server, in words; null where nothing was. */
interface ServerFindings {
  /** It speaks another protocol than it should, or a byte that nothing explains. */
  otherProtocol(): InstrumentError | null
  /** It could not be reached, or broke the connection. */
  brokenInWords(): InstrumentError | null
}

/** A client sees its consequence alone; null where the client broke it. */
function faultInWords(
  endpoint: URL,
  { side, reason }: ConnectionFault,
  heard: 'something' | 'nothing',
): InstrumentError | null {
  if (side === 'client') return null
  const cause = Object.assign(new Error(reason), { code: reason })
  return side === 'unreachable' ? unreachable(endpoint, cause) : lost(endpoint, cause, heard)
}

interface ServerWatch {
  /** Is told what the server said first on a connection. */
  onFirst(said: Uint8Array): void
  otherProtocol(): InstrumentError | null
  onFault(fault: ConnectionFault): void
}

/** A tap that ends the pass at the first byte that nothing explains: no client need notice it. */
function watchTap(
  account: ByteAccount,
  deadline: Deadline,
  { onFirst, otherProtocol, onFault }: ServerWatch,
): ConnectionTap {
  const tap = account.openTap()
  let hasAnswered = false
  return {
    ...tap,
    bytes(direction, chunk) {
      deadline.renew()
      if (direction === 'down' && !hasAnswered) {
        hasAnswered = true
        onFirst(Uint8Array.from(chunk.subarray(0, FIRST_BYTES)))
      }
      tap.bytes(direction, chunk)
      const unexplained = account.unexplained()
      if (unexplained !== null) deadline.cut(otherProtocol() ?? unexplained)
    },
    broken: (fault) => {
      onFault(fault)
      tap.broken?.(fault)
    },
  }
}
