import { Remarks } from '../../../model/report/remarks.ts'
import type { Capture, CapturedPacket } from './capture.ts'
import { type Block, isPcapng, readBlocks, readOptions } from './pcapng-blocks.ts'
import { BLOCK, DEFAULT_TIME_RESOLUTION, OPTION, TLS_KEY_LOG } from './pcapng-format.ts'

interface Interface {
  linkType: number
  /** 0: none. */
  snapLength: number
  toNs(ticks: bigint): bigint
}

/** A block that cannot be used; the next one may be. */
class UnreadableBlock extends Error {
  override readonly name = 'UnreadableBlock'
}

/**
 * The packets of a pcapng file (draft-ietf-opsawg-pcapng), of all its sections
 * and interfaces, and the TLS secrets that it holds.
 * @returns null where it is no pcapng file
 */
export function readPcapng(file: Uint8Array): Capture | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (!isPcapng(view)) return null
  const remarks = new Remarks()
  const reader = new SectionReader()
  for (const block of readBlocks(view, remarks)) {
    try {
      reader.read(block)
    } catch (error) {
      if (!(error instanceof UnreadableBlock)) throw error
      remarks.add(error.message)
    }
  }
  const { packets, secrets } = reader
  return { format: 'pcapng', packets, secrets, remarks: remarks.list() }
}

class SectionReader {
  readonly packets: CapturedPacket[] = []
  readonly secrets: string[] = []
  #interfaces: Interface[] = []

  /** @throws UnreadableBlock */
  read(block: Block): void {
    switch (block.type) {
      case BLOCK.sectionHeader:
        // Interfaces are counted anew in each section (§4.1).
        this.#interfaces = []
        break
      case BLOCK.interfaceDescription:
        this.#interfaces.push(readInterface(block))
        break
      case BLOCK.enhancedPacket:
        this.packets.push(this.#readEnhanced(block))
        break
      case BLOCK.simplePacket:
        this.packets.push(this.#readSimple(block))
        break
      case BLOCK.decryptionSecrets:
        this.secrets.push(...readSecrets(block))
        break
      case BLOCK.nameResolution:
      case BLOCK.interfaceStatistics:
        // They say nothing about bytes on the wire.
        break
      default:
        throw new UnreadableBlock(`a block of type ${block.type} is not read`)
    }
  }

  #readEnhanced({ body, littleEndian }: Block): CapturedPacket {
    requireBytes(body, 20)
    const { linkType, toNs } = this.#interfaceOf(body.getUint32(0, littleEndian))
    const [high, low] = [body.getUint32(4, littleEndian), body.getUint32(8, littleEndian)]
    const atNs = toNs((BigInt(high) << 32n) | BigInt(low))
    return { linkType, atNs, bytes: bytesAt(body, 20, body.getUint32(12, littleEndian)) }
  }

  /** §4.4: of the first interface, without an instant. */
  #readSimple({ body, littleEndian }: Block): CapturedPacket {
    requireBytes(body, 4)
    const { linkType, snapLength } = this.#interfaceOf(0)
    const original = body.getUint32(0, littleEndian)
    const kept = snapLength === 0 ? original : Math.min(original, snapLength)
    return { linkType, atNs: null, bytes: bytesAt(body, 4, kept) }
  }

  #interfaceOf(index: number): Interface {
    const found = this.#interfaces[index]
    if (found === undefined) {
      throw new UnreadableBlock('a packet is of an interface that is not described')
    }
    return found
  }
}

function readInterface(block: Block): Interface {
  const { body, littleEndian } = block
  requireBytes(body, 8)
  const options = readOptions(block, 8)
  const resolution = options.get(OPTION.timeResolution)
  const offset = options.get(OPTION.timeOffset)
  const offsetSeconds = offset?.byteLength === 8 ? offset.getBigInt64(0, littleEndian) : 0n
  const ticksASecond = ticksOf(
    resolution?.byteLength === 1 ? resolution.getUint8(0) : DEFAULT_TIME_RESOLUTION,
  )
  return {
    linkType: body.getUint16(0, littleEndian),
    snapLength: body.getUint32(4, littleEndian),
    toNs: (ticks) => offsetSeconds * 1_000_000_000n + (ticks * 1_000_000_000n) / ticksASecond,
  }
}

/** §4.2, if_tsresol: the high bit says whether the rest is a power of two or of ten. */
const ticksOf = (resolution: number): bigint =>
  (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f)

function readSecrets({ body, littleEndian }: Block): string[] {
  requireBytes(body, 8)
  if (body.getUint32(0, littleEndian) !== TLS_KEY_LOG) {
    throw new UnreadableBlock('secrets of another protocol than TLS are not read')
  }
  const log = Buffer.from(bytesAt(body, 8, body.getUint32(4, littleEndian)))
  return log
    .toString('latin1')
    .split(/\r?\n/)
    .filter((line) => line !== '')
}

function requireBytes(body: DataView, lengthBytes: number): void {
  if (body.byteLength < lengthBytes) throw new UnreadableBlock('a block is too short for its type')
}

function bytesAt(body: DataView, from: number, lengthBytes: number): Uint8Array {
  requireBytes(body, from + lengthBytes)
  return new Uint8Array(body.buffer, body.byteOffset + from, lengthBytes)
}
