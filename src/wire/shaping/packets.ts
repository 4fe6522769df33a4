/**
 * What the headers below a byte stream cost on a link: a profile's rate is of
 * IP packets, so a message of 36 bytes takes it 88. As modelled here as a relay
 * can: it sees bytes, not packets.
 */

/** IPv4 without options, and TCP with time stamps (RFC 7323), Linux's default. */
export const TCP_HEADER_BYTES = 20 + 20 + 12
/** SYN and SYN-ACK carry further options: 60 bytes each on Linux. */
export const TCP_SYN_BYTES = 60
/** With an MTU of 1500. */
export const FULL_PACKET_BYTES = 1_500
/** What a full packet carries of a byte stream. */
export const SEGMENT_BYTES = FULL_PACKET_BYTES - TCP_HEADER_BYTES
const IP_HEADER_BYTES = 20
/** RFC 768. */
const UDP_HEADER_BYTES = 8
/** A datagram above it travels in fragments, each with a header of IP. */
const FRAGMENT_BYTES = FULL_PACKET_BYTES - IP_HEADER_BYTES

/** A datagram on the link, in bytes: its fragments with their headers. */
export function datagramBytes(payloadBytes: number): number {
  const withHeader = payloadBytes + UDP_HEADER_BYTES
  return withHeader + Math.ceil(withHeader / FRAGMENT_BYTES) * IP_HEADER_BYTES
}
