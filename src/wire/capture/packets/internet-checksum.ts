/**
 * The checksum of IPv4, TCP and UDP (RFC 1071): the ones' complement of the ones'
 * complement sum of all 16-bit words, an odd last byte padded with zero.
 * @param pieces taken as one run of bytes; only the last may be of odd length
 * @returns 0 to 65535; of a packet whose checksum field is filled in, 0 where it is right
 */
export function internetChecksum(...pieces: readonly Uint8Array[]): number {
  let sum = 0
  for (const bytes of pieces) {
    for (let at = 0; at < bytes.length; at += 2) {
      sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    }
  }
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
