import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { CODE_LENGTHS, decodeHuffman } from './hpack-huffman.ts'

/** The code of a symbol, found by counting: canonical codes go up by one, and double with each bit. */
function codeOf(symbol: number): string {
  const length = CODE_LENGTHS[symbol] ?? 0
  let code = 0n
  for (const [other, bits] of CODE_LENGTHS.entries()) {
    const isBefore = bits < length || (bits === length && other < symbol)
    if (isBefore) code += 2n ** BigInt(30 - bits)
  }
  return (code >> BigInt(30 - length)).toString(2).padStart(length, '0')
}

function encode(octets: Uint8Array): Uint8Array {
  const bits = Array.from(octets, codeOf).join('')
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1')
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (octet) => Number.parseInt(octet, 2))
}

describe('the Huffman code of RFC 7541', () => {
  it('has a length for each octet and for EOS, and uses up all codes', () => {
    expect(CODE_LENGTHS).toHaveLength(257)
    expect(CODE_LENGTHS.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBe(1)
  })

  it.each([
    ['0', '00000'],
    ['a', '00011'],
    ['t', '01001'],
    [' ', '010100'],
    [':', '1011100'],
    ['X', '11111100'],
    ['!', '1111111000'],
    ['\\', '1111111111111110000'],
    ['\u0000', '1111111111000'],
    ['\n', '111111111111111111111111111100'],
    ['\u00ff', '11111111111111111111101110'],
  ])('of %j is that of Appendix B', (letter, code) => {
    expect(codeOf(letter.charCodeAt(0))).toBe(code)
  })

  it('of EOS is thirty ones', () => {
    expect(codeOf(256)).toBe('1'.repeat(30))
  })
})

describe('decodeHuffman', () => {
  it.each([
    ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
    ['a8eb10649cbf', 'no-cache'],
    ['25a849e95ba97d7f', 'custom-key'],
    ['25a849e95bb8e8b4bf', 'custom-value'],
    ['6402', '302'],
    ['640eff', '307'],
    ['aec3771a4b', 'private'],
    ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
    ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
    ['9bd9ab', 'gzip'],
    [
      '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
    ['', ''],
  ])('reads %s of Appendix C', (coded, text) => {
    expect(Buffer.from(decodeHuffman(hex(coded))).toString()).toBe(text)
  })

  it('reads back whatever was encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
        expect(decodeHuffman(encode(octets))).toEqual(octets)
      }),
    )
  })

  it('reads each octet by itself', () => {
    for (let octet = 0; octet < 256; octet += 1) {
      expect(decodeHuffman(encode(Uint8Array.of(octet)))).toEqual(Uint8Array.of(octet))
    }
  })

  it.each([
    ['ff', /padding .* too long/],
    ['07ffff', /padding .* too long/],
    ['00', /not of ones/],
    ['1e', /not of ones/],
    ['ffffffff', /has EOS/],
  ])('refuses %s', (coded, reason) => {
    expect(() => decodeHuffman(hex(coded))).toThrow(reason)
  })
})
