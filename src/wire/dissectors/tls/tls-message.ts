import { type Demand, MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import { describeExtension, type ExtensionPlace } from './tls-extensions.ts'
import { extensionName, type HandshakeType } from './tls-names.ts'
import { uint } from './tls-registry.ts'

/** Where the fields of a message are noted, in their order; `text` is the value where it is worth reading. */
export type NoteField = (label: string, lengthBytes: number, text?: string) => void

/** One message of the handshake protocol, being read: its fields must fill its length exactly. */
export class HandshakeMessage {
  /** A HelloRetryRequest is known for one only when its random is read. */
  name: string
  clause: string
  readonly #note: NoteField
  #leftBytes = 0

  constructor({ name, clause }: HandshakeType, note: NoteField) {
    this.name = name
    this.clause = clause
    this.#note = note
  }

  get leftBytes(): number {
    return this.#leftBytes
  }

  /** The length that follows the type (RFC 8446 §4). */
  *length(): Reading<void> {
    this.#leftBytes = uint(yield take(3))
    this.#note('handshake type and length', 4, `${this.name}, ${this.#leftBytes}`)
  }

  *field(
    label: string,
    lengthBytes: number,
    describe?: (bytes: Uint8Array) => string,
  ): Reading<Uint8Array> {
    const bytes = yield this.#take(lengthBytes)
    this.#note(label, lengthBytes, describe?.(bytes))
    return bytes
  }

  /** A field of variable length, its length before it (RFC 8446 §3.4). */
  *vector(
    label: string,
    prefixBytes: 1 | 2,
    describe?: (bytes: Uint8Array) => string,
  ): Reading<void> {
    const lengthBytes = uint(yield* this.field(`${label} length`, prefixBytes))
    yield* this.field(label, lengthBytes, describe)
  }

  /**
   * The extensions, which end a message (RFC 8446 §4.2).
   * @returns what each holds, by its number
   */
  *extensions(place: ExtensionPlace): Reading<ReadonlyMap<number, Uint8Array>> {
    const lengthBytes = uint(yield* this.field('extensions length', 2))
    if (lengthBytes !== this.#leftBytes) {
      throw new MalformedBytes(
        `the extensions of ${this.name} are ${lengthBytes} bytes long, but ${this.#leftBytes} are left of it (RFC 8446 §4.2)`,
      )
    }
    const found = new Map<number, Uint8Array>()
    while (this.#leftBytes > 0) {
      const head = yield this.#take(4)
      const code = uint(head.subarray(0, 2))
      const data = yield this.#take(uint(head.subarray(2)))
      this.#note(
        `extension ${extensionName(code)}`,
        head.length + data.length,
        describeExtension(code, data, place),
      )
      found.set(code, data)
    }
    return found
  }

  /** All that is left, counted and not held. */
  *rest(): Reading<void> {
    yield* this.skipped(this.name, this.#leftBytes)
  }

  /** A field that may be large, and of which the length is all that counts. */
  *skipped(label: string, lengthBytes: number, text?: string): Reading<void> {
    this.#admit(lengthBytes)
    yield skip(lengthBytes)
    this.#note(label, lengthBytes, text)
  }

  finish(): void {
    if (this.#leftBytes > 0) {
      throw new MalformedBytes(
        `${this.name} is ${this.#leftBytes} bytes longer than its fields (RFC 8446 §4)`,
      )
    }
  }

  #take(lengthBytes: number): Demand {
    this.#admit(lengthBytes)
    return take(lengthBytes)
  }

  #admit(lengthBytes: number): void {
    if (lengthBytes > this.#leftBytes) {
      throw new MalformedBytes(`a field of ${this.name} runs past its end (RFC 8446 §4)`)
    }
    this.#leftBytes -= lengthBytes
  }
}
