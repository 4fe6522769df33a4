import type { Remarks } from '../../model/report/remarks.ts'
import type { CapturedConnection } from '../../model/report/tap/captured.ts'
import { formatHostPort } from '../../model/text/host-port.ts'
import { chooseClient } from './choose-client.ts'
import { type CaptureContext, ConnectionAccount } from './connection-account.ts'
import { type End, otherEnd } from './conversations/causal-order.ts'
import { TcpConversation } from './conversations/tcp-conversation.ts'
import { DatagramAccount } from './datagram-account.ts'
import type { CapturedPacket } from './files/capture.ts'
import { IP_PROTOCOL } from './packets/build-packets.ts'
import { formatAddresses, type IpPacket } from './packets/ip-packet.ts'
import { readTcpSegment } from './packets/tcp-segment.ts'
import { isCoapPort, readDatagram, udpName } from './packets/udp-datagram.ts'
import { Unwrapper } from './packets/unwrap.ts'

/** One connection of either kind, and what it is at the end. */
interface Known {
  readonly end: End
  readonly connection: TcpConnection | DatagramAccount
}

interface TcpConnection {
  readonly conversation: TcpConversation
  describe(number: number): CapturedConnection
}

/**
 * Sorts the packets of a capture into connections, in the order in which those
 * begin. What is neither TCP nor CoAP, or cannot be read, is remarked on.
 */
export class Connections {
  readonly #context: CaptureContext
  readonly #remarks: Remarks
  readonly #unwrapper: Unwrapper
  /** By addresses, ports and protocol, as the sender of either end has them. */
  readonly #current = new Map<string, Known>()
  readonly #all: (TcpConnection | DatagramAccount)[] = []

  constructor(context: CaptureContext, remarks: Remarks) {
    this.#context = context
    this.#remarks = remarks
    this.#unwrapper = new Unwrapper(remarks)
  }

  add(captured: CapturedPacket): void {
    const packet = this.#unwrapper.unwrap(captured)
    if (packet === null) return
    if (packet.protocol === IP_PROTOCOL.udp) this.#addDatagram(packet)
    else this.#addSegment(packet, captured.atNs)
  }

  /** There are no further packets. */
  end(): CapturedConnection[] {
    this.#unwrapper.end()
    return this.#all.map((connection, index) => connection.describe(index + 1))
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
      'conversation' in connection ? connection.conversation.isReplacedBy(end, segment) : true,
    )
    const { end, connection } = known ?? this.#open(packet, sourcePort, destinationPort)
    if (!('conversation' in connection)) return
    connection.conversation.add(end, { segment, ipBytes, identification, atNs })
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
    const connection =
      protocol === IP_PROTOCOL.udp
        ? new DatagramAccount(places, ports, this.#context)
        : this.#openTcp(places, ports)
    this.#all.push(connection)
    const key = keyOf(addresses, protocol, sourcePort, destinationPort)
    const first: Known = { end: 'first', connection }
    this.#current.set(reverseOf(addresses, protocol, sourcePort, destinationPort), {
      ...{ end: 'second', connection },
    })
    this.#current.set(key, first)
    return first
  }

  #openTcp(places: Record<End, string>, ports: Record<End, number>): TcpConnection {
    let account: ConnectionAccount | null = null
    const conversation: TcpConversation = new TcpConversation((beginning) => {
      const client = chooseClient(conversation.opener, ports, beginning)
      account = new ConnectionAccount(client, this.#context, {
        start: conversation.opener === null ? 'joined' : 'fresh',
        port: ports[otherEnd(client)],
      })
      return account
    })
    return {
      conversation,
      describe: (number) => {
        conversation.end()
        // Its end opens it at the latest.
        return (account as unknown as ConnectionAccount).describe(conversation, number, places)
      },
    }
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
