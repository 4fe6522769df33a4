import type { Remarks } from '../../model/report/remarks.ts'
import type { CapturedConnection } from '../../model/report/tap/captured.ts'
import { formatHostPort } from '../../model/text/host-port.ts'
import type { FrameListener } from '../detection/detected-connection.ts'
import type { ConnectionAccounts } from './accounts/connection-accounts.ts'
import type { End } from './conversations/causal-order.ts'
import { DatagramAccount } from './datagram-account.ts'
import type { CapturedPacket } from './files/capture.ts'
import { IP_PROTOCOL } from './packets/build-packets.ts'
import { formatAddresses, type IpPacket } from './packets/ip-packet.ts'
import { readTcpSegment } from './packets/tcp-segment.ts'
import { isCoapPort, readDatagram, udpName } from './packets/udp-datagram.ts'
import { Unwrapper } from './packets/unwrap.ts'
import { TcpConnection } from './tcp-connection.ts'

/** One connection of either kind, and what it is at the end. */
interface Known {
  readonly end: End
  readonly connection: TcpConnection | DatagramAccount
}

/** So many packets of the capture later, nothing of a connection that is over is on its way any more. */
const LATE_PACKETS = 4096

/**
 * Sorts the packets of a capture into connections, in the order in which those
 * begin. What is neither TCP nor CoAP, or cannot be read, is remarked on.
 */
export class Connections {
  readonly #accounts: ConnectionAccounts
  readonly #onFrame: FrameListener | undefined
  readonly #remarks: Remarks
  readonly #unwrapper: Unwrapper
  /** By addresses, ports and protocol, as the sender of either end has them. */
  readonly #current = new Map<string, Known>()
  readonly #all: (TcpConnection | DatagramAccount)[] = []
  /** Those that are over and not settled yet, and when that was; the longest first. */
  readonly #over: { connection: TcpConnection; sincePackets: number }[] = []
  #packets = 0

  /** @param onFrame is told every frame of datagrams, which are read here */
  constructor(accounts: ConnectionAccounts, remarks: Remarks, onFrame?: FrameListener) {
    this.#accounts = accounts
    this.#onFrame = onFrame
    this.#remarks = remarks
    this.#unwrapper = new Unwrapper(remarks)
  }

  add(captured: CapturedPacket): void {
    this.#packets += 1
    this.#settleOver()
    const packet = this.#unwrapper.unwrap(captured)
    if (packet === null) return
    if (packet.protocol === IP_PROTOCOL.udp) this.#addDatagram(packet)
    else this.#addSegment(packet, captured.atNs)
  }

  /** There are no further packets. */
  end(): void {
    this.#unwrapper.end()
    for (const connection of this.#all) {
      if (connection instanceof TcpConnection) connection.settle()
    }
  }

  /** All of them, once they are settled. */
  describe(): CapturedConnection[] {
    return this.#all.map((connection) => connection.describe())
  }

  /** A capture may have any number of connections: what was needed to read one is let go. */
  #settleOver(): void {
    const [oldest] = this.#over
    if (oldest === undefined || this.#packets - oldest.sincePackets < LATE_PACKETS) return
    oldest.connection.settle()
    this.#over.shift()
  }

  #addSegment(packet: IpPacket, atNs: bigint | null): void {
    const segment = readTcpSegment(packet)
    if (segment === null) {
      this.#remarks.add('a packet is cut off before its TCP header ends, or damaged in it')
      return
    }
    const { sourcePort, destinationPort } = segment
    const { totalBytes: ipBytes, identification } = packet
    const known = this.#find(packet, sourcePort, destinationPort, (connection, end) =>
      connection instanceof TcpConnection ? connection.isReplacedBy(end, segment) : true,
    )
    const { end, connection } = known ?? this.#open(packet, sourcePort, destinationPort)
    if (!(connection instanceof TcpConnection)) return
    const wasOver = connection.isOver
    connection.add(end, { segment, ipBytes, identification, atNs })
    if (wasOver || !connection.isOver) return
    this.#over.push({ connection, sincePackets: this.#packets })
  }

  #addDatagram(packet: IpPacket): void {
    const datagram = readDatagram(packet)
    if (datagram === null) {
      this.#remarks.add('a packet is cut off before its UDP header ends, or damaged in it')
      return
    }
    const { sourcePort, destinationPort } = datagram
    if (!isCoapPort(sourcePort) && !isCoapPort(destinationPort)) {
      this.#remarks.add(`a packet is ${udpName(sourcePort, destinationPort)}, which is not read`)
      return
    }
    const known = this.#find(packet, sourcePort, destinationPort, () => false)
    const { end, connection } = known ?? this.#open(packet, sourcePort, destinationPort)
    if (connection instanceof DatagramAccount) connection.add(end, datagram, packet.totalBytes)
  }

  /** Null where there is none, or one that is over. */
  #find(
    { addresses, protocol }: IpPacket,
    sourcePort: number,
    destinationPort: number,
    isReplaced: (connection: Known['connection'], end: End) => boolean,
  ): Known | null {
    const known = this.#current.get(keyOf(addresses, protocol, sourcePort, destinationPort))
    if (known === undefined || isReplaced(known.connection, known.end)) return null
    return known
  }

  #open(packet: IpPacket, sourcePort: number, destinationPort: number): Known {
    const { addresses, protocol } = packet
    const [source, destination] = formatAddresses(addresses)
    const places = {
      first: formatHostPort(source, sourcePort),
      second: formatHostPort(destination, destinationPort),
    }
    const ports = { first: sourcePort, second: destinationPort }
    const identity = { number: this.#all.length + 1, places }
    const connection =
      protocol === IP_PROTOCOL.udp
        ? new DatagramAccount(identity, ports, this.#onFrame)
        : new TcpConnection(identity, ports, this.#accounts)
    this.#all.push(connection)
    const key = keyOf(addresses, protocol, sourcePort, destinationPort)
    const first: Known = { end: 'first', connection }
    this.#current.set(reverseOf(addresses, protocol, sourcePort, destinationPort), {
      ...{ end: 'second', connection },
    })
    this.#current.set(key, first)
    return first
  }
}

/** Of a packet; not readable, but quickly made: of each end its address and its port, two bytes a character. */
function keyOf(addresses: Uint8Array, protocol: number, source: number, destination: number) {
  const half = addresses.length / 2
  return placeOf(addresses, 0, source) + placeOf(addresses, half, destination) + protocol
}

/** Of a packet the other way. */
function reverseOf(addresses: Uint8Array, protocol: number, source: number, destination: number) {
  const half = addresses.length / 2
  return placeOf(addresses, half, destination) + placeOf(addresses, 0, source) + protocol
}

function placeOf(addresses: Uint8Array, from: number, port: number): string {
  let place = String.fromCharCode(port, uint16(addresses, from), uint16(addresses, from + 2))
  // IPv6.
  for (let at = from + 4; at < from + addresses.length / 2; at += 2) {
    place += String.fromCharCode(uint16(addresses, at))
  }
  return place
}

const uint16 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) * 256 + (bytes[at + 1] as number)
