import { MalformedBytes } from '../parsing/byte-parser.ts'

const CLAUSE = 'RFC 7541 §5.2'

/**
 * Bits of the code of each octet, sixteen a row, and of EOS at last (RFC 7541
 * Appendix B). The code is canonical: the shorter codes come first, and those of
 * one length in the order of their octets, so the lengths say it all.
 */
// biome-ignore format: sixteen octets a row
export const CODE_LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
   6, 10, 10, 12, 13,  6,  8, 11, 10, 10,  8, 11,  8,  6,  6,  6,
   5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8, 15,  6, 12, 10,
  13,  6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
   7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8, 13, 19, 13, 14,  6,
  15,  5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,
   6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
]

const EOS = 256
const LONGEST_CODE_BITS = Math.max(...CODE_LENGTHS)

/** The codes of one length: consecutive numbers, of symbols in rising order. */
interface CodesOfLength {
  readonly firstCode: number
  readonly symbols: readonly number[]
}

/** By length in bits; a length without codes has no symbols. */
const CODES: readonly CodesOfLength[] = assignCodes()

function assignCodes(): CodesOfLength[] {
  const codes: CodesOfLength[] = []
  let next = 0
  for (let bits = 0; bits <= LONGEST_CODE_BITS; bits += 1) {
    const symbols = CODE_LENGTHS.flatMap((length, symbol) => (length === bits ? [symbol] : []))
    codes.push({ firstCode: next, symbols })
    next = (next + symbols.length) * 2
  }
  return codes
}

/**
 * The octets of a Huffman-coded string literal.
 * @throws MalformedBytes where it holds EOS, or its padding is not the start of
 *   EOS, or is a whole octet
 */
export function decodeHuffman(coded: Uint8Array): Uint8Array {
  // No code is shorter than five bits.
  const decoded = new Uint8Array(Math.floor((coded.length * 8) / 5))
  let lengthBytes = 0
  let code = 0
  let bits = 0
  for (const octet of coded) {
    for (let shift = 7; shift >= 0; shift -= 1) {
      code = code * 2 + ((octet >> shift) & 1)
      bits += 1
      const { firstCode = 0, symbols = [] } = CODES[bits] ?? {}
      const symbol = symbols[code - firstCode]
      if (symbol === undefined) continue
      if (symbol === EOS) throw new MalformedBytes(`a Huffman-coded string has EOS (${CLAUSE})`)
      decoded[lengthBytes] = symbol
      lengthBytes += 1
      code = 0
      bits = 0
    }
  }
  if (bits > 7) {
    throw new MalformedBytes(`the padding of a Huffman-coded string is too long (${CLAUSE})`)
  }
  if (code !== 2 ** bits - 1) {
    throw new MalformedBytes(`the padding of a Huffman-coded string is not of ones (${CLAUSE})`)
  }
  return decoded.subarray(0, lengthBytes)
}
