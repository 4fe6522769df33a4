/** Record header 5, handshake header 4, version 2; then the random (RFC 8446 §4.1.2). */
const RANDOM_AT = 11
const RANDOM_BYTES = 32

/** The random of the ClientHello with which a TLS connection begins; null where it is not all there. */
export function clientRandomOf(first: Uint8Array): Uint8Array | null {
  const random = first.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES)
  return random.length === RANDOM_BYTES ? random : null
}
