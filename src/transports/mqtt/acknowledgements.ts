import { SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'

/** Control packet types with their flags, MQTT 3.1.1 §2.2. */
const PUBACK = 0x40
const PINGRESP = 0xd0

/** What a broker may send to a client that only publishes with QoS 1. */
export interface AcknowledgementSink {
  puback(packetId: number): void
  pingresp(): void
}

/**
 * Reads PUBACK (`40 02` and the packet id) and PINGRESP (`d0 00`), split
 * anywhere. A general parser would cost more than the rest of the bare client.
 */
export class AcknowledgementReader {
  readonly #sink: AcknowledgementSink
  #rest: Uint8Array = new Uint8Array()

  constructor(sink: AcknowledgementSink) {
    this.#sink = sink
  }

  /** @throws SaidError for any other packet */
  feed(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (bytes.length - at >= 2) {
      const [type, remainingLength] = [bytes[at], bytes[at + 1]] as [number, number]
      if (type === PUBACK && remainingLength === 2) {
        if (bytes.length - at < 4) break
        this.#sink.puback(((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
        at += 4
      } else if (type === PINGRESP && remainingLength === 0) {
        this.#sink.pingresp()
        at += 2
      } else {
        const head = [type, remainingLength].map((byte) => byte.toString(16).padStart(2, '0'))
        throw new SaidError(said('noAcknowledgement', { bytes: head.join(' ') }))
      }
    }
    this.#rest = bytes.slice(at)
  }
}
