import type { IpFragment, IpPacket } from './ip-packet.ts'

/** A sender does not have more than a few packets in pieces at once; what is older is given up. */
const MAX_PACKETS = 256
/** No packet of IP is longer, and no fragment of a real one carries less than 8 bytes (RFC 791 §3.2). */
const MAX_PAYLOAD_BYTES = 65_535
const MAX_FRAGMENTS = 1024

/** Joins the fragments of IP packets (RFC 791 §3.2, RFC 8200 §4.5), in whatever order they come. */
export class IpFragments {
  readonly #packets = new Map<string, IpFragment[]>()
  #lost = 0

  /** Fragments whose packet could not be put together. */
  get lost(): number {
    let waiting = 0
    for (const fragments of this.#packets.values()) waiting += fragments.length
    return this.#lost + waiting
  }

  /** @returns the packet, once its last piece has come; its total length is that of all its fragments */
  add(fragment: IpFragment): IpPacket | null {
    const { key, offset, packet } = fragment
    const fragments = this.#packets.get(key) ?? []
    const isNew = fragments.every((known) => known.offset !== offset)
    const fits = offset + packet.payloadBytes <= MAX_PAYLOAD_BYTES
    if (!isNew || !fits || fragments.length >= MAX_FRAGMENTS) {
      this.#lost += 1
      return null
    }
    fragments.push(fragment)
    const joined = join(fragments)
    if (joined !== null) this.#packets.delete(key)
    else this.#keep(key, fragments)
    return joined
  }

  #keep(key: string, fragments: IpFragment[]): void {
    this.#packets.set(key, fragments)
    if (this.#packets.size <= MAX_PACKETS) return
    for (const [oldest, its] of this.#packets) {
      this.#lost += its.length
      this.#packets.delete(oldest)
      return
    }
  }
}

/** Null as long as a piece is missing. */
function join(fragments: readonly IpFragment[]): IpPacket | null {
  if (!fragments.some(({ isLast }) => isLast)) return null
  const inOrder = fragments.toSorted((a, b) => a.offset - b.offset)
  let end = 0
  let totalBytes = 0
  for (const { offset, packet } of inOrder) {
    if (offset !== end) return null
    end += packet.payloadBytes
    totalBytes += packet.totalBytes
  }
  const [first] = inOrder as [IpFragment]
  const isOverlong = inOrder.some(({ packet }) => packet.isOverlong)
  return {
    ...{ ...first.packet, totalBytes, isOverlong, payloadBytes: end },
    payload: capturedStart(inOrder),
  }
}

/** What was captured, up to the first byte that was not. */
function capturedStart(inOrder: readonly IpFragment[]): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const { packet } of inOrder) {
    pieces.push(packet.payload)
    if (packet.payload.length < packet.payloadBytes) break
  }
  return Buffer.concat(pieces)
}
