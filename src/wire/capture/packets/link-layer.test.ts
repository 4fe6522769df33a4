import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { formatAddresses, readIpPacket } from './ip-packet.ts'
import { linkContent } from './link-layer.ts'

const MAC = 'aabbccddeeff 112233445566'
const IP = '4500'

const contentOf = (linkType: number, bytes: string): string => {
  const content = linkContent({ linkType, bytes: hex(bytes) })
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
    ['a length of 802.3, and SNAP', 1, `${MAC} 0010 aaaa03 000000 0800 ${IP}`],
    ['PPPoE', 1, `${MAC} 8864 1100 0001 0004 0021 ${IP}`],
    ['MPLS, two labels', 1, `${MAC} 8847 00010040 00011140 ${IP}`],
    ['MPLS with Ethernet in it', 1, `${MAC} 8847 00011140 00000000 ${MAC} 0800 ${IP}`],
    ['PPP', 9, `ff03 0021 ${IP}`],
    ['PPP, all that can be left out', 9, `21 ${IP}`],
    ['Cisco HDLC', 50, `0f00 0800 ${IP}`],
    ['PPP with a direction', 204, `01 ff03 0021 ${IP}`],
    ['PPP with a direction for an address', 166, `0003 0021 ${IP}`],
    ['PPPoE alone', 51, `1100 0001 0004 0021 ${IP}`],
    ['NFLOG', 239, `02 00 0000 0500 0a00 61000000 0600 0900 ${IP} 0000`],
  ])('is taken off: %s', (_what, linkType, bytes) => {
    expect(contentOf(linkType, bytes)).toBe(IP)
  })

  it.each([
    ['ARP', 1, `${MAC} 0806 0001`, 'ARP, which is not read'],
    ['an unknown EtherType', 1, `${MAC} 1234 0001`, 'neither IPv4 nor IPv6 (EtherType 0x1234)'],
    ['spanning tree', 1, `${MAC} 0026 4242 03`, 'of IEEE 802.2 (spanning tree), which is not read'],
    ['an unknown link', 147, IP, 'of link type 147, which is not read'],
    ['a link by its name', 127, IP, 'of IEEE 802.11 with radiotap, which is not read'],
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

const described = (bytes: string, wireBytes?: number): string => {
  const content = readIpPacket(hex(bytes), wireBytes)
  if (content.kind === 'other') return content.reason
  if (content.kind === 'fragment') {
    const { offset, isLast, packet } = content.fragment
    return `fragment ${offset}+${packet.payloadBytes}${isLast ? ', the last' : ''}`
  }
  const [source, destination] = formatAddresses(content.packet.addresses)
  const { protocol, totalBytes, payloadBytes, payload } = content.packet
  return `${source} ${destination} ${protocol} ${totalBytes}-${payloadBytes} ${Buffer.from(payload).toString('hex')}`
}

describe('an IP packet', () => {
  it.each([
    ['IPv4', `${ipv4()} 01020304`, '127.0.0.1 127.0.0.2 6 24-4 01020304'],
    ['with padding behind it', `${ipv4()} 01020304 0000`, '127.0.0.1 127.0.0.2 6 24-4 01020304'],
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
    ['a fragment', `${ipv4({ fragment: '2000' })} 01020304`, /^fragment 0\+4$/],
    ['a later fragment', `${ipv4({ fragment: '0001' })} 01020304`, /^fragment 8\+4, the last$/],
    ['a fragment of IPv6', ipv6('2c', 9, '0600000100000000 01'), /^fragment 0\+1$/],
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

  it.each([
    ['cut off when it was captured', `${ipv4()} 0102`, 24, '24-4 0102'],
    ['not yet segmented, and cut off', `${ipv4({ length: '0000' })} 0102`, 3020, '3020-3000 0102'],
    ['longer by its header than on the wire', `${ipv4()} 0102`, 22, '22-2 0102'],
    ['IPv6, longer than on the wire', ipv6('06', 9, '0102'), 42, '42-2 0102'],
  ])('is as long as it was on the wire: %s', (_what, bytes, wireBytes, expected) => {
    expect(described(bytes, wireBytes)).toMatch(new RegExp(` ${expected}$`))
  })
})
