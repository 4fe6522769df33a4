import type { IpPacket } from './ip-packet.ts'

export interface UdpDatagram {
  sourcePort: number
  destinationPort: number
  /** As the headers say, in bytes; more than was captured where it was cut off. */
  payloadBytes: number
  /** What was captured of that. */
  payload: Uint8Array
}

const HEADER_BYTES = 8

/** Reads the header of UDP (RFC 768); null where it was cut off, or contradicts itself. */
export function readDatagram({
  payload: bytes,
  payloadBytes,
}: Pick<IpPacket, 'payload' | 'payloadBytes'>): UdpDatagram | null {
  if (bytes.length < HEADER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // 0 where the network card was still to cut it.
  const declaredBytes = view.getUint16(4) || payloadBytes
  if (declaredBytes < HEADER_BYTES || declaredBytes > payloadBytes) return null
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    payloadBytes: declaredBytes - HEADER_BYTES,
    payload: bytes.subarray(HEADER_BYTES, declaredBytes),
  }
}

/** RFC 7252 §6.1, without DTLS. */
export const isCoapPort = (port: number): boolean => port === 5683

const NAMES: Readonly<Record<number, string>> = {
  53: 'DNS',
  67: 'DHCP',
  68: 'DHCP',
  69: 'TFTP',
  123: 'NTP',
  137: 'NetBIOS',
  138: 'NetBIOS',
  161: 'SNMP',
  162: 'SNMP',
  443: 'QUIC',
  500: 'IKE',
  514: 'syslog',
  546: 'DHCPv6',
  547: 'DHCPv6',
  1194: 'OpenVPN',
  1900: 'SSDP',
  3478: 'STUN',
  3702: 'WS-Discovery',
  4500: 'IPsec',
  4789: 'VXLAN',
  5353: 'mDNS',
  5355: 'LLMNR',
  5684: 'CoAP in DTLS',
  51820: 'WireGuard',
}

/** `UDP of port 53 (DNS)`: of the service; where neither is known, the lower port is taken for it. */
export function udpName(source: number, destination: number): string {
  const named = [destination, source].find((port) => NAMES[port] !== undefined)
  const port = named ?? Math.min(source, destination)
  return `UDP of port ${port}${named === undefined ? '' : ` (${NAMES[port]})`}`
}
