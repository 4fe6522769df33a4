/**
 * What the headers below a message cost: a link's rate is of IP packets. As
 * modelled for Ethernet, where packets cannot be seen: loopback cuts nothing.
 */

/** With an MTU of 1500. */
export const FULL_PACKET_BYTES = 1500
/** RFC 791 §3.1, without options. */
const IPV4_HEADER_BYTES = 20
/** RFC 768: source port, destination port, length, checksum. */
const UDP_HEADER_BYTES = 8
/** What an IPv4 packet carries, a multiple of 8 (RFC 791 §3.1). */
const FRAGMENT_BYTES = FULL_PACKET_BYTES - IPV4_HEADER_BYTES

/**
 * Bytes of UDP and IPv4 headers of one datagram: 28. Above 1472 bytes of UDP
 * payload it is cut, and each further fragment has an IPv4 header of its own.
 * @param datagramBytes the UDP payload
 */
export const udpHeaderBytes = (datagramBytes: number): number =>
  UDP_HEADER_BYTES + udpPackets(datagramBytes) * IPV4_HEADER_BYTES

/** IP packets that a datagram goes in. */
export const udpPackets = (datagramBytes: number): number =>
  Math.ceil((UDP_HEADER_BYTES + datagramBytes) / FRAGMENT_BYTES)

/** IPv4 and TCP (RFC 9293 §3.1) with the time stamps option, padded to 12 bytes (RFC 7323 §3.2), Linux's default. */
export const SEGMENT_HEADER_BYTES = 52
/** SYN and SYN-ACK have 8 bytes of options more: MSS, SACK permitted, window scale. */
export const SYN_BYTES = 60
/** What a full segment carries: 1448. */
export const SEGMENT_PAYLOAD_BYTES = FULL_PACKET_BYTES - SEGMENT_HEADER_BYTES
/** Of each segment's header, where time stamps are in use. */
export const TIME_STAMP_BYTES = 12
/** Of a SYN's: without time stamps its other options are padded by themselves. */
export const SYN_TIME_STAMP_BYTES = 8

/** Bytes of TCP and IPv4 headers of one write, which is acknowledged with the next one the other way. */
export const tcpHeaderBytes = (writtenBytes: number): number =>
  Math.ceil(writtenBytes / SEGMENT_PAYLOAD_BYTES) * SEGMENT_HEADER_BYTES
