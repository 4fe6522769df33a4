import { SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'

/** MQTT's largest message, so that whatever MQTT can carry passes here too. */
const MAX_FRAME_BYTES = 268_435_455
const PREFIX_BYTES = 4

/** The payload behind its length, four bytes big-endian. */
export function encodeFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + payload.length)
  frame.writeUInt32BE(payload.length, 0)
  frame.set(payload, PREFIX_BYTES)
  return frame
}

/** Cuts a byte stream, split anywhere, into the payloads of its frames. Each chunk yields those it completes. */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #bufferedBytes = 0
  /** Null while the length itself is incomplete. */
  #payloadBytes: number | null = null

  /** @throws SaidError for a length that no frame has: the stream is something else */
  feed(chunk: Uint8Array): Uint8Array[] {
    const payloads: Uint8Array[] = []
    this.#chunks.push(chunk)
    this.#bufferedBytes += chunk.length
    while (true) {
      if (this.#payloadBytes === null) {
        if (this.#bufferedBytes < PREFIX_BYTES) return payloads
        const lengthBytes = this.#take(PREFIX_BYTES).readUInt32BE(0)
        if (lengthBytes > MAX_FRAME_BYTES) {
          throw new SaidError(said('frameTooLong', { size: lengthBytes, most: MAX_FRAME_BYTES }))
        }
        this.#payloadBytes = lengthBytes
      }
      if (this.#bufferedBytes < this.#payloadBytes) return payloads
      payloads.push(this.#take(this.#payloadBytes))
      this.#payloadBytes = null
    }
  }

  /** The next bytes; joins chunks only once a whole unit is there, so a large payload is copied once. */
  #take(lengthBytes: number): Buffer {
    const [first = new Uint8Array()] = this.#chunks
    const joined =
      first.length >= lengthBytes
        ? Buffer.from(first.buffer, first.byteOffset, first.length)
        : Buffer.concat(this.#chunks)
    const rest = joined.subarray(lengthBytes)
    this.#chunks =
      joined.length === first.length
        ? [rest, ...this.#chunks.slice(1)].filter((chunk) => chunk.length > 0)
        : [rest].filter((chunk) => chunk.length > 0)
    this.#bufferedBytes -= lengthBytes
    return joined.subarray(0, lengthBytes)
  }
}
