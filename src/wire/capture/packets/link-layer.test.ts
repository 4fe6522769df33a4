import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { readIpPacket } from './ip-packet.ts'
import { linkContent } from './link-layer.ts'

const MAC = 'aabbccddeeff 112233445566'
const IP = '4500'

const contentOf = (linkType: number, bytes: string): string => {
  const content = linkContent({ linkType, atNs: null, bytes: hex(bytes) })
  return content.kind === 'ip' ? Buffer.from(content.bytes).toString('hex') : content.reason
}

describe('the header of a link', () => {
  it.each([
    ['Ethernet, IPv4', 1, `${MAC} 0800 ${IP}`],
    ['Ethernet, IPv6', 1, `${MAC} 86dd ${IP}`],
    ['a VLAN tag', 1, `${MAC} 8100 0007 0800 ${IP}`],
    ['two VLAN tags', 1, `${MAC} 88a8 0007 8100 0008 0800 ${IP}`],
    ['Linux cooked', 113, `0000 0304 0006 000000000000 0000 0800 ${IP}`],
    ['Linux cooked, VLAN', 113, `0000 0304 0006 000000000000 0000 8100 0007 0800 ${IP}`],
    ['Linux cooked, version 2', 276, `0800 0000 00000001 0304 00 06 0000000000000000 ${IP}`],
    ['loopback, little-endian', 0, `02000000 ${IP}`],
    ['loopback, big-endian, IPv6 of some BSD', 0, `0000001e ${IP}`],
    ['loopback of OpenBSD', 108, `00000002 ${IP}`],
    ['raw IP', 101, IP],
    ['raw IP by its older numbers', 12, IP],
    ['IPv4 alone', 228, IP],
    ['IPv6 alone', 229, IP],
  ])('is taken off: %s', (_what, linkType, bytes) => {
    expect(contentOf(linkType, bytes)).toBe(IP)
  })

  it.each([
    ['ARP', 1, `${MAC} 0806 0001`, 'neither IPv4 nor IPv6 (EtherType 0x0806)'],
    ['an unknown link', 147, IP, 'of link type 147'],
    ['a cut Ethernet header', 1, MAC, 'cut off before its link header ends'],
    ['a cut VLAN tag', 1, `${MAC} 8100 00`, 'cut off before its link header ends'],
    ['a cut cooked header', 276, '0800 0000', 'cut off before its link header ends'],
    ['a cut address family', 0, '0200', 'cut off before its link header ends'],
  ])('says why there is no IP: %s', (_what, linkType, bytes, reason) => {
    expect(contentOf(linkType, bytes)).toBe(reason)
  })
})

/** Total length 24: four bytes of payload. */
const ipv4 = (change: { length?: string; fragment?: string; first?: string } = {}): string =>
  `${change.first ?? '45'}00 ${change.length ?? '0018'} 0000 ${change.fragment ?? '4000'} 4006 0000 7f000001 7f000002`
const ipv6 = (next: string, lengthBytes: number, rest: string): string =>
  `60000000 ${lengthBytes.toString(16).padStart(4, '0')} ${next} 40 ${'0'.repeat(31)}1 20010db8000000000001000000000000 ${rest}`

const described = (bytes: string): string => {
  const content = readIpPacket(hex(bytes))
  if (content.kind === 'other') return content.reason
  const { source, destination, protocol, totalBytes, payloadBytes, payload } = content.packet
  return `${source} ${destination} ${protocol} ${totalBytes}-${payloadBytes} ${Buffer.from(payload).toString('hex')}`
}

describe('an IP packet', () => {
  it.each([
    ['IPv4', `${ipv4()} 01020304`, '127.0.0.1 127.0.0.2 6 24-4 01020304'],
    ['with padding behind it', `${ipv4()} 01020304 0000`, '127.0.0.1 127.0.0.2 6 24-4 01020304'],
    ['cut off when it was captured', `${ipv4()} 0102`, '127.0.0.1 127.0.0.2 6 24-4 0102'],
    [
      'not yet segmented',
      `${ipv4({ length: '0000' })} 010203`,
      '127.0.0.1 127.0.0.2 6 23-3 010203',
    ],
    ['with options', `${ipv4({ first: '46' })} 01010101`, '127.0.0.1 127.0.0.2 6 24-0 '],
    ['IPv6', ipv6('06', 2, '0102'), '::1 2001:db8:0:0:1:: 6 42-2 0102'],
    [
      'IPv6 with extensions',
      ipv6('00', 20, `3c00000000000000 0600000000000000 01020304`),
      '::1 2001:db8:0:0:1:: 6 60-4 01020304',
    ],
    ['the only fragment', ipv6('2c', 9, '0600000000000000 01'), '::1 2001:db8:0:0:1:: 6 49-1 01'],
    ['a jumbogram', ipv6('06', 0, '010203'), '::1 2001:db8:0:0:1:: 6 43-3 010203'],
  ])('is read: %s', (_what, bytes, expected) => {
    expect(described(bytes)).toBe(expected)
  })

  it.each([
    ['a fragment', `${ipv4({ fragment: '2000' })} 01`, /fragment/],
    ['a later fragment', `${ipv4({ fragment: '0001' })} 01`, /fragment/],
    ['a fragment of IPv6', ipv6('2c', 9, '0600000100000000 01'), /fragment/],
    ['a short header length', `${ipv4({ first: '44' })} 01`, /contradicts itself/],
    ['a total shorter than its header', `${ipv4({ length: '0013' })}`, /contradicts itself/],
    [
      'an IPv6 total shorter than its extensions',
      ipv6('00', 4, '06000000 00000000'),
      /contradicts itself/,
    ],
    ['a cut header', '4500 0018', /cut off/],
    ['a cut IPv6 header', '6000', /cut off/],
    ['a cut extension', ipv6('00', 8, '0600'), /cut off/],
    ['another version', '5000', /neither IPv4 nor IPv6/],
    ['nothing', '', /cut off/],
  ])('is not: %s', (_what, bytes, expected) => {
    expect(described(bytes)).toMatch(expected)
  })
})
