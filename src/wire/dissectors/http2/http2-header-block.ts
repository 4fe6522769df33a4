import type { Layer } from '../../../model/vocabulary.ts'
import { MAX_SECTION_BYTES, SECRET_FIELDS } from '../http1/http1-fields.ts'
import { withoutSecrets } from '../http1/http1-query.ts'
import { MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import type { PartNote } from '../parsing/frame-stream.ts'
import type { HpackDecoder, HpackItem } from './hpack-decoder.ts'
import type { Http2Frame } from './http2-connection.ts'
import { HeaderSection, type SectionKind } from './http2-fields.ts'
import {
  END_HEADERS,
  END_STREAM,
  FRAME_CLAUSES,
  noteFrameHeader,
  takeFrameHeader,
} from './http2-frames.ts'

const FIELDS_UNKNOWN = 'fields unknown: the table that they refer to was lost (RFC 7541 §2.3.2)'

/** A block in so many frames is meant to exhaust, not to say anything. */
const MAX_CONTINUATIONS = 128

/**
 * A field section as it is sent: compressed, and cut into one HEADERS or
 * PUSH_PROMISE and any number of CONTINUATIONs (RFC 9113 §4.3).
 */
export class HeaderBlock {
  readonly section: HeaderSection
  /** Of what it says: of a response, once its status is known. */
  layer: Layer
  readonly #frame: Http2Frame
  readonly #endsStream: boolean
  #sizeBytes = 0

  constructor(frame: Http2Frame, kind: SectionKind, layer: Layer) {
    this.#frame = frame
    this.#endsStream = frame.header.name === 'HEADERS' && (frame.header.flags & END_STREAM) !== 0
    this.section = new HeaderSection(kind)
    this.layer = layer
  }

  /**
   * The next bytes of the block, each field a part; where it is cut, the name
   * stands with the bytes that complete it.
   */
  *takeFragment(lengthBytes: number, flags: number): Reading<void> {
    const { stream, connection } = this.#frame
    const side = connection.sides[stream.direction]
    this.#sizeBytes += lengthBytes
    if (this.#sizeBytes > MAX_SECTION_BYTES) {
      throw new MalformedBytes(`the header block is longer than ${MAX_SECTION_BYTES} bytes`)
    }
    if (side.isTableLost) {
      // Of a block in several frames, once.
      if (this.#sizeBytes === lengthBytes) stream.outcome('HEADERS', FIELDS_UNKNOWN, 'unmatched')
      yield skip(lengthBytes)
      this.#noteCompressed(lengthBytes)
      return
    }
    const fragment = yield take(lengthBytes)
    const noted = { bytes: 0 }
    try {
      this.#noteFields(side.hpack, fragment, flags, noted)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      // Its frames can be read all the same; its fields cannot, nor those after them.
      stream.rules.breach(error.message)
      side.isTableLost = true
      this.#noteCompressed(lengthBytes - noted.bytes)
    }
  }

  #noteCompressed(lengthBytes: number): void {
    this.#frame.stream.part(this.layer, 'fields, by a table that is not known', lengthBytes, {
      clause: 'RFC 7541 §2.3.2',
      disclosure: 'withheld',
    })
  }

  #noteFields(
    hpack: HpackDecoder,
    fragment: Uint8Array,
    flags: number,
    noted: { bytes: number },
  ): void {
    const { stream } = this.#frame
    const note = (label: string, lengthBytes: number, about: PartNote): void => {
      stream.part(this.layer, label, lengthBytes, about)
      noted.bytes += lengthBytes
    }
    let earlierBytes = hpack.unfinishedBytes
    for (const item of hpack.decode(fragment)) {
      const label = item.kind === 'field' ? item.name : 'Dynamic Table Size Update'
      note(label, item.lengthBytes - earlierBytes, noteOf(item))
      earlierBytes = 0
      if (item.kind === 'field') {
        const isKnown = item.representation === 'indexed'
        const breach = this.section.add(item.name, item.value, isKnown)
        if (breach !== null) stream.rules.breach(breach)
      }
    }
    const cutBytes = hpack.unfinishedBytes - earlierBytes
    if (cutBytes > 0) {
      // Whose value it is the start of is not known yet: it may be a secret's.
      note('start of a field', cutBytes, {
        text: 'goes on in CONTINUATION',
        clause: 'RFC 9113 §4.3',
        disclosure: 'withheld',
      })
    }
    if (flags & END_HEADERS) {
      hpack.endBlock()
      stream.rules.check(() => this.section.end())
      if (this.section.isInterim && this.#endsStream) {
        stream.rules.breach('an interim response ends its stream (RFC 9113 §8.1)')
      }
    }
  }

  /** The frames after the first; nothing else may come between (RFC 9113 §6.10). */
  *readContinuations(): Reading<void> {
    const clause = FRAME_CLAUSES.CONTINUATION
    const { stream, connection, header } = this.#frame
    let { flags } = header
    for (let count = 1; !(flags & END_HEADERS); count += 1) {
      const next = yield* takeFrameHeader()
      connection.admit(stream, next)
      if (next.name !== 'CONTINUATION' || next.streamId !== header.streamId) {
        throw new MalformedBytes(`a header block is interrupted by another frame (${clause})`)
      }
      if (count > MAX_CONTINUATIONS) {
        throw new MalformedBytes(`a header block has more than ${MAX_CONTINUATIONS} CONTINUATIONs`)
      }
      stream.unit = 'CONTINUATION'
      noteFrameHeader(stream, next, this.layer)
      flags = next.flags
      yield* this.takeFragment(next.lengthBytes, flags)
      stream.frame('steady', 'CONTINUATION', clause)
    }
  }
}

/** The value and how it was written; a secret, or what its sender calls one (RFC 7541 §7.1.3), is withheld. */
function noteOf(item: HpackItem): PartNote {
  const { clause } = item
  if (item.kind === 'size update') return { text: String(item.maxBytes), clause }
  const { name, value, representation } = item
  const isSecret = SECRET_FIELDS.has(name) || representation === 'literal never indexed'
  if (isSecret) return { text: representation, clause, disclosure: 'withheld' }
  const shown = name === ':path' ? withoutSecrets(value) : value
  const text = `${shown} (${representation})`
  return shown === value ? { text, clause } : { text, clause, disclosure: 'withheld' }
}
