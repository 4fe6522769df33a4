import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'

import type { CapturedPacket } from '../files/capture.ts'
import { LINK_TYPE, linkTypeName } from '../files/link-types.ts'

/** The bytes from the IP header on, or why there are none. */
export type LinkContent =
  | {
      kind: 'ip'
      bytes: Uint8Array
      /** Of what stands between the link's own header and IP: PPPoE, MPLS. */
      outerBytes: number
    }
  | { kind: 'other'; reason: WirePhrase }

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, mpls: 0x8847, mplsUpstream: 0x8848, pppoe: 0x8864 }
/** Where an EtherType would stand, a length of IEEE 802.3, or Linux’s word for such a frame. */
const MAX_802_3_LENGTH = 1500
/** Tags of IEEE 802.1Q and 802.1ad, and an older one of the latter. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])
const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  2054: 'ARP',
  32821: 'RARP',
  33079: 'IPX',
  34915: 'the discovery of PPPoE',
  34958: 'EAP (802.1X)',
  34969: 'Realtek’s loop detection',
  34978: 'ATA over Ethernet',
  35020: 'LLDP',
  35041: 'HomePlug',
  35045: 'MACsec',
  35063: 'PTP',
  35078: 'FCoE',
  35130: 'IEEE 1905.1',
  36864: 'Ethernet’s loopback test',
}
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057
const PPP_MPLS = 0x0281
const PPP_NAMES: Readonly<Record<number, string>> = {
  32801: 'PPP’s control of IP',
  32855: 'PPP’s control of IPv6',
  49185: 'PPP’s control of the link',
  49187: 'PPP’s passwords (PAP)',
  49189: 'PPP’s link quality',
  49699: 'PPP’s challenges (CHAP)',
}
const PPPOE_HEADER_BYTES = 6
const MPLS_LABEL_BYTES = 4

const other = (reason: WirePhrase): LinkContent => ({ kind: 'other', reason })
const CUT_OFF = other('cut off before its link header ends')

/** Takes the header of the link off a packet. */
export function linkContent({
  linkType,
  bytes,
}: Pick<CapturedPacket, 'linkType' | 'bytes'>): LinkContent {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return afterEtherType(bytes, 12)
    case LINK_TYPE.linuxCooked:
      return afterEtherType(bytes, 14)
    case LINK_TYPE.linuxCooked2:
      return afterProtocolField(bytes, 0, 20)
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return afterAddressFamily(bytes)
    case LINK_TYPE.raw:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return ipAt(bytes, 0)
    case LINK_TYPE.ppp:
    case LINK_TYPE.pppSerial:
      return bytes[0] === CISCO_UNICAST || bytes[0] === CISCO_MULTICAST
        ? afterProtocolField(bytes, 2, 4)
        : afterPpp(bytes, 0)
    case LINK_TYPE.ciscoHdlc:
      return afterProtocolField(bytes, 2, 4)
    case LINK_TYPE.pppd:
    case LINK_TYPE.pppWithDirection:
      // A byte says which way it went: before the PPP header, or in place of its address.
      return afterPpp(bytes, bytes[1] === PPP_CONTROL ? 2 : 1)
    case LINK_TYPE.pppEther:
      return afterPppoe(bytes, 0)
    case LINK_TYPE.nflog:
      return afterNflog(bytes)
    default:
      return other(`of ${linkTypeName(linkType)}, which is not read`)
  }
}

/** An Ethernet frame in a tunnel: its header belongs to what the tunnel adds. */
export function tunnelledFrame(bytes: Uint8Array, from: number): LinkContent {
  const content = afterEtherType(bytes, from + 12)
  if (content.kind === 'other') return content
  return { ...content, outerBytes: bytes.length - from - content.bytes.length }
}

/** What a protocol number of Ethernet says comes next. */
export function etherContent(bytes: Uint8Array, etherType: number, from: number): LinkContent {
  switch (etherType) {
    case ETHERTYPE.ipv4:
    case ETHERTYPE.ipv6:
      return ipAt(bytes, from)
    case ETHERTYPE.mpls:
    case ETHERTYPE.mplsUpstream:
      return afterMpls(bytes, from)
    case ETHERTYPE.pppoe:
      return afterPppoe(bytes, from)
    default:
      if (etherType <= MAX_802_3_LENGTH) return afterLlc(bytes, from)
      return other(
        ETHERTYPE_NAMES[etherType] === undefined
          ? `neither IPv4 nor IPv6 (EtherType 0x${etherType.toString(16).padStart(4, '0')})`
          : `${ETHERTYPE_NAMES[etherType]}, which is not read`,
      )
  }
}

const ipAt = (bytes: Uint8Array, from: number, outerBytes = 0): LinkContent => ({
  kind: 'ip',
  bytes: from === 0 ? bytes : bytes.subarray(from),
  outerBytes,
})

/** The type stands right before what it names, VLAN tags between them. */
function afterEtherType(bytes: Uint8Array, at: number): LinkContent {
  let typeAt = at
  while (VLAN_TAGS.has(uint16(bytes, typeAt) ?? 0)) typeAt += 4
  return afterProtocolField(bytes, typeAt, typeAt + 2)
}

