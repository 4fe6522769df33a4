import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import type { CapturedPacket, CaptureReader, CaptureSink } from './capture.ts'
import { type Block, BlockReader, isPcapng, readOptions } from './pcapng-blocks.ts'
import { BLOCK, DEFAULT_TIME_RESOLUTION, OPTION, TLS_KEY_LOG } from './pcapng-format.ts'

interface Interface {
  linkType: number
  /** 0: none. */
  snapLength: number
  toNs(ticks: bigint): bigint
}

const NS_A_SECOND = 1_000_000_000n

/** A block that cannot be used; the next one may be. */
class UnreadableBlock extends Error {
  override readonly name = 'UnreadableBlock'
  declare readonly message: WirePhrase

  constructor(message: WirePhrase) {
    super(message)
  }
}

/** By type, where it is known and not read. */
const BLOCK_NAMES: Readonly<Record<number, string>> = {
  7: 'IRIG time stamps',
  8: 'ARINC 429',
  11: 'hone’s connection events',
  12: 'hone’s process events',
  513: 'Sysdig’s machine information',
  516: 'Sysdig’s events',
}

/**
 * Reads a pcapng file (draft-ietf-opsawg-pcapng): the packets of all its sections
 * and interfaces, and the TLS secrets that it holds.
 * @param head the first bytes of the file, which are then read again as the others are
 * @returns null where it is no pcapng file
 */
export const openPcapng = (head: Uint8Array, sink: CaptureSink): CaptureReader | null =>
  isPcapng(head) ? new PcapngReader(sink) : null

class PcapngReader implements CaptureReader {
  readonly format = 'pcapng'
  readonly #sink: CaptureSink
  readonly #blocks: BlockReader
  #interfaces: Interface[] = []

  constructor(sink: CaptureSink) {
    this.#sink = sink
    this.#blocks = new BlockReader(sink.remarks)
  }

  *read(bytes: Uint8Array): Generator<CapturedPacket> {
    for (const block of this.#blocks.read(bytes)) {
      const packet = this.#tryReading(block)
      if (packet !== null) yield packet
    }
  }

  end(): void {
    this.#blocks.end()
  }

  #tryReading(block: Block): CapturedPacket | null {
    try {
      return this.#readBlock(block)
    } catch (error) {
      if (!(error instanceof UnreadableBlock)) throw error
      this.#sink.remarks.add(error.message)
      return null
    }
  }

  /** @returns null where it is no packet @throws UnreadableBlock */
  #readBlock(block: Block): CapturedPacket | null {
    switch (block.type) {
      case BLOCK.sectionHeader:
        // Interfaces are counted anew in each section (§4.1).
        this.#interfaces = []
        return null
      case BLOCK.interfaceDescription:
        this.#interfaces.push(readInterface(block))
        return null
      case BLOCK.enhancedPacket:
        requireBytes(block.body, 20)
        return this.#readEnhanced(block, block.body.getUint32(0, block.littleEndian))
      case BLOCK.packet:
        // Its interface has half the bits; the others count what was dropped.
        requireBytes(block.body, 20)
        return this.#readEnhanced(block, block.body.getUint16(0, block.littleEndian))
      case BLOCK.simplePacket:
        return this.#readSimple(block)
      case BLOCK.decryptionSecrets:
        for (const line of readSecrets(block)) this.#sink.secret(line)
        return null
      case BLOCK.nameResolution:
      case BLOCK.interfaceStatistics:
      case BLOCK.systemdJournal:
      case BLOCK.custom:
      case BLOCK.customNotCopied:
        // They say nothing about bytes on the wire; a custom one is for whom it names (§4.8).
        return null
      default: {
        const name = BLOCK_NAMES[block.type]
        throw new UnreadableBlock(
          name === undefined
            ? `a block of type ${block.type} is not read`
            : `a block of ${name} is not read`,
        )
      }
    }
  }

  #readEnhanced({ body, littleEndian }: Block, interfaceIndex: number): CapturedPacket {
    const { linkType, toNs } = this.#interfaceOf(interfaceIndex)
    const [high, low] = [body.getUint32(4, littleEndian), body.getUint32(8, littleEndian)]
    const atNs = toNs((BigInt(high) << 32n) | BigInt(low))
    const bytes = bytesAt(body, 20, body.getUint32(12, littleEndian))
    const wireBytes = Math.max(bytes.length, body.getUint32(16, littleEndian))
    return { linkType, atNs, bytes, wireBytes }
  }

  /** §4.4: of the first interface, without an instant. */
  #readSimple({ body, littleEndian }: Block): CapturedPacket {
    requireBytes(body, 4)
    const { linkType, snapLength } = this.#interfaceOf(0)
    const original = body.getUint32(0, littleEndian)
    const kept = snapLength === 0 ? original : Math.min(original, snapLength)
    return { linkType, atNs: null, bytes: bytesAt(body, 4, kept), wireBytes: original }
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
    toNs:
      offsetSeconds === 0n && ticksASecond === NS_A_SECOND
        ? (ticks) => ticks
        : (ticks) => offsetSeconds * NS_A_SECOND + (ticks * NS_A_SECOND) / ticksASecond,
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
