import type { CapturedPacket, CaptureReader, CaptureSink } from './capture.ts'
import { UnreadBytes } from './unread-bytes.ts'

/** The first four bytes say the unit of the instants, and the byte order of all numbers. */
const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d } as const
const FILE_HEADER_BYTES = 24
const PACKET_HEADER_BYTES = 16
/** No link has packets of this size: the length is damaged. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024

interface Dialect {
  littleEndian: boolean
  nsPerTick: bigint
}

/** Null where the file is no pcap. */
function dialectOf(head: Uint8Array): Dialect | null {
  if (head.length < FILE_HEADER_BYTES) return null
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian)
    if (magic === MAGIC.microseconds) return { littleEndian, nsPerTick: 1_000n }
    if (magic === MAGIC.nanoseconds) return { littleEndian, nsPerTick: 1n }
  }
  return null
}

/**
 * Reads a pcap file (draft-ietf-opsawg-pcap), in either byte order, with
 * instants in microseconds or nanoseconds. What is damaged ends it.
 * @param head the first bytes of the file, which are then read again as the others are
 * @returns null where it is no pcap file
 */
export function openPcap(head: Uint8Array, sink: CaptureSink): CaptureReader | null {
  const dialect = dialectOf(head)
  return dialect && new PcapReader(dialect, sink)
}

class PcapReader implements CaptureReader {
  readonly format = 'pcap'
  readonly #dialect: Dialect
  readonly #sink: CaptureSink
  readonly #unread = new UnreadBytes()
  #linkType: number | null = null
  #packets = 0
  #isDamaged = false

  constructor(dialect: Dialect, sink: CaptureSink) {
    this.#dialect = dialect
    this.#sink = sink
  }

  *read(bytes: Uint8Array): Generator<CapturedPacket> {
    if (this.#isDamaged) return
    this.#unread.add(bytes)
    const linkType = this.#readHeader()
    if (linkType === null) return
    for (let packet = this.#next(linkType); packet !== null; packet = this.#next(linkType)) {
      this.#packets += 1
      yield packet
    }
  }

  end(): void {
    if (this.#isDamaged || this.#unread.length === 0) return
    this.#sink.remarks.add(`the file ends in the middle of packet ${this.#packets + 1}`)
  }

  /** @returns null as long as it is not there */
  #readHeader(): number | null {
    if (this.#linkType === null && this.#unread.length >= FILE_HEADER_BYTES) {
      // The upper half says whether packets end in a check sequence; IP's own length leaves it out.
      this.#linkType = this.#unread.uint32(20, this.#dialect.littleEndian) & 0xffff
      this.#unread.take(FILE_HEADER_BYTES)
    }
    return this.#linkType
  }

  #next(linkType: number): CapturedPacket | null {
    const { littleEndian, nsPerTick } = this.#dialect
    const unread = this.#unread
    if (unread.length < PACKET_HEADER_BYTES) return null
    const keptBytes = unread.uint32(8, littleEndian)
    if (keptBytes > MAX_PACKET_BYTES) {
      this.#isDamaged = true
      this.#sink.remarks.add(
        `packet ${this.#packets + 1} says that it has ${keptBytes} bytes: the file is damaged from there on`,
      )
      return null
    }
    if (unread.length < PACKET_HEADER_BYTES + keptBytes) return null
    const seconds = BigInt(unread.uint32(0, littleEndian))
    const ticks = BigInt(unread.uint32(4, littleEndian))
    const wireBytes = Math.max(keptBytes, unread.uint32(12, littleEndian))
    unread.take(PACKET_HEADER_BYTES)
    const atNs = seconds * 1_000_000_000n + ticks * nsPerTick
    return { linkType, atNs, bytes: unread.take(keptBytes), wireBytes }
  }
}
