import type { Layer } from '../../../model/vocabulary.ts'
import type { Verdict } from '../../../model/wire/frame.ts'
import { type Demand, MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import type { FrameStream, PartNote } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'

// The byte order mark is a character of the string and is not stripped [MQTT-1.5.3-3].
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Where a version of the specification defines the fields that both have. */
export interface FieldClauses {
  readonly remainingLength: string
  readonly packetIdentifier: string
  /** Of an identifier that is 0. */
  readonly zeroIdentifier: string
  readonly string: string
  readonly illFormed: string
  readonly nullCharacter: string
  readonly payload: string
}

export const CLAUSES_311: FieldClauses = {
  remainingLength: 'MQTT 3.1.1 §2.2.3',
  packetIdentifier: 'MQTT 3.1.1 §2.3.1',
  zeroIdentifier: 'MQTT-2.3.1-1',
  string: 'MQTT 3.1.1 §1.5.3',
  illFormed: 'MQTT-1.5.3-1',
  nullCharacter: 'MQTT-1.5.3-2',
  payload: 'MQTT 3.1.1 §3.3.3',
}

/** The Remaining Length: seven bits a byte, the lowest first, four bytes at most. */
export function* readRemainingLength(
  stream: FrameStream,
  layer: Layer,
  clause: string,
): Reading<number> {
  let value = 0
  for (let index = 0; index < 4; index += 1) {
    const [byte = 0] = yield take(1)
    value += (byte & 0x7f) * 128 ** index
    if (byte < 0x80) {
      const note = { text: String(value), clause }
      stream.part(layer, 'Remaining Length', index + 1, note)
      return value
    }
  }
  throw new MalformedBytes(`the Remaining Length is longer than four bytes (${clause})`)
}

/** Whether a value may be stored and shown. */
export type Disclosure = 'shown' | 'withheld'

/** The fields of one packet after its fixed header; they must fill the Remaining Length exactly. */
export class PacketBody {
  readonly #stream: FrameStream
  readonly #layer: Layer
  readonly #clauses: FieldClauses
  #leftBytes: number

  constructor(stream: FrameStream, layer: Layer, remainingLength: number, clauses: FieldClauses) {
    this.#clauses = clauses
    this.#stream = stream
    this.#layer = layer
    this.#leftBytes = remainingLength
  }

  get rules(): Rules {
    return this.#stream.rules
  }

  /** Tells what became of something that was asked. */
  outcome(unit: string, text: string, verdict: Verdict): void {
    this.#stream.outcome(unit, text, verdict)
  }

  get leftBytes(): number {
    return this.#leftBytes
  }

  /** One byte; `describe` gives its text and refuses a value that is not allowed. */
  *byte(label: string, clause: string, describe: (byte: number) => string): Reading<number> {
    const [byte = 0] = yield this.take(label, 1)
    const text = this.rules.check(() => describe(byte)) ?? String(byte)
    this.note(label, 1, { text, clause })
    return byte
  }

  *uint16(label: string, clause: string): Reading<number> {
    const [high = 0, low = 0] = yield this.take(label, 2)
    const value = high * 256 + low
    this.note(label, 2, { text: String(value), clause })
    return value
  }

  *packetIdentifier(): Reading<number> {
    const identifier = yield* this.uint16('Packet Identifier', this.#clauses.packetIdentifier)
    if (identifier === 0) {
      this.rules.breach(`the Packet Identifier is 0 [${this.#clauses.zeroIdentifier}]`)
    }
    return identifier
  }

  /** Two bytes of length, then so much UTF-8. */
  *string(label: string, clause: string, disclosure: Disclosure): Reading<string> {
    const lengthBytes = yield* this.uint16(`${label} length`, this.#clauses.string)
    const text = decodeString(label, yield this.take(label, lengthBytes), this.#clauses, this.rules)
    this.note(
      label,
      lengthBytes,
      disclosure === 'shown' ? { text, clause } : { clause, disclosure },
    )
    return text
  }

  /** Two bytes of length, then so many bytes, which are counted and not held. */
  *binary(label: string, clause: string, disclosure: Disclosure): Reading<void> {
    const lengthBytes = yield* this.uint16(`${label} length`, clause)
    this.#claim(label, lengthBytes)
    yield skip(lengthBytes)
    this.note(label, lengthBytes, disclosure === 'shown' ? { clause } : { clause, disclosure })
  }

  /** All that is left is the message: counted, not held. */
  *payload(): Reading<void> {
    const lengthBytes = this.#leftBytes
    this.#leftBytes = 0
    yield skip(lengthBytes)
    this.#stream.part('payload', 'payload', lengthBytes, { clause: this.#clauses.payload })
  }

  finish(): void {
    if (this.#leftBytes > 0) {
      throw new MalformedBytes(
        `the Remaining Length covers ${this.#leftBytes} bytes more than the fields (${this.#clauses.remainingLength})`,
      )
    }
  }

  /** Bytes of a field that is noted later, as a whole. */
  take(label: string, lengthBytes: number): Demand {
    this.#claim(label, lengthBytes)
    return take(lengthBytes)
  }

  #claim(label: string, lengthBytes: number): void {
    if (lengthBytes > this.#leftBytes) {
      throw new MalformedBytes(
        `${label} runs past the Remaining Length (${this.#clauses.remainingLength})`,
      )
    }
    this.#leftBytes -= lengthBytes
  }

  /** Notes a field that was taken. */
  note(label: string, lengthBytes: number, note: PartNote): void {
    if (lengthBytes > 0) this.#stream.part(this.#layer, label, lengthBytes, note)
  }
}

/** @throws MalformedBytes where the bytes are no string of MQTT, and the rules are strict */
export function decodeString(
  label: string,
  bytes: Uint8Array,
  clauses: FieldClauses,
  rules: Rules,
): string {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    rules.breach(`${label} is not well-formed UTF-8 [${clauses.illFormed}]`)
    text = Buffer.from(bytes).toString()
  }
  if (text.includes('\0')) rules.breach(`${label} has U+0000 in it [${clauses.nullCharacter}]`)
  return text
}
