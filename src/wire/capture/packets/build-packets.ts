import { internetChecksum } from './internet-checksum.ts'

/** One end of a conversation. */
export interface Place {
  /** Four bytes. */
  address: Uint8Array
  port: number
}

export const TCP_FLAGS = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const
export const IP_PROTOCOL = { tcp: 6, udp: 17 } as const

const IPV4_HEADER_BYTES = 20
const TCP_HEADER_BYTES = 20
const UDP_HEADER_BYTES = 8
const DO_NOT_FRAGMENT = 0x4000
const HOP_LIMIT = 64

export interface TcpSegment {
  from: Place
  to: Place
  /** 32 bits, as is `acknowledgement`. */
  sequence: number
  acknowledgement: number
  flags: number
  window: number
  /** Padded to whole words already (RFC 9293 §3.1). */
  options: Uint8Array
  payload: Uint8Array
}

/** An IPv4 packet with one TCP segment in it, both checksums right (RFC 791 §3.1, RFC 9293 §3.1). */
export function buildTcpPacket(segment: TcpSegment, identification: number): Uint8Array {
  const { from, to, options, payload } = segment
  const headerBytes = TCP_HEADER_BYTES + options.length
  const packet = new Uint8Array(IPV4_HEADER_BYTES + headerBytes + payload.length)
  const tcp = packet.subarray(IPV4_HEADER_BYTES)
  const view = new DataView(tcp.buffer, tcp.byteOffset)
  view.setUint16(0, from.port)
  view.setUint16(2, to.port)
  view.setUint32(4, segment.sequence)
  view.setUint32(8, segment.acknowledgement)
  view.setUint8(12, (headerBytes / 4) << 4)
  view.setUint8(13, segment.flags)
  view.setUint16(14, segment.window)
  tcp.set(options, TCP_HEADER_BYTES)
  tcp.set(payload, headerBytes)
  view.setUint16(16, transportChecksum(segment, IP_PROTOCOL.tcp, tcp))
  writeIpv4Header(packet, segment, IP_PROTOCOL.tcp, identification)
  return packet
}

/** An IPv4 packet with one UDP datagram in it (RFC 768). */
export function buildUdpPacket(
  { from, to, payload }: Pick<TcpSegment, 'from' | 'to' | 'payload'>,
  identification: number,
): Uint8Array {
  const packet = new Uint8Array(IPV4_HEADER_BYTES + UDP_HEADER_BYTES + payload.length)
  const udp = packet.subarray(IPV4_HEADER_BYTES)
  const view = new DataView(udp.buffer, udp.byteOffset)
  view.setUint16(0, from.port)
  view.setUint16(2, to.port)
  view.setUint16(4, udp.length)
  udp.set(payload, UDP_HEADER_BYTES)
  // 0 would say that there is none: its other form stands for it.
  view.setUint16(6, transportChecksum({ from, to }, IP_PROTOCOL.udp, udp) || 0xffff)
  writeIpv4Header(packet, { from, to }, IP_PROTOCOL.udp, identification)
  return packet
}

type Ends = Pick<TcpSegment, 'from' | 'to'>

/** Over a pseudo-header of addresses, protocol and length, and the unit itself. */
function transportChecksum({ from, to }: Ends, protocol: number, unit: Uint8Array): number {
  const pseudoHeader = Uint8Array.of(
    ...from.address,
    ...to.address,
    ...[0, protocol, unit.length >> 8, unit.length & 0xff],
  )
  return internetChecksum(pseudoHeader, unit)
}

function writeIpv4Header(
  packet: Uint8Array,
  { from, to }: Ends,
  protocol: number,
  identification: number,
): void {
  const view = new DataView(packet.buffer, packet.byteOffset)
  view.setUint8(0, 0x40 | (IPV4_HEADER_BYTES / 4))
  view.setUint16(2, packet.length)
  view.setUint16(4, identification)
  view.setUint16(6, DO_NOT_FRAGMENT)
  view.setUint8(8, HOP_LIMIT)
  view.setUint8(9, protocol)
  packet.set(from.address, 12)
  packet.set(to.address, 16)
  view.setUint16(10, internetChecksum(packet.subarray(0, IPV4_HEADER_BYTES)))
}
