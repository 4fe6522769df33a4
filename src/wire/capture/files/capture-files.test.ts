import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { Remarks } from '../../../model/report/remarks.ts'

import { type Capture, openCapture, readCapture } from './read-capture.ts'
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from './write-pcapng.ts'

function read(bytes: string | Uint8Array): Capture {
  const capture = readCapture(typeof bytes === 'string' ? hex(bytes) : bytes)
  if (capture === null) throw new Error('is no capture')
  return capture
}

const packetsOf = ({ packets }: Capture): string[] =>
  packets.map(
    ({ linkType, atNs, bytes }) => `${linkType} ${atNs} ${Buffer.from(bytes).toString('hex')}`,
  )
const remarksOf = ({ remarks }: Capture): string[] => remarks.map(({ text }) => text)

/** Numbers of 32 bits, the other way round. */
const swapped = (words: string): string =>
  words
    .split(' ')
    .map((word) => Buffer.from(word, 'hex').reverse().toString('hex'))
    .join(' ')

/** Version 2.4, no time zone, snapshot length 65535, Ethernet. */
const PCAP_REST_BE = '0002 0004 00000000 00000000 0000ffff 00000001'
const PCAP_REST_LE = '0200 0400 00000000 00000000 ffff0000 01000000'
/** At 1.5 s: three bytes, kept whole. */
const HEAD = (fraction: string): string => `00000001 ${fraction} 00000003 00000003`
const HALF = { micro: '0007a120', nano: '1dcd6500' }

describe('a pcap file', () => {
  it.each([
    ['big-endian, microseconds', `a1b2c3d4 ${PCAP_REST_BE} ${HEAD(HALF.micro)} 010203`],
    ['little-endian, microseconds', `d4c3b2a1 ${PCAP_REST_LE} ${swapped(HEAD(HALF.micro))} 010203`],
    ['big-endian, nanoseconds', `a1b23c4d ${PCAP_REST_BE} ${HEAD(HALF.nano)} 010203`],
    ['little-endian, nanoseconds', `4d3cb2a1 ${PCAP_REST_LE} ${swapped(HEAD(HALF.nano))} 010203`],
  ])('is read: %s', (_what, file) => {
    expect(packetsOf(read(file))).toEqual(['1 1500000000 010203'])
    expect(remarksOf(read(file))).toEqual([])
  })

  it('may say in its link type that packets end in a check sequence', () => {
    const file = `a1b2c3d4 ${PCAP_REST_BE.replace(/00000001$/, '14000001')} ${HEAD(HALF.micro)} 010203`
    expect(packetsOf(read(file))).toEqual(['1 1500000000 010203'])
  })

  it.each([
    [
      'in a packet',
      `${HEAD(HALF.micro)} 010203 ${HEAD(HALF.micro)} 01`,
      /^the file ends in the middle of packet 2$/,
    ],
    [
      'in the head of one',
      `${HEAD(HALF.micro)} 010203 0000`,
      /^the file ends in the middle of packet 2$/,
    ],
    [
      'with a length that cannot be',
      `${HEAD(HALF.micro)} 010203 00000001 00000000 ffffffff 00000003 01`,
      /^packet 2 says that it has 4294967295 bytes/,
    ],
  ])('that ends %s gives what came before', (_what, packets, remark) => {
    const capture = read(`a1b2c3d4 ${PCAP_REST_BE} ${packets}`)
    expect(packetsOf(capture)).toEqual(['1 1500000000 010203'])
    expect(remarksOf(capture)).toEqual([expect.stringMatching(remark)])
  })
})

const block = (type: string, body: string): string => {
  const length = (12 + hex(body).length).toString(16).padStart(8, '0')
  return `${type} ${length} ${body} ${length}`
}
const SECTION_BE = block('0a0d0d0a', '1a2b3c4d 0001 0000 ffffffffffffffff')
/** Raw IP, a snapshot length of 4. */
const INTERFACE_BE = block('00000001', '0065 0000 00000004')
const TICKS = (ticks: string): string => `00000000 ${ticks} 00000003 00000003 01020300`

