import { constants, inflateRawSync } from 'node:zlib'
import type { Direction } from '../../../model/vocabulary.ts'
import type { Agreement } from './websocket-stream.ts'

/** What a sender leaves out of each message (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)
/** Of LZ77: what a message may refer back to (RFC 7692 §7.1.2). */
const WINDOW_BYTES = 32 * 1024
/** As much as is held of a message anyway; what unpacks to more is no message of a device. */
const MAX_INFLATED_BYTES = 16 * 1024 * 1024

/** So many times its length a direction may unpack to, beyond the first messages: text of a device is packed to a tenth. */
const MAX_GROWTH = 200

/** Unpacks the messages of one direction (RFC 7692), each in memory. */
export class MessageInflater {
  readonly #agreement: Agreement
  readonly #limit: string
  #window = Buffer.alloc(0)
  /** What may be unpacked still; it grows with what is said. */
  #allowedBytes = MAX_INFLATED_BYTES
  #isLost: boolean

  constructor(direction: Direction, agreement: Agreement) {
    this.#agreement = agreement
    this.#limit = direction === 'up' ? 'client_no_context_takeover' : 'server_no_context_takeover'
    this.#isLost = agreement.start === 'joined'
  }

  /** Messages that crossed were not read: what comes may refer back to them. */
  lose(): void {
    this.#isLost = true
  }

  /** @returns null where it cannot be unpacked */
  inflate(message: Uint8Array): Buffer | null {
    const isAlone = this.#agreement.deflate()?.includes(this.#limit) ?? false
    if (this.#isLost && !isAlone) return null
    this.#allowedBytes += MAX_GROWTH * message.length
    const maxOutputLength = Math.max(1, Math.min(MAX_INFLATED_BYTES, this.#allowedBytes))
    try {
      const inflated = inflateRawSync(Buffer.concat([message, TAIL]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength,
        ...(isAlone || this.#window.length === 0 ? {} : { dictionary: this.#window }),
      })
      this.#allowedBytes -= inflated.length
      this.#window = Buffer.concat([this.#window, inflated]).subarray(-WINDOW_BYTES)
      return inflated
    } catch {
      // As much may have been unpacked until it was too much.
      this.#allowedBytes -= maxOutputLength
      this.#isLost = true
      return null
    }
  }
}
