import type { Remarks } from '../../../model/report/remarks.ts'
import type { CapturedPacket } from '../files/capture.ts'
import { IP_PROTOCOL } from '../packets/build-packets.ts'
import { readIpPacket } from '../packets/ip-packet.ts'
import { linkContent } from '../packets/link-layer.ts'
import { readTcpSegment } from '../packets/tcp-segment.ts'
import { TcpConversation } from './tcp-conversation.ts'

/** `[::1]:1883` */
const placeOf = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/**
 * Sorts the packets of a capture into TCP connections, in the order in which
 * those begin. What is no TCP over IP, or cannot be read, is remarked on.
 */
export function findConnections(
  packets: readonly CapturedPacket[],
  remarks: Remarks,
): TcpConversation[] {
  const conversations: TcpConversation[] = []
  const current = new Map<string, TcpConversation>()
  for (const captured of packets) {
    const found = readSegment(captured)
    if (typeof found === 'string') {
      remarks.add(`a packet is ${found}`)
      continue
    }
    const { from, to, segment, ipBytes } = found
    const key = [from, to].sort().join(' ')
    let conversation = current.get(key)
    if (conversation?.isReplacedBy(from, segment) ?? true) {
      conversation = new TcpConversation(from, to)
      conversations.push(conversation)
      current.set(key, conversation)
    }
    conversation?.add(from, segment, ipBytes)
  }
  return conversations
}

/** The segment in a packet, or what the packet is instead. */
function readSegment(captured: CapturedPacket) {
  const link = linkContent(captured)
  if (link.kind === 'other') return link.reason
  const ip = readIpPacket(link.bytes)
  if (ip.kind === 'other') return ip.reason
  const { source, destination, protocol, totalBytes } = ip.packet
  if (protocol !== IP_PROTOCOL.tcp) {
    return protocol === IP_PROTOCOL.udp ? 'UDP, which is not read' : `of IP protocol ${protocol}`
  }
  const segment = readTcpSegment(ip.packet)
  if (segment === null) return 'cut off before its TCP header ends, or damaged in it'
  return {
    from: placeOf(source, segment.sourcePort),
    to: placeOf(destination, segment.destinationPort),
    segment,
    ipBytes: totalBytes,
  }
}
