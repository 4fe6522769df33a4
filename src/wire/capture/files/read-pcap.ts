import { Remarks } from '../../../model/report/remarks.ts'
import type { Capture, CapturedPacket } from './capture.ts'

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
function dialectOf(view: DataView): Dialect | null {
  if (view.byteLength < FILE_HEADER_BYTES) return null
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian)
    if (magic === MAGIC.microseconds) return { littleEndian, nsPerTick: 1_000n }
    if (magic === MAGIC.nanoseconds) return { littleEndian, nsPerTick: 1n }
  }
  return null
}

/**
 * The packets of a pcap file (draft-ietf-opsawg-pcap), in either byte order,
 * with instants in microseconds or nanoseconds. What is damaged ends it.
 * @returns null where it is no pcap file
 */
export function readPcap(file: Uint8Array): Capture | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const dialect = dialectOf(view)
  if (dialect === null) return null
  const { littleEndian, nsPerTick } = dialect
  // The upper half says whether packets end in a check sequence; IP's own length leaves it out.
  const linkType = view.getUint32(20, littleEndian) & 0xffff
  const packets: CapturedPacket[] = []
  const remarks = new Remarks()
  let at = FILE_HEADER_BYTES
  while (at < file.length) {
    const start = at + PACKET_HEADER_BYTES
    const lengthBytes = start > file.length ? 0 : view.getUint32(at + 8, littleEndian)
    const end = start + lengthBytes
    if (end > file.length || lengthBytes > MAX_PACKET_BYTES) {
      remarks.add(
        lengthBytes > MAX_PACKET_BYTES
          ? `packet ${packets.length + 1} says that it has ${lengthBytes} bytes: the file is damaged from there on`
          : `the file ends in the middle of packet ${packets.length + 1}`,
      )
      break
    }
    const seconds = BigInt(view.getUint32(at, littleEndian))
    const ticks = BigInt(view.getUint32(at + 4, littleEndian))
    const atNs = seconds * 1_000_000_000n + ticks * nsPerTick
    packets.push({ linkType, atNs, bytes: file.subarray(start, end) })
    at = end
  }
  return { format: 'pcap', packets, secrets: [], remarks: remarks.list() }
}
