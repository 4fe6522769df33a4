import type { Remarks } from '../../model/report/remarks.ts'
import type { CapturedConnection } from '../../model/report/tap/captured.ts'
import { formatHostPort } from '../../model/text/host-port.ts'
import type { FrameListener } from '../detection/detected-connection.ts'
import type { ConnectionAccounts } from './accounts/connection-accounts.ts'
import type { Identity } from './connection-account.ts'
import type { End } from './conversations/causal-order.ts'
import { DatagramAccount } from './datagram-account.ts'
import type { CapturedPacket } from './files/capture.ts'
import { IP_PROTOCOL } from './packets/build-packets.ts'
import { formatAddresses, type IpPacket } from './packets/ip-packet.ts'
import { readTcpSegment } from './packets/tcp-segment.ts'
import { isCoapPort, readDatagram, udpName } from './packets/udp-datagram.ts'
import { Unwrapper } from './packets/unwrap.ts'
import { TcpConnection } from './tcp-connection.ts'

/** A connection, as one of its ends has it. */
interface Known<Connection> {
  readonly end: End
  readonly connection: Connection
}

/** By addresses and ports, as the sender of either end has them. */
type Current<Connection> = Map<string, Known<Connection>>

interface Ports {
  sourcePort: number
  destinationPort: number
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
  readonly #tcp: Current<TcpConnection> = new Map()
  readonly #udp: Current<DatagramAccount> = new Map()
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
    const { totalBytes: ipBytes, identification } = packet
    let known = this.#tcp.get(keyOf(packet, segment))
    if (known === undefined || known.connection.isReplacedBy(known.end, segment)) {
      known = this.#open(this.#tcp, packet, segment, (identity, ports) => {
        return new TcpConnection(identity, ports, this.#accounts)
      })
    }
    const { end, connection } = known
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
    const known =
      this.#udp.get(keyOf(packet, datagram)) ??
      this.#open(this.#udp, packet, datagram, (identity, ports) => {
        return new DatagramAccount(identity, ports, this.#onFrame)
      })
    known.connection.add(known.end, datagram, packet.totalBytes)
  }

  #open<Connection extends TcpConnection | DatagramAccount>(
    current: Current<Connection>,
    packet: IpPacket,
    ends: Ports,
    create: (identity: Identity, ports: Record<End, number>) => Connection,
  ): Known<Connection> {
    const { sourcePort, destinationPort } = ends
    const [source, destination] = formatAddresses(packet.addresses)
    const places = {
      first: formatHostPort(source, sourcePort),
      second: formatHostPort(destination, destinationPort),
    }
    const ports = { first: sourcePort, second: destinationPort }
    const connection = create({ number: this.#all.length + 1, places }, ports)
    this.#all.push(connection)
    const first: Known<Connection> = { end: 'first', connection }
    const key = keyOf(packet, ends)
    // Each end takes half of it.
    const half = key.length / 2
    current.set(key.slice(half) + key.slice(0, half), { end: 'second', connection })
    current.set(key, first)
    return first
  }
}

/** Of a packet; not readable, but quickly made: of each end its address and its port, two bytes a character. */
function keyOf({ addresses }: IpPacket, { sourcePort, destinationPort }: Ports): string {
  return (
    placeOf(addresses, 0, sourcePort) + placeOf(addresses, addresses.length / 2, destinationPort)
  )
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