function afterProtocolField(bytes: Uint8Array, at: number, contentAt: number): LinkContent {
  const etherType = uint16(bytes, at)
  if (etherType === undefined || contentAt > bytes.length) return CUT_OFF
  return etherContent(bytes, etherType, contentAt)
}

const LLC_SNAP = 0xaa
const LLC_NAMES: Readonly<Record<number, string>> = {
  66: 'spanning tree',
  224: 'IPX',
  240: 'NetBIOS',
  254: 'IS-IS',
}

/** IEEE 802.2: two service access points and a control field; SNAP (RFC 1042) names an EtherType. */
function afterLlc(bytes: Uint8Array, from: number): LinkContent {
  const [service, , control] = bytes.subarray(from, from + 3)
  if (service === undefined || control === undefined) return CUT_OFF
  if (service === LLC_SNAP && control === 0x03) {
    const etherType = uint16(bytes, from + 6)
    if (etherType === undefined) return CUT_OFF
    if (etherType > MAX_802_3_LENGTH) return etherContent(bytes, etherType, from + 8)
  }
  return other(
    `of IEEE 802.2${LLC_NAMES[service] === undefined ? '' : ` (${LLC_NAMES[service]})`}, which is not read`,
  )
}

const PPP_ADDRESS = 0xff
const PPP_CONTROL = 0x03
const CISCO_UNICAST = 0x0f
const CISCO_MULTICAST = 0x8f

/** RFC 1661 §2 and RFC 1662 §3.1: address and control may be left out, and half of a protocol number below 256. */
function afterPpp(bytes: Uint8Array, from: number, outerBytes = 0): LinkContent {
  const hasAddress = bytes[from] === PPP_ADDRESS && bytes[from + 1] === PPP_CONTROL
  const at = hasAddress ? from + 2 : from
  const first = bytes[at]
  if (first === undefined) return CUT_OFF
  const isShort = (first & 1) === 1
  const protocol = isShort ? first : uint16(bytes, at)
  if (protocol === undefined) return CUT_OFF
  const contentAt = at + (isShort ? 1 : 2)
  const outer = outerBytes === 0 ? 0 : outerBytes + contentAt - from
  if (protocol === PPP_IPV4 || protocol === PPP_IPV6) return ipAt(bytes, contentAt, outer)
  if (protocol === PPP_MPLS) return afterMpls(bytes, contentAt, outer)
  return other(
    PPP_NAMES[protocol] === undefined
      ? `neither IPv4 nor IPv6 (PPP protocol 0x${protocol.toString(16).padStart(4, '0')})`
      : `${PPP_NAMES[protocol]}, which is not read`,
  )
}

/** RFC 2516 §4: version and type, code, session, length; then PPP without address and control. */
function afterPppoe(bytes: Uint8Array, from: number): LinkContent {
  if (bytes.length < from + PPPOE_HEADER_BYTES) return CUT_OFF
  if (bytes[from + 1] !== 0) return other('the discovery of PPPoE, which is not read')
  return afterPpp(bytes, from + PPPOE_HEADER_BYTES, PPPOE_HEADER_BYTES)
}

/** RFC 3032 §2.1: labels up to that with the bottom bit; what is below them only its first bits say. */
function afterMpls(bytes: Uint8Array, from: number, outerBytes = 0): LinkContent {
  let at = from
  for (let isBottom = false; !isBottom; at += MPLS_LABEL_BYTES) {
    const last = bytes[at + 2]
    if (last === undefined) return CUT_OFF
    isBottom = (last & 1) === 1
  }
  const labels = outerBytes + at - from
  const version = (bytes[at] ?? 0) >> 4
  if (version === 4 || version === 6) return ipAt(bytes, at, labels)
  if (version !== 0) return other('in MPLS, and neither IPv4 nor IPv6')
  // A pseudo-wire with its control word (RFC 4448 §4.6): an Ethernet frame.
  const frame = tunnelledFrame(bytes, at + 4)
  return frame.kind === 'other' ? frame : { ...frame, outerBytes: labels + 4 + frame.outerBytes }
}

const NFLOG_HEADER_BYTES = 4
const NFLOG_PAYLOAD = 9

/** Attributes of length and type, in the byte order of the machine that wrote them; one is the packet. */
function afterNflog(bytes: Uint8Array): LinkContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const littleEndian of [true, false]) {
    for (let at = NFLOG_HEADER_BYTES; at + 4 <= bytes.length; ) {
      const lengthBytes = view.getUint16(at, littleEndian)
      const type = view.getUint16(at + 2, littleEndian) & 0x7fff
      if (lengthBytes < 4) break
      // The last one may have been cut off by the capture's limit.
      if (type === NFLOG_PAYLOAD) return ipAt(bytes.subarray(0, at + lengthBytes), at + 4)
      at += Math.ceil(lengthBytes / 4) * 4
    }
  }
  return CUT_OFF
}

/**
 * BSD's loopback: four bytes of address family, in the byte order of whichever
 * machine it was, and with a number that differs between systems. The version
 * in the IP header tells more.
 */
function afterAddressFamily(bytes: Uint8Array): LinkContent {
  return bytes.length < 4 ? CUT_OFF : ipAt(bytes, 4)
}

function uint16(bytes: Uint8Array, at: number): number | undefined {
  const [high, low] = [bytes[at], bytes[at + 1]]
  return high === undefined || low === undefined ? undefined : high * 256 + low
}
