import type { Remarks } from '../../../model/report/remarks.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import type { CapturedPacket } from '../files/capture.ts'
import { IP_PROTOCOL } from './build-packets.ts'
import { IpFragments } from './ip-fragments.ts'
import { type IpPacket, readIpPacket } from './ip-packet.ts'
import { etherContent, type LinkContent, linkContent, tunnelledFrame } from './link-layer.ts'

/** Tunnels in tunnels; more is no network, but somebody's joke. */
const MAX_DEPTH = 8
const IN_IP = { ipv4: 4, ipv6: 41, gre: 47 } as const
const VXLAN_PORTS: ReadonlySet<number> = new Set([4789, 8472])
const VXLAN_BYTES = 8
const UDP_BYTES = 8
const GRE_ETHERNET = 0x6558
const GRE_FLAGS = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000 } as const

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  50: 'ESP (IPsec)',
  51: 'AH (IPsec)',
  58: 'ICMPv6',
  88: 'EIGRP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  115: 'L2TP',
  132: 'SCTP',
  136: 'UDP-Lite',
}

/**
 * Takes packets of TCP and UDP out of whatever they travel in: links, tunnels,
 * fragments. What is something else is remarked on. The headers of tunnels count
 * as part of the IP packet: they crossed the wire for its sake.
 */
export class Unwrapper {
  readonly #remarks: Remarks
  readonly #fragments = new IpFragments()

  constructor(remarks: Remarks) {
    this.#remarks = remarks
  }

  /** @returns null where it is, or carries, no packet of TCP or UDP */
  unwrap(captured: CapturedPacket): IpPacket | null {
    const link = linkContent(captured)
    const outside = captured.bytes.length - (link.kind === 'ip' ? link.bytes.length : 0)
    return this.#enter(link, captured.wireBytes - outside, 0, 0)
  }

  /** There are no further packets. */
  end(): void {
    const { lost } = this.#fragments
    if (lost > 0) {
      this.#remarks.add(
        'a packet is a fragment of an IP packet whose other fragments are missing',
        lost,
      )
    }
  }

  /** @param outerBytes of headers that stand before */
  #enter(link: LinkContent, wireBytes: number, outerBytes: number, depth: number): IpPacket | null {
    if (link.kind === 'other') return this.#refuse(link.reason)
    const ip = readIpPacket(link.bytes, wireBytes)
    const outer = outerBytes + link.outerBytes
    switch (ip.kind) {
      case 'other':
        return this.#refuse(ip.reason)
      case 'fragment': {
        const { packet } = ip.fragment
        packet.totalBytes += outer
        const joined = this.#fragments.add(ip.fragment)
        return joined && this.#open(joined, depth)
      }
      case 'packet':
        ip.packet.totalBytes += outer
        return this.#open(ip.packet, depth)
    }
  }

  /** What is in it may be a packet again. */
  #open(packet: IpPacket, depth: number): IpPacket | null {
    if (packet.isOverlong) {
      this.#remarks.add(
        'an IP header says that its packet is longer than it was on the wire; what was there is counted',
      )
    }
    const content = tunnelContent(packet)
    if (content === null) {
      const { protocol } = packet
      if (protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp) return packet
      return this.#refuse(
        `${PROTOCOL_NAMES[protocol] ?? `IP protocol ${protocol}`}, which is not read`,
      )
    }
    if (depth >= MAX_DEPTH) return this.#refuse(`in more than ${MAX_DEPTH} tunnels`)
    if (content.kind === 'other') return this.#refuse(content.reason)
    const headBytes = packet.payload.length - content.bytes.length
    const outer = packet.totalBytes - packet.payloadBytes + headBytes
    const inner = { ...content, outerBytes: 0 }
    return this.#enter(inner, packet.payloadBytes - headBytes, outer, depth + 1)
  }

  #refuse(reason: WirePhrase): null {
    this.#remarks.add(`a packet is ${reason as string}`)
    return null
  }
}

/** Null where it is no tunnel. */
function tunnelContent({ protocol, payload }: IpPacket): LinkContent | null {
  switch (protocol) {
    case IN_IP.ipv4:
    case IN_IP.ipv6:
      return { kind: 'ip', bytes: payload, outerBytes: 0 }
    case IN_IP.gre:
      return greContent(payload)
    case IP_PROTOCOL.udp:
      return vxlanContent(payload)
    default:
      return null
  }
}

const CUT_OFF: LinkContent = { kind: 'other', reason: 'cut off before its tunnel’s header ends' }

/** RFC 2784 §2.1 and RFC 2890 §2. */
function greContent(payload: Uint8Array): LinkContent {
  if (payload.length < 4) return CUT_OFF
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const flags = view.getUint16(0)
  if ((flags & 7) !== 0 || (flags & GRE_FLAGS.routing) !== 0) {
    return { kind: 'other', reason: 'in a tunnel of GRE for PPP or with routes, which is not read' }
  }
  const fields = [GRE_FLAGS.checksum, GRE_FLAGS.key, GRE_FLAGS.sequence]
  const at = 4 + 4 * fields.filter((flag) => (flags & flag) !== 0).length
  const type = view.getUint16(2)
  return type === GRE_ETHERNET ? tunnelledFrame(payload, at) : etherContent(payload, type, at)
}

/** RFC 7348 §5: by its port and its flags; the frame behind it. */
function vxlanContent(payload: Uint8Array): LinkContent | null {
  if (payload.length < UDP_BYTES + VXLAN_BYTES) return null
  const port = (payload[2] as number) * 256 + (payload[3] as number)
  const flags = payload.subarray(UDP_BYTES, UDP_BYTES + 4)
  if (!VXLAN_PORTS.has(port) || flags.join() !== '8,0,0,0') return null
  return tunnelledFrame(payload, UDP_BYTES + VXLAN_BYTES)
}
