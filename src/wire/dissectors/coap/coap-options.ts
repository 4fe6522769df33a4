/** How the value of an option reads (RFC 7252 §3.2); `block` is the uint of RFC 7959 §2.2. */
export type OptionFormat = 'opaque' | 'uint' | 'string' | 'block'

export interface OptionDefinition {
  readonly name: string
  readonly format: OptionFormat
  readonly clause: string
}

/** The CoAP Option Numbers of IANA that a device or its server may well send. */
const OPTIONS: Readonly<Record<number, OptionDefinition>> = {
  1: { name: 'If-Match', format: 'opaque', clause: 'RFC 7252 §5.10.8.1' },
  3: { name: 'Uri-Host', format: 'string', clause: 'RFC 7252 §5.10.1' },
  4: { name: 'ETag', format: 'opaque', clause: 'RFC 7252 §5.10.6' },
  5: { name: 'If-None-Match', format: 'opaque', clause: 'RFC 7252 §5.10.8.2' },
  6: { name: 'Observe', format: 'uint', clause: 'RFC 7641 §2' },
  7: { name: 'Uri-Port', format: 'uint', clause: 'RFC 7252 §5.10.1' },
  8: { name: 'Location-Path', format: 'string', clause: 'RFC 7252 §5.10.7' },
  9: { name: 'OSCORE', format: 'opaque', clause: 'RFC 8613 §2' },
  11: { name: 'Uri-Path', format: 'string', clause: 'RFC 7252 §5.10.1' },
  12: { name: 'Content-Format', format: 'uint', clause: 'RFC 7252 §5.10.3' },
  14: { name: 'Max-Age', format: 'uint', clause: 'RFC 7252 §5.10.5' },
  15: { name: 'Uri-Query', format: 'string', clause: 'RFC 7252 §5.10.1' },
  16: { name: 'Hop-Limit', format: 'uint', clause: 'RFC 8768 §3' },
  17: { name: 'Accept', format: 'uint', clause: 'RFC 7252 §5.10.4' },
  19: { name: 'Q-Block1', format: 'block', clause: 'RFC 9177 §4.1' },
  20: { name: 'Location-Query', format: 'string', clause: 'RFC 7252 §5.10.7' },
  23: { name: 'Block2', format: 'block', clause: 'RFC 7959 §2.1' },
  27: { name: 'Block1', format: 'block', clause: 'RFC 7959 §2.1' },
  28: { name: 'Size2', format: 'uint', clause: 'RFC 7959 §4' },
  31: { name: 'Q-Block2', format: 'block', clause: 'RFC 9177 §4.1' },
  35: { name: 'Proxy-Uri', format: 'string', clause: 'RFC 7252 §5.10.2' },
  39: { name: 'Proxy-Scheme', format: 'string', clause: 'RFC 7252 §5.10.2' },
  60: { name: 'Size1', format: 'uint', clause: 'RFC 7252 §5.10.9' },
  258: { name: 'No-Response', format: 'uint', clause: 'RFC 7967 §2' },
}

/** An option that is not in the list is still an option: its bytes are explained by its number. */
export const optionOf = (number: number): OptionDefinition =>
  OPTIONS[number] ?? { name: `option ${number}`, format: 'opaque', clause: 'RFC 7252 §5.4' }

/** A big-endian number of as many bytes as there are; none is 0 (RFC 7252 §3.2). */
export const readUint = (value: Uint8Array): number =>
  value.reduce((number, byte) => number * 256 + byte, 0)

/** RFC 7959 §2.2: which block of a body this is, of what size, and whether more follow. */
export interface Block {
  readonly number: number
  readonly more: boolean
  readonly sizeBytes: number
}

/** @returns null where the value is no block: longer than 3 bytes, or of the reserved size exponent 7 */
export function readBlock(value: Uint8Array): Block | null {
  const word = readUint(value)
  const exponent = word & 7
  if (value.length > 3 || exponent === 7) return null
  return { number: word >> 4, more: (word & 8) !== 0, sizeBytes: 2 ** (exponent + 4) }
}

/** The value for people: text, a number, `block 3 of 1024 bytes, more follow`, or hex. */
export function describeValue(format: OptionFormat, value: Uint8Array): string {
  if (format === 'string') return Buffer.from(value).toString('utf8')
  if (format === 'uint') return String(readUint(value))
  const block = format === 'block' ? readBlock(value) : null
  if (block === null) return Buffer.from(value).toString('hex')
  return `block ${block.number} of ${block.sizeBytes} bytes, ${block.more ? 'more follow' : 'the last'}`
}
