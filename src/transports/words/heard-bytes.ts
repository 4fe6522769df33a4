import type { Readable } from 'node:stream'

/** MQTT 5.0 §2.1.2 */
const DISCONNECT = 14
/** §2.2.1: stands before the Reason Code of what is about a message. */
const PACKET_ID_BYTES = 2

/**
 * What a server said on a stream, as far as it is needed when a library cannot
 * read it: errors of MQTT.js name neither the bytes nor the code in them.
 */
export class HeardBytes {
  #first: Uint8Array | null = null
  #latest: Uint8Array = new Uint8Array()

  /** Beside whoever reads it: put on in the same turn, so that neither misses a byte. */
  constructor(stream: Readable) {
    stream.on('data', (chunk: Uint8Array) => {
      this.#first ??= chunk
      this.#latest = chunk
    })
  }

  /** The chunk that came first; empty where none has come. */
  get first(): Uint8Array {
    return this.#first ?? this.#latest
  }

  /**
   * The Reason Code (MQTT 5.0 §2.4) of the first packet of that type in the latest
   * chunk that has one and is not success; null where there is none.
   */
  reasonIn(type: number): number | null {
    const bytes = this.#latest
    const before = type === DISCONNECT ? 0 : PACKET_ID_BYTES
    let at = 0
    while (at + 2 <= bytes.length) {
      let [length, shift, body] = [0, 0, at + 1]
      do {
        length |= ((bytes[body] ?? 0) & 0x7f) << shift
        shift += 7
        body += 1
      } while ((bytes[body - 1] ?? 0) >= 0x80 && shift < 28)
      const reason = length > before ? (bytes[body + before] ?? 0) : 0
      if ((bytes[at] as number) >> 4 === type && reason !== 0) return reason
      at = body + length
    }
    return null
  }
}
