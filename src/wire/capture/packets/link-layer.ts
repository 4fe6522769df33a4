import type { CapturedPacket } from '../files/capture.ts'
import { LINK_TYPE } from '../files/pcapng-format.ts'

/** The bytes from the IP header on, or why there are none. */
export type LinkContent = { kind: 'ip'; bytes: Uint8Array } | { kind: 'other'; reason: string }

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
/** Tags of IEEE 802.1Q and 802.1ad, and an older one of the latter. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])

const other = (reason: string): LinkContent => ({ kind: 'other', reason })
const CUT_OFF = other('cut off before its link header ends')

/** Takes the header of the link off a packet. */
export function linkContent({ linkType, bytes }: CapturedPacket): LinkContent {
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
      return { kind: 'ip', bytes }
    default:
      return other(`of link type ${linkType}`)
  }
}

/** The type stands right before what it names, VLAN tags between them. */
function afterEtherType(bytes: Uint8Array, at: number): LinkContent {
  let typeAt = at
  while (VLAN_TAGS.has(uint16(bytes, typeAt) ?? 0)) typeAt += 4
  return afterProtocolField(bytes, typeAt, typeAt + 2)
}

function afterProtocolField(bytes: Uint8Array, at: number, contentAt: number): LinkContent {
  const etherType = uint16(bytes, at)
  if (etherType === undefined || contentAt > bytes.length) return CUT_OFF
  if (etherType !== ETHERTYPE_IPV4 && etherType !== ETHERTYPE_IPV6) {
    return other(`neither IPv4 nor IPv6 (EtherType 0x${etherType.toString(16).padStart(4, '0')})`)
  }
  return { kind: 'ip', bytes: bytes.subarray(contentAt) }
}

/**
 * BSD's loopback: four bytes of address family, in the byte order of whichever
 * machine it was, and with a number that differs between systems. The version
 * in the IP header tells more.
 */
function afterAddressFamily(bytes: Uint8Array): LinkContent {
  return bytes.length < 4 ? CUT_OFF : { kind: 'ip', bytes: bytes.subarray(4) }
}

function uint16(bytes: Uint8Array, at: number): number | undefined {
  const [high, low] = [bytes[at], bytes[at + 1]]
  return high === undefined || low === undefined ? undefined : high * 256 + low
}
