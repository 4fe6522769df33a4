import type { Direction, Phase } from '../../../model/vocabulary.ts'
import type { FramePart } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { ByteParser, MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { hexCode } from './tls-registry.ts'

/** RFC 8446 §5.1. */
export const CONTENT = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const

/** By content type; of which phase it is where it cannot be opened. */
export const RECORD_KINDS: Readonly<Record<number, { label: string; phase: Phase }>> = {
  [CONTENT.changeCipherSpec]: { label: 'change_cipher_spec', phase: 'setup' },
  [CONTENT.alert]: { label: 'alert', phase: 'close' },
  [CONTENT.handshake]: { label: 'handshake', phase: 'setup' },
  [CONTENT.applicationData]: { label: 'application data', phase: 'steady' },
}

/** For reasons: what a record is said to carry. */
export const contentName = (contentType: number): string =>
  RECORD_KINDS[contentType]?.label ?? `content type ${contentType}`

export const securityPart = (
  label: string,
  lengthBytes: number,
  clause: string,
  text?: string,
): FramePart => ({
  layer: 'security',
  label,
  lengthBytes,
  clause,
  ...(text !== undefined && { text }),
})

/** The most that a record carries, and what protection may add to it (RFC 8446 §5.1, §5.2). */
export const MAX_PLAINTEXT_BYTES = 2 ** 14
const MAX_EXPANSION_BYTES = 256

export const RECORD_HEADER_BYTES = 5

/** One record as it crossed the wire. */
export interface TlsRecord {
  kind: 'record'
  direction: Direction
  /** Position of its header in its direction's stream. */
  offset: number
  contentType: number
  /** The additional data of its protection (RFC 8446 §5.2). */
  header: Uint8Array
  fragment: Uint8Array
}

/** Bytes that are no record: after them a direction has none. */
export interface BrokenRecord {
  kind: 'broken'
  direction: Direction
  offset: number
  reason: WirePhrase
}

const NOTHING = new Uint8Array(0)

/** Cuts one direction into records, whole ones only. */
export class RecordStream {
  readonly #direction: Direction
  readonly #parser: ByteParser
  readonly #onRecord: (record: TlsRecord | BrokenRecord) => void
  #recordStart = 0
  #isBroken = false

  constructor(direction: Direction, onRecord: (record: TlsRecord | BrokenRecord) => void) {
    this.#direction = direction
    this.#onRecord = onRecord
    this.#parser = new ByteParser(this.#readRecords())
  }

  /** @returns bytes that are in no record, since what stands before them is none */
  feed(bytes: Uint8Array): Uint8Array {
    if (this.#isBroken) return bytes
    const from = this.#parser.position
    try {
      this.#parser.feed(bytes)
      return NOTHING
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      this.#break(error.message)
      return bytes.subarray(this.#parser.position - from)
    }
  }

  /** Bytes that crossed here, and that nobody has: where the records are that follow is not known. */
  missing(): void {
    if (!this.#isBroken) this.#break('bytes are missing from the capture')
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Bytes of its direction that it has taken. */
  get position(): number {
    return this.#parser.position
  }

  end(): void {
    const read = this.#parser.position - this.#recordStart
    if (this.#isBroken || read === 0) return
    this.#break(`the connection ended in the middle of a TLS record, ${read} bytes into it`)
  }

  #break(reason: WirePhrase): void {
    this.#isBroken = true
    const direction = this.#direction
    this.#onRecord({ kind: 'broken', direction, offset: this.#recordStart, reason })
  }

  *#readRecords(): Reading<void> {
    while (true) {
      const [contentType = 0] = yield take(1)
      if (contentType < CONTENT.changeCipherSpec || contentType > CONTENT.applicationData) {
        throw new MalformedBytes(`content type ${contentType} is none of TLS (RFC 8446 §5.1)`)
      }
      const [major = 0, minor = 0, high = 0, low = 0] = yield take(4)
      const lengthBytes = high * 256 + low
      refuseHeader(contentType, major * 256 + minor, lengthBytes)
      const header = Uint8Array.of(contentType, major, minor, high, low)
      const fragment = yield take(lengthBytes)
      this.#onRecord({
        kind: 'record',
        direction: this.#direction,
        offset: this.#recordStart,
        contentType,
        header,
        fragment,
      })
      this.#recordStart = this.#parser.position
    }
  }
}

/** The version says nothing since TLS 1.3, but it is one of these three (RFC 8446 §5.1, §D.2). */
function refuseHeader(contentType: number, version: number, lengthBytes: number): void {
  if (version < 0x0301 || version > 0x0303) {
    throw new MalformedBytes(
      `the record version is ${hexCode(version)}, not 0x0303 (RFC 8446 §5.1)`,
    )
  }
  const expansion = contentType === CONTENT.applicationData ? MAX_EXPANSION_BYTES : 0
  if (lengthBytes > MAX_PLAINTEXT_BYTES + expansion) {
    throw new MalformedBytes(
      `a record is ${lengthBytes} bytes long, above the limit of ${MAX_PLAINTEXT_BYTES + expansion} (RFC 8446 §5.1)`,
    )
  }
}
