/**
 * A number in as few bytes as it takes, and in none where it is 0 (RFC 7252
 * §3.2). node-coap would write a Content-Format of 0 as a byte.
 */
export function encodeUint(number: number): Buffer {
  const bytes: number[] = []
  for (let rest = number; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from(bytes)
}

/** A big-endian number of as many bytes as there are. */
export const decodeUint = (value: Uint8Array): number =>
  value.reduce((number, byte) => number * 256 + byte, 0)

/**
 * Bytes of a block: the largest size there is (RFC 7959 §2.2). With it a
 * datagram stays below what an Ethernet carries in one piece.
 */
export const BLOCK_BYTES = 1024
const SIZE_EXPONENT = 6

/** The value of Block1 or Block2 (RFC 7959 §2.2). */
export const encodeBlock = (number: number, follows: 'more' | 'none'): Buffer =>
  // Block 0 of size exponent 6 is one byte that is not 0.
  encodeUint((number << 4) | (follows === 'more' ? 8 : 0) | SIZE_EXPONENT)

export const blockNumberOf = (block: Uint8Array): number => decodeUint(block) >> 4

export const saysMore = (block: Uint8Array): boolean => (decodeUint(block) & 8) !== 0

/** CoAP Content-Formats (IANA, RFC 7252 §12.3) of the media types that devices send. */
const CONTENT_FORMATS: Readonly<Record<string, number>> = {
  'text/plain': 0,
  'application/link-format': 40,
  'application/xml': 41,
  'application/octet-stream': 42,
  'application/exi': 47,
  'application/json': 50,
  'application/cbor': 60,
  'application/senml+json': 110,
  'application/senml+cbor': 112,
  'application/senml-exi': 114,
  'application/senml+xml': 310,
}

/**
 * The value of Content-Format for a media type; null where CoAP has no number
 * for it. `text/plain` has one in UTF-8 alone.
 */
export function encodeContentFormat(mediaType: string): Buffer | null {
  const [essence = '', ...parameters] = mediaType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim().replaceAll('"', ''))
  const format = CONTENT_FORMATS[essence]
  if (format === undefined || parameters.some((each) => each !== 'charset=utf-8')) return null
  return encodeUint(format)
}
