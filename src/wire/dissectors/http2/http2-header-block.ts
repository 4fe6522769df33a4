import type { Layer } from '../../../model/vocabulary.ts'
import { MAX_SECTION_BYTES, SECRET_FIELDS } from '../http1/http1-fields.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import type { PartNote } from '../parsing/frame-stream.ts'
import type { HpackItem } from './hpack-decoder.ts'
import type { Http2Frame } from './http2-connection.ts'
import { HeaderSection, type SectionKind } from './http2-fields.ts'
import { END_HEADERS, FRAME_CLAUSES, noteFrameHeader, takeFrameHeader } from './http2-frames.ts'

/** A block in so many frames is meant to exhaust, not to say anything. */
const MAX_CONTINUATIONS = 128

/**
 * A field section as it is sent: compressed, and cut into one HEADERS or
 * PUSH_PROMISE and any number of CONTINUATIONs (RFC 9113 §4.3).
 */
export class HeaderBlock {
  readonly section: HeaderSection
  readonly layer: Layer
  readonly #frame: Http2Frame
  #sizeBytes = 0

  constructor(frame: Http2Frame, kind: SectionKind, layer: Layer) {
    this.#frame = frame
    this.section = new HeaderSection(kind)
    this.layer = layer
  }

  /**
   * The next bytes of the block, each field a part; where it is cut, the name
   * stands with the bytes that complete it.
   */
  *takeFragment(lengthBytes: number, flags: number): Reading<void> {
    const { stream, connection } = this.#frame
    const { hpack } = connection.sides[stream.direction]
    this.#sizeBytes += lengthBytes
    if (this.#sizeBytes > MAX_SECTION_BYTES) {
      throw new MalformedBytes(`the header block is longer than ${MAX_SECTION_BYTES} bytes`)
    }
    const fragment = yield* take(lengthBytes)
    let earlierBytes = hpack.unfinishedBytes
    for (const item of hpack.decode(fragment)) {
      if (item.kind === 'field') this.section.add(item.name, item.value)
      const label = item.kind === 'field' ? item.name : 'Dynamic Table Size Update'
      stream.part(this.layer, label, item.lengthBytes - earlierBytes, noteOf(item))
      earlierBytes = 0
    }
    const cutBytes = hpack.unfinishedBytes - earlierBytes
    if (cutBytes > 0) {
      // Whose value it is the start of is not known yet: it may be a secret's.
      stream.part(this.layer, 'start of a field', cutBytes, {
        text: 'goes on in CONTINUATION',
        clause: 'RFC 9113 §4.3',
        disclosure: 'withheld',
      })
    }
    if (flags & END_HEADERS) {
      hpack.endBlock()
      this.section.end()
    }
  }

  /** The frames after the first; nothing else may come between (RFC 9113 §6.10). */
  *readContinuations(): Reading<void> {
    const clause = FRAME_CLAUSES.CONTINUATION
    const { stream, connection, header } = this.#frame
    let { flags } = header
    for (let count = 1; !(flags & END_HEADERS); count += 1) {
      const next = yield* takeFrameHeader()
      connection.admit(stream.direction, next)
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
  return { text: `${value} (${representation})`, clause }
}
