import { SaidError } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'
/** Control packet types, MQTT 3.1.1 and 5.0 §2.1.2. */
export const PACKET = {
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  suback: 9,
  pingresp: 13,
  disconnect: 14,
} as const

/** The remaining length takes four bytes at most, §2.1.4 (3.1.1: §2.2.3). */
const MAX_LENGTH_BYTES = 4

/** Which part of a packet the next byte belongs to. */
const HEAD = 0
const LENGTH = 1
const BODY = 2

export interface PacketSink {
  /**
   * One whole packet.
   * @param type of `PACKET`
   * @param packetId the first two bytes of the body; 0 where it has fewer
   * @param reasonCode the byte after the packet id, in a DISCONNECT the first of
   *   its body; 0, which is success, where it is left out
   */
  packet(type: number, packetId: number, reasonCode: number): void
}

/**
 * Reads the packets that a broker sends to a client under load, from chunks that
 * are split anywhere, without allocating: of a packet it keeps a handful of
 * numbers, whatever its length. What else is in the body is skipped.
 */
export class PacketScanner {
  readonly #sink: PacketSink
  #at = HEAD
  #head = 0
  #lengthBytes = 0
  #bodyBytes = 0
  #bodyRead = 0
  #packetId = 0
  #reasonCode = 0

  constructor(sink: PacketSink) {
    this.#sink = sink
  }

  /**
   * @param bytes may be reused by the caller afterwards
   * @param end reads no further than this; all of them if left out
   * @throws SaidError where the length of a packet takes more than four bytes
   */
  feed(bytes: Uint8Array, end = bytes.length): void {
    let offset = 0
    while (offset < end) {
      if (this.#at === HEAD) {
        // Nearly all that comes under load: four bytes, whole, two of them the packet id.
        const head = bytes[offset] as number
        if (end - offset >= 4 && bytes[offset + 1] === 2 && head >> 4 !== PACKET.disconnect) {
          const id = ((bytes[offset + 2] as number) << 8) | (bytes[offset + 3] as number)
          offset += 4
          this.#sink.packet(head >> 4, id, 0)
          continue
        }
        this.#head = head
        offset += 1
        this.#lengthBytes = 0
        this.#bodyBytes = 0
        this.#at = LENGTH
      } else if (this.#at === LENGTH) {
        this.#readLength(bytes[offset] as number)
        offset += 1
      } else {
        offset = this.#readBody(bytes, offset, end)
      }
    }
  }

  #readLength(byte: number): void {
    this.#bodyBytes |= (byte & 0x7f) << (7 * this.#lengthBytes)
    this.#lengthBytes += 1
    if (byte >= 0x80) {
      if (this.#lengthBytes === MAX_LENGTH_BYTES) {
        throw new SaidError(said('packetTooLong'))
      }
      return
    }
    this.#bodyRead = 0
    this.#packetId = 0
    this.#reasonCode = 0
    this.#at = BODY
    if (this.#bodyBytes === 0) this.#finish()
  }

  #readBody(bytes: Uint8Array, offset: number, end: number): number {
    const length = Math.min(end - offset, this.#bodyBytes - this.#bodyRead)
    for (let index = 0; index < length && this.#bodyRead + index < 3; index += 1) {
      const byte = bytes[offset + index] as number
      const place = this.#bodyRead + index
      if (place < 2) this.#packetId = (this.#packetId << 8) | byte
      else this.#reasonCode = byte
    }
    this.#bodyRead += length
    if (this.#bodyRead === this.#bodyBytes) this.#finish()
    return offset + length
  }

  #finish(): void {
    this.#at = HEAD
    const type = this.#head >> 4
    if (type === PACKET.disconnect) {
      const code = this.#bodyBytes > 1 ? this.#packetId >> 8 : this.#packetId
      this.#sink.packet(type, 0, code)
      return
    }
    this.#sink.packet(type, this.#bodyBytes < 2 ? 0 : this.#packetId, this.#reasonCode)
  }
}
