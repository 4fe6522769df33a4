/** RFC 768: source port, destination port, length, checksum. */
const UDP_HEADER_BYTES = 8
/** RFC 791 §3.1, without options. */
const IPV4_HEADER_BYTES = 20
/** What an IPv4 packet carries on Ethernet: an MTU of 1500 less its header, a multiple of 8 (RFC 791 §3.1). */
const FRAGMENT_BYTES = 1480

/**
 * Bytes of UDP and IPv4 headers of one datagram on an Ethernet: 28. Above 1472
 * bytes of UDP payload it is cut, and each further fragment has an IPv4 header
 * of its own. Loopback cuts nothing, so this is a model.
 * @param datagramBytes the UDP payload
 */
export function udpHeaderBytes(datagramBytes: number): number {
  const fragments = Math.ceil((UDP_HEADER_BYTES + datagramBytes) / FRAGMENT_BYTES)
  return UDP_HEADER_BYTES + fragments * IPV4_HEADER_BYTES
}
