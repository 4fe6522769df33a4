/** An IP packet that carries a whole transport header, or the reason why it does not. */
export type IpContent = { kind: 'packet'; packet: IpPacket } | { kind: 'other'; reason: string }

export interface IpPacket {
  source: string
  destination: string
  /** Of what it carries: 6 is TCP, 17 UDP. */
  protocol: number
  /** As its header says, in bytes; more than was captured where it was cut off. */
  totalBytes: number
  /** Of which so many are what it carries. */
  payloadBytes: number
  /** What was captured of that. */
  payload: Uint8Array
}

const other = (reason: string): IpContent => ({ kind: 'other', reason })
const CUT_OFF = other('cut off before its IP header ends')
const DAMAGED = other('damaged: the IP header contradicts itself')
const FRAGMENT = other('a fragment of an IP packet; fragments are not joined')

const IPV6_HEADER_BYTES = 40
const EXTENSION = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  options: 60,
} as const

/** Reads the header of IPv4 (RFC 791 §3.1) or IPv6 (RFC 8200 §3), its extensions included. */
export function readIpPacket(bytes: Uint8Array): IpContent {
  const [first] = bytes
  if (first === undefined) return CUT_OFF
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (first >> 4) {
    case 4:
      return readIpv4(bytes, view)
    case 6:
      return readIpv6(bytes, view)
    default:
      return other('neither IPv4 nor IPv6')
  }
}

function readIpv4(bytes: Uint8Array, view: DataView): IpContent {
  const headerBytes = (view.getUint8(0) & 0x0f) * 4
  if (headerBytes < 20) return DAMAGED
  if (bytes.length < headerBytes) return CUT_OFF
  // More fragments to come, or not the first.
  if (view.getUint16(6) & 0x3fff) return FRAGMENT
  // 0 where the network card was still to cut it into segments: it is as long as it was captured.
  const totalBytes = view.getUint16(2) || bytes.length
  if (totalBytes < headerBytes) return DAMAGED
  const packet = {
    source: ipv4Address(bytes.subarray(12, 16)),
    destination: ipv4Address(bytes.subarray(16, 20)),
    protocol: view.getUint8(9),
    totalBytes,
    payloadBytes: totalBytes - headerBytes,
    payload: bytes.subarray(headerBytes, totalBytes),
  }
  return { kind: 'packet', packet }
}

function readIpv6(bytes: Uint8Array, view: DataView): IpContent {
  if (bytes.length < IPV6_HEADER_BYTES) return CUT_OFF
  const declaredBytes = view.getUint16(4)
  // 0 where it is too long for the field (RFC 2675), or still to be cut into segments.
  const totalBytes = declaredBytes === 0 ? bytes.length : IPV6_HEADER_BYTES + declaredBytes
  let protocol = view.getUint8(6)
  let at = IPV6_HEADER_BYTES
  for (let extension = extensionAt(view, at, protocol); extension !== null; ) {
    if (extension === 'cut off') return CUT_OFF
    if (extension === 'fragment') return FRAGMENT
    at += extension.lengthBytes
    protocol = extension.next
    extension = extensionAt(view, at, protocol)
  }
  if (totalBytes < at) return DAMAGED
  const packet = {
    source: ipv6Address(view, 8),
    destination: ipv6Address(view, 24),
    protocol,
    totalBytes,
    payloadBytes: totalBytes - at,
    payload: bytes.subarray(at, totalBytes),
  }
  return { kind: 'packet', packet }
}

type Extension = { next: number; lengthBytes: number } | 'cut off' | 'fragment'

/** The extension header of that number (RFC 8200 §4); null where it is none. */
function extensionAt(view: DataView, at: number, number: number): Extension | null {
  if (!Object.values(EXTENSION).some((known) => known === number)) return null
  if (at + 8 > view.byteLength) return 'cut off'
  const next = view.getUint8(at)
  const length = view.getUint8(at + 1)
  if (number === EXTENSION.fragment) {
    // The only fragment of its packet is a whole one (RFC 6946).
    return view.getUint16(at + 2) & 0xfff9 ? 'fragment' : { next, lengthBytes: 8 }
  }
  const lengthBytes = number === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8
  return { next, lengthBytes }
}

const ipv4Address = (bytes: Uint8Array): string => bytes.join('.')

/** The first longest run of zeros is left out (RFC 5952 §4.2). */
function ipv6Address(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    view.getUint16(at + 2 * index).toString(16),
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