describe('a pcapng file', () => {
  it('is read, big-endian: an enhanced packet in microseconds, and a simple one without an instant', () => {
    const enhanced = block('00000006', `00000000 ${TICKS('0016e360')}`)
    const simple = block('00000003', '00000006 0a0b0c0d')
    const capture = read(`${SECTION_BE} ${INTERFACE_BE} ${enhanced} ${simple}`)
    expect(packetsOf(capture)).toEqual(['101 1500000000 010203', '101 null 0a0b0c0d'])
    expect(remarksOf(capture)).toEqual([])
  })

  it('may have packets in the block that enhanced ones came after, and custom blocks', () => {
    const packet = block('00000002', `0000 0007 ${TICKS('0016e360')}`)
    const custom = block('00000bad', '00007ed9 61626364') + block('40000bad', '00007ed9 61626364')
    const capture = read(`${SECTION_BE} ${INTERFACE_BE} ${custom} ${packet}`)
    expect(packetsOf(capture)).toEqual(['101 1500000000 010203'])
    expect(remarksOf(capture)).toEqual([])
  })

  it.each([
    ['nanoseconds', '0009 0001 09000000', '59682f00', 1_500_000_000n],
    ['a power of two', '0009 0001 81000000', '00000003', 1_500_000_000n],
    ['an offset in seconds', '000e 0008 000000000000000a', '0016e360', 11_500_000_000n],
  ])('has instants in the unit of its interface: %s', (_what, option, ticks, expected) => {
    const described = block('00000001', `0001 0000 00000000 ${option} 0000 0000`)
    const enhanced = block('00000006', `00000000 ${TICKS(ticks)}`)
    expect(read(`${SECTION_BE} ${described} ${enhanced}`).packets[0]?.atNs).toBe(expected)
  })

  it('may have sections of both byte orders, each with its own interfaces', () => {
    const little = Buffer.concat([
      sectionHeader('a program', 'a comment'),
      interfaceDescription({ name: 'a', description: 'b', linkType: 1 }),
      enhancedPacket({ interface: 0, atNs: 7n, bytes: Uint8Array.of(9), direction: 'inbound' }),
    ])
    const big = hex(
      `${SECTION_BE} ${INTERFACE_BE} ${block('00000006', `00000000 ${TICKS('00000001')}`)}`,
    )
    expect(packetsOf(read(Buffer.concat([little, big, little])))).toEqual([
      '1 7 09',
      '101 1000 010203',
      '1 7 09',
    ])
  })

  it('gives back what was written', () => {
    const bytes = Uint8Array.from({ length: 61 }, (_, index) => index)
    const file = Buffer.concat([
      sectionHeader('mqtt-vs-http 0', '溫度'),
      interfaceDescription({ name: 'json/http1', description: 'a cell', linkType: 101 }),
      interfaceDescription({ name: 'json/mqtt', description: 'another', linkType: 1 }),
      decryptionSecrets(['CLIENT_RANDOM aa bb', 'SERVER_RANDOM cc dd']),
      enhancedPacket({
        interface: 1,
        atNs: 1_764_000_000_123_456_789n,
        bytes,
        direction: 'outbound',
        comment: 'first',
      }),
      enhancedPacket({
        interface: 0,
        atNs: 2n ** 63n,
        bytes: bytes.subarray(0, 1),
        direction: 'inbound',
      }),
    ])
    const capture = read(file)
    expect(packetsOf(capture)).toEqual([
      `1 1764000000123456789 ${Buffer.from(bytes).toString('hex')}`,
      `101 ${2n ** 63n} 00`,
    ])
    expect(capture.secrets).toEqual(['CLIENT_RANDOM aa bb', 'SERVER_RANDOM cc dd'])
    expect(remarksOf(capture)).toEqual([])
  })

  it('is written as the specification lays it out', () => {
    const packet = enhancedPacket({
      interface: 0,
      atNs: 0x0102030405060708n,
      bytes: Uint8Array.of(0xaa),
      direction: 'outbound',
      comment: 'c',
    })
    expect(Buffer.from(packet).toString('hex')).toBe(
      [
        '06000000 38000000', // Enhanced Packet Block, 56 bytes
        '00000000 04030201 08070605 01000000 01000000', // interface, instant, lengths
        'aa000000', // the packet, padded
        '01000100 63000000', // opt_comment "c"
        '02000400 02000000', // epb_flags: outbound
        '00000000 38000000', // opt_endofopt, the length again
      ]
        .join('')
        .replaceAll(' ', ''),
    )
    const secrets = decryptionSecrets(['x'])
    expect(Buffer.from(secrets).toString('hex')).toBe(
      '0a00000018000000' + '4b534c54' + '02000000' + '780a0000' + '18000000',
    )
  })

  it.each([
    [
      'a cut block',
      `${block('00000006', `00000000 ${TICKS('00000001')}`).slice(0, -9)}`,
      'the file ends in the middle of a block',
    ],
    ['a few bytes', '0000', 'the file ends in the middle of a block'],
    [
      'a length of 0',
      '00000006 00000000 00000000',
      'the block at byte 48 has a length of 0: the file is damaged from there on',
    ],
    [
      'two lengths',
      '00000005 00000010 00000000 0000000c',
      'the block at byte 48 has two lengths: the file is damaged from there on',
    ],
    [
      'a section of neither byte order',
      block('0a0d0d0a', '00000000 0001 0000 ffffffffffffffff'),
      'the section at byte 48 has no byte order',
    ],
    ['an unknown block', block('00000bae', '00000000'), 'a block of type 2990 is not read'],
    [
      'a block by its name',
      block('00000204', '00000000'),
      'a block of Sysdig’s events is not read',
    ],
    [
      'a packet of no interface',
      block('00000006', `00000001 ${TICKS('00000001')}`),
      'a packet is of an interface that is not described',
    ],
    [
      'a packet longer than its block',
      block('00000006', '00000000 00000000 00000001 000000ff 000000ff'),
      'a block is too short for its type',
    ],
    [
      'other secrets',
      block('0000000a', '57474b4c 00000000'),
      'secrets of another protocol than TLS are not read',
    ],
  ])('says what cannot be read: %s', (_what, damaged, remark) => {
    expect(remarksOf(read(`${SECTION_BE} ${INTERFACE_BE} ${damaged}`))).toEqual([remark])
  })
})

it.each(['', '00', 'a1b2c3d4', '0a0d0d0a', '7b7d'.repeat(20)])('%j is no capture', (bytes) => {
  expect(readCapture(hex(bytes))).toBeNull()
})

it('is the same in whatever pieces it comes', () => {
  const file = hex(
    `${SECTION_BE} ${INTERFACE_BE} ${block('00000006', `00000000 ${TICKS('00000001')}`)} 00`,
  )
  const pcap = hex(`a1b2c3d4 ${PCAP_REST_BE} ${HEAD(HALF.micro)} 010203 ${HEAD(HALF.micro)} 01`)
  for (const whole of [file, pcap]) {
    const remarks = new Remarks()
    const reader = openCapture(whole, { remarks, secret: () => undefined })
    if (reader === null) throw new Error('is no capture')
    const packets = [...whole].flatMap((byte) => [...reader.read(Uint8Array.of(byte))])
    reader.end()
    const pieces = { format: reader.format, packets, secrets: [], remarks: remarks.list() }
    expect(packetsOf(pieces)).toEqual(packetsOf(read(whole)))
    expect(pieces.remarks).toEqual(read(whole).remarks)
  }
})
