import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'

/** An IP packet that carries a whole transport header, or what it is instead. */
export type IpContent =
  | { kind: 'packet'; packet: IpPacket }
  | { kind: 'fragment'; fragment: IpFragment }
  | { kind: 'other'; reason: WirePhrase }

export interface IpPacket {
  /** Of source and destination, one behind the other as they stand in the header: 8 bytes or 32. */
  addresses: Uint8Array
  /** Of what it carries: 6 is TCP, 17 UDP. */
  protocol: number
  /** Its number among its sender's; 0 where it has none, as in IPv6. */
  identification: number
  /** As its header says, in bytes; more than was captured where it was cut off. */
  totalBytes: number
  /** Of which so many are what it carries. */
  payloadBytes: number
  /** What was captured of that. */
  payload: Uint8Array
  /** Its header says that it is longer than what was on the wire. */
  isOverlong: boolean
}

/** A piece of a packet that was too long for a link (RFC 791 §3.2, RFC 8200 §4.5). */
export interface IpFragment {
  packet: IpPacket
  /** The same in all fragments of a packet. */
  key: string
  /** Of its payload in that of the packet. */
  offset: number
  isLast: boolean
}

const other = (reason: WirePhrase): IpContent => ({ kind: 'other', reason })
const CUT_OFF = other('cut off before its IP header ends')
const DAMAGED = other('damaged: the IP header contradicts itself')

const IPV6_HEADER_BYTES = 40
const EXTENSION = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  options: 60,
} as const
const EXTENSIONS: ReadonlySet<number> = new Set(Object.values(EXTENSION))

/**
 * Reads the header of IPv4 (RFC 791 §3.1) or IPv6 (RFC 8200 §3), its extensions included.
 * @param wireBytes how long it was before it was captured
 */
export function readIpPacket(bytes: Uint8Array, wireBytes = bytes.length): IpContent {
  const [first] = bytes
  if (first === undefined) return CUT_OFF
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (first >> 4) {
    case 4:
      return readIpv4(bytes, view, wireBytes)
    case 6:
      return readIpv6(bytes, view, wireBytes)
    default:
      return other('neither IPv4 nor IPv6')
  }
}

function readIpv4(bytes: Uint8Array, view: DataView, wireBytes: number): IpContent {
  const headerBytes = (view.getUint8(0) & 0x0f) * 4
  if (headerBytes < 20) return DAMAGED
  if (bytes.length < headerBytes) return CUT_OFF
  // 0 where the network card was still to cut it into segments: it is as long as it was on the wire.
  const declaredBytes = view.getUint16(2) || wireBytes
  const totalBytes = Math.min(declaredBytes, wireBytes)
  if (totalBytes < headerBytes) return DAMAGED
  const protocol = view.getUint8(9)
  const identification = view.getUint16(4)
  const packet: IpPacket = {
    addresses: bytes.subarray(12, 20),
    ...{ protocol, identification, totalBytes },
    payloadBytes: totalBytes - headerBytes,
    payload: bytes.subarray(headerBytes, totalBytes),
    isOverlong: declaredBytes > wireBytes,
  }
  const place = view.getUint16(6)
  // No more fragments to come, and none before.
  if ((place & 0x3fff) === 0) return { kind: 'packet', packet }
  const [offset, isLast] = [(place & 0x1fff) * 8, (place & 0x2000) === 0]
  return fragmentOf(packet, { identification, offset, isLast })
}

function fragmentOf(
  packet: IpPacket,
  { identification, offset, isLast }: FragmentHeader,
): IpContent {
  const addresses = Buffer.from(packet.addresses).toString('latin1')
  const key = `${addresses}${packet.protocol} ${identification}`
  return { kind: 'fragment', fragment: { packet, key, offset, isLast } }
}

function readIpv6(bytes: Uint8Array, view: DataView, wireBytes: number): IpContent {
  if (bytes.length < IPV6_HEADER_BYTES) return CUT_OFF
  const payloadField = view.getUint16(4)
  // 0 where it is too long for the field (RFC 2675), or still to be cut into segments.
  const declaredBytes = payloadField === 0 ? wireBytes : IPV6_HEADER_BYTES + payloadField
  const totalBytes = Math.min(declaredBytes, wireBytes)
  let protocol = view.getUint8(6)
  let at = IPV6_HEADER_BYTES
  let fragment: FragmentHeader | null = null
  // What follows the head of a fragment is of the whole packet, and only in the first of them.
  while (fragment === null) {
    const extension = extensionAt(view, at, protocol)
    if (extension === null) break
    if (extension === 'cut off') return CUT_OFF
    fragment = extension.fragment
    at += extension.lengthBytes
    protocol = extension.next
  }
  if (totalBytes < at) return DAMAGED
  const packet: IpPacket = {
    addresses: bytes.subarray(8, 40),
    ...{ protocol, identification: 0, totalBytes },
    payloadBytes: totalBytes - at,
    payload: bytes.subarray(at, totalBytes),
    isOverlong: declaredBytes > wireBytes,
  }
  return fragment === null ? { kind: 'packet', packet } : fragmentOf(packet, fragment)
}

/** Which packet a piece is of, and where it stands in it. */
interface FragmentHeader extends Pick<IpFragment, 'offset' | 'isLast'> {
  identification: number
}

interface Extension {
  next: number
  lengthBytes: number
  fragment: FragmentHeader | null
}

/** The extension header of that number (RFC 8200 §4); null where it is none. */
function extensionAt(view: DataView, at: number, number: number): Extension | 'cut off' | null {
  if (!EXTENSIONS.has(number)) return null
  if (at + 8 > view.byteLength) return 'cut off'
  const next = view.getUint8(at)
  const length = view.getUint8(at + 1)
  if (number === EXTENSION.fragment) {
    const place = view.getUint16(at + 2)
    // The only fragment of its packet is a whole one (RFC 6946).
    if ((place & 0xfff9) === 0) return { next, lengthBytes: 8, fragment: null }
    const [offset, isLast] = [place & 0xfff8, (place & 1) === 0]
    const fragment = { identification: view.getUint32(at + 4), offset, isLast }
    return { next, lengthBytes: 8, fragment }
  }
  const lengthBytes = number === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8
  return { next, lengthBytes, fragment: null }
}

/** Source and destination as they are written. */
export function formatAddresses(addresses: Uint8Array): [source: string, destination: string] {
  const half = addresses.length / 2
  const format = half === 4 ? ipv4Address : ipv6Address
  return [format(addresses.subarray(0, half)), format(addresses.subarray(half))]
}

const ipv4Address = (bytes: Uint8Array): string => bytes.join('.')

/** The first longest run of zeros is left out (RFC 5952 §4.2). */
function ipv6Address(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[2 * index] as number) * 256 + (bytes[2 * index + 1] as number)).toString(16),
  )
  let longest = { from: 0, until: 0 }
  for (let from = 0, until = 0; from < groups.length; from = until + 1) {
    until = from
    while (groups[until] === '0') until += 1
    if (until - from > longest.until - longest.from) longest = { from, until }
  }
  // A single zero is written out.
  if (longest.until - longest.from < 2) return groups.join(':')
  return `${groups.slice(0, longest.from).join(':')}::${groups.slice(longest.until).join(':')}`
}
