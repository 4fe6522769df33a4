import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { HpackDecoder } from './hpack-decoder.ts'

/** Each block's items on one line each: `name: value | representation | bytes`. */
function decodeBlocks(decoder: HpackDecoder, ...blocks: readonly string[]): string[][] {
  return blocks.map((block) => {
    const items = decoder
      .decode(hex(block))
      .map((item) =>
        item.kind === 'field'
          ? `${item.name}: ${item.value} | ${item.representation} | ${item.lengthBytes}`
          : `table ${item.maxBytes} | ${item.lengthBytes}`,
      )
    decoder.endBlock()
    return items
  })
}

const INDEXED = 'indexed | 1'
const ADDED = 'literal with incremental indexing'

describe('representations (RFC 7541 Appendix C.2)', () => {
  it.each([
    [
      '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
      `custom-key: custom-header | ${ADDED} | 26`,
    ],
    ['040c2f73616d706c652f70617468', ':path: /sample/path | literal without indexing | 14'],
    ['100870617373776f726406736563726574', 'password: secret | literal never indexed | 17'],
    ['82', `:method: GET | ${INDEXED}`],
  ])('%s', (block, item) => {
    expect(decodeBlocks(new HpackDecoder(), block)).toEqual([[item]])
  })
})

describe('requests on one connection (C.3, C.4)', () => {
  const fields = (authority: number, noCache: number, custom: number): string[][] => [
    [
      `:method: GET | ${INDEXED}`,
      `:scheme: http | ${INDEXED}`,
      `:path: / | ${INDEXED}`,
      `:authority: www.example.com | ${ADDED} | ${authority}`,
    ],
    [
      `:method: GET | ${INDEXED}`,
      `:scheme: http | ${INDEXED}`,
      `:path: / | ${INDEXED}`,
      `:authority: www.example.com | ${INDEXED}`,
      `cache-control: no-cache | ${ADDED} | ${noCache}`,
    ],
    [
      `:method: GET | ${INDEXED}`,
      `:scheme: https | ${INDEXED}`,
      `:path: /index.html | ${INDEXED}`,
      `:authority: www.example.com | ${INDEXED}`,
      `custom-key: custom-value | ${ADDED} | ${custom}`,
    ],
  ]

  it('are read without Huffman coding', () => {
    expect(
      decodeBlocks(
        new HpackDecoder(),
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ),
    ).toEqual(fields(17, 10, 25))
  })

  it('are read with it', () => {
    expect(
      decodeBlocks(
        new HpackDecoder(),
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ),
    ).toEqual(fields(14, 8, 20))
  })
})

describe('responses with a table of 256 bytes, which evicts (C.5, C.6)', () => {
  const SHRINK = '3fe101'
  const names = (blocks: string[][]): string[][] =>
    blocks.map((items) => items.map((item) => item.split(' | ')[0] ?? ''))
  const date = 'date: Mon, 21 Oct 2013 20:13'
  const location = 'location: https://www.example.com'
  const cookie = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'
  const expected = [
    ['table 256', ':status: 302', 'cache-control: private', `${date}:21 GMT`, location],
    [':status: 307', 'cache-control: private', `${date}:21 GMT`, location],
    [
      ':status: 200',
      'cache-control: private',
      `${date}:22 GMT`,
      location,
      'content-encoding: gzip',
      cookie,
    ],
  ]

  it('are read without Huffman coding', () => {
    const blocks = decodeBlocks(
      new HpackDecoder(),
      `${SHRINK}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
      '4803333037c1c0bf',
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    )
    expect(names(blocks)).toEqual(expected)
  })

  it('are read with it', () => {
    const blocks = decodeBlocks(
      new HpackDecoder(),
      `${SHRINK}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    )
    expect(names(blocks)).toEqual(expected)
  })

  it('leave nothing behind that was evicted', () => {
    const decoder = new HpackDecoder()
    decodeBlocks(
      decoder,
      `${SHRINK}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
      '4883640effc1c0bf',
    )
    // Four entries fit: :status 307 and the three before it; 302 is gone.
    expect(() => decoder.decode(hex('c2'))).toThrow(/no index 66/)
  })
})

describe('the dynamic table', () => {
  it('is emptied by a size of 0, and grows again', () => {
    const decoder = new HpackDecoder()
    decodeBlocks(decoder, '4001610162', '203fe11f')
    expect(() => decoder.decode(hex('be'))).toThrow(/no index 62/)
  })

  it('is emptied by an entry larger than itself', () => {
    const decoder = new HpackDecoder()
    // 33 bytes: an entry of one letter fits, one of two does not.
    decodeBlocks(decoder, '3f02', '40016100', 'be')
    decodeBlocks(decoder, '4001610162')
    expect(() => decoder.decode(hex('be'))).toThrow(/no index 62/)
  })

  it('grows beyond 4096 only as far as the decoding side allows', () => {
    // 31 + 0x62 + 0x1f × 128 = 4097.
    const grow = '3fe21f'
    expect(() => decodeBlocks(new HpackDecoder(), grow)).toThrow(/4097 bytes; at most 4096/)
    const decoder = new HpackDecoder()
    decoder.table.allow(4097)
    expect(decodeBlocks(decoder, grow)).toEqual([['table 4097 | 3']])
  })
})

describe('a block in fragments', () => {
  const block = '828684418cf1e3c2e5f23a6ba0ab90f4ff'

  it('gives each field with the fragment that ends it', () => {
    const bytes = hex(block)
    for (let at = 0; at <= bytes.length; at += 1) {
      const decoder = new HpackDecoder()
      const first = decoder.decode(bytes.subarray(0, at))
      const complete = first.reduce((sum, item) => sum + item.lengthBytes, 0)
      expect(decoder.unfinishedBytes).toBe(at - complete)
      expect([...first, ...decoder.decode(bytes.subarray(at))]).toEqual(
        new HpackDecoder().decode(bytes),
      )
    }
  })

  it('does not end in the middle of a field', () => {
    const decoder = new HpackDecoder()
    decoder.decode(hex('8286844108'))
    expect(() => decoder.endBlock()).toThrow(/in the middle of a field/)
  })
})

describe('what breaks a rule', () => {
  it.each([
    ['index 0', '80', /no index 0/],
    ['an index that nothing has', 'be', /no index 62/],
    ['an index of a name that nothing has', '7e0161', /no index 62/],
    ['an integer without end', 'ffffffffffffffff', /integer .* too large/],
    ['an integer that is padded for ever', 'ff8080808080808000', /integer .* too large/],
    ['a size update after a field', '8220', /comes after a field/],
    ['bad Huffman coding in a value', '0481ff', /padding/],
  ])('%s', (_name, block, reason) => {
    expect(() => new HpackDecoder().decode(hex(block))).toThrow(reason)
  })
})
