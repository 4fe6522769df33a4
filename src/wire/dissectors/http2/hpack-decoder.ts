import { decodeLatin1 } from '../http1/http1-fields.ts'
import { ByteParser, MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { decodeHuffman } from './hpack-huffman.ts'
import { HpackTable } from './hpack-table.ts'

/** How a field was written (RFC 7541 §6), by the two highest of its first bits. */
type Representation =
  | 'indexed'
  | 'literal with incremental indexing'
  | 'literal without indexing'
  | 'literal never indexed'

/** What a header block consists of, in wire order. */
export type HpackItem =
  | {
      readonly kind: 'field'
      readonly name: string
      readonly value: string
      readonly representation: Representation
      readonly lengthBytes: number
      readonly clause: string
    }
  | {
      readonly kind: 'size update'
      readonly maxBytes: number
      readonly lengthBytes: number
      readonly clause: string
    }

interface FieldPattern {
  readonly representation: Representation
  /** The bits of the first octet that hold the index, or the start of it. */
  readonly prefixBits: number
  readonly clause: string
}

const INDEXED: FieldPattern = {
  representation: 'indexed',
  prefixBits: 7,
  clause: 'RFC 7541 §6.1',
}
const INCREMENTAL: FieldPattern = {
  representation: 'literal with incremental indexing',
  prefixBits: 6,
  clause: 'RFC 7541 §6.2.1',
}
const WITHOUT: FieldPattern = {
  representation: 'literal without indexing',
  prefixBits: 4,
  clause: 'RFC 7541 §6.2.2',
}
const NEVER: FieldPattern = {
  representation: 'literal never indexed',
  prefixBits: 4,
  clause: 'RFC 7541 §6.2.3',
}
const SIZE_UPDATE = { prefixBits: 5, clause: 'RFC 7541 §6.3' }

/** Of the fields of a block, as SETTINGS_MAX_HEADER_LIST_SIZE counts them (RFC 9113 §6.5.2); a few bytes may stand for many. */
const MAX_LIST_BYTES = 1024 * 1024
const FIELD_OVERHEAD_BYTES = 32

/** Above this, an integer is neither an index nor a length of anything that exists. */
const MAX_INTEGER = 0xfff_ffff

/**
 * The header blocks of one direction, whose table outlives each of them. A block
 * comes in as many fragments as there are frames; a field that a fragment cuts
 * is given back with the fragment that ends it.
 */
export class HpackDecoder {
  readonly table = new HpackTable()
  readonly #parser = new ByteParser(this.#readItems())
  #items: HpackItem[] = []
  /** Where the item that is being read began, in the bytes of all blocks. */
  #itemStart = 0
  #fieldsInBlock = 0
  #listBytes = 0

  /** Bytes of a field that is not yet complete. */
  get unfinishedBytes(): number {
    return this.#parser.position - this.#itemStart
  }

  /**
   * The items that this fragment completes.
   * @throws MalformedBytes; nothing can be decoded after that
   */
  decode(fragment: Uint8Array): HpackItem[] {
    this.#items = []
    let from = 0
    // An octet each, as a rule most of a block: no grammar is needed for them.
    if (this.unfinishedBytes === 0) {
      for (
        let octet = fragment[0] ?? 0;
        octet > 0x80 && octet < 0xff;
        octet = fragment[from] ?? 0
      ) {
        this.#addIndexed(octet & 0x7f, 1)
        from += 1
      }
    }
    if (from < fragment.length) this.#parser.feed(fragment.subarray(from))
    return this.#items
  }

  #addIndexed(index: number, lengthBytes: number): void {
    const { name, value } = this.table.at(index)
    const { representation, clause } = INDEXED
    this.#count(name, value)
    this.#items.push({ kind: 'field', name, value, representation, lengthBytes, clause })
  }

  /** @throws MalformedBytes where the block ends inside a field (RFC 9113 §4.3) */
  endBlock(): void {
    if (this.unfinishedBytes > 0) {
      throw new MalformedBytes('the header block ends in the middle of a field (RFC 9113 §4.3)')
    }
    this.#fieldsInBlock = 0
    this.#listBytes = 0
  }

  *#readItems(): Reading<void> {
    while (true) {
      this.#itemStart = this.#parser.position
      const [first = 0] = yield take(1)
      const pattern = patternOf(first)
      if (pattern === null) yield* this.#readSizeUpdate(first)
      else yield* this.#readField(first, pattern)
    }
  }

  *#readSizeUpdate(first: number): Reading<void> {
    const maxBytes = yield* readInteger(first, SIZE_UPDATE.prefixBits)
    if (this.#fieldsInBlock > 0) {
      throw new MalformedBytes('a table size update comes after a field (RFC 7541 §4.2)')
    }
    this.table.resize(maxBytes)
    const { clause } = SIZE_UPDATE
    this.#items.push({ kind: 'size update', maxBytes, lengthBytes: this.unfinishedBytes, clause })
  }

  *#readField(first: number, { representation, prefixBits, clause }: FieldPattern): Reading<void> {
    const index = yield* readInteger(first, prefixBits)
    // It has no name of its own to fall back to: index 0 is refused there.
    if (representation === 'indexed') {
      this.#addIndexed(index, this.unfinishedBytes)
      return
    }
    const name = index === 0 ? yield* readString() : this.table.at(index).name
    const value = yield* readString()
    if (representation === 'literal with incremental indexing') this.table.add({ name, value })
    this.#count(name, value)
    const lengthBytes = this.unfinishedBytes
    this.#items.push({ kind: 'field', name, value, representation, lengthBytes, clause })
  }

  /** @throws MalformedBytes where it is too much for one block */
  #count(name: string, value: string): void {
    this.#fieldsInBlock += 1
    this.#listBytes += name.length + value.length + FIELD_OVERHEAD_BYTES
    if (this.#listBytes > MAX_LIST_BYTES) {
      throw new MalformedBytes(
        `a header block stands for more than ${MAX_LIST_BYTES} bytes of fields`,
      )
    }
  }
}

/** Null for a table size update. */
function patternOf(first: number): FieldPattern | null {
  if (first & 0x80) return INDEXED
  if (first & 0x40) return INCREMENTAL
  if (first & 0x20) return null
  return first & 0x10 ? NEVER : WITHOUT
}

/** RFC 7541 §5.1: what does not fit the prefix goes on in octets of seven bits, the lowest first. */
function* readInteger(first: number, prefixBits: number): Reading<number> {
  const prefixMax = 2 ** prefixBits - 1
  let value = first & prefixMax
  if (value < prefixMax) return value
  for (let shift = 0; ; shift += 7) {
    const [octet = 0] = yield take(1)
    value += (octet & 0x7f) * 2 ** shift
    if (value > MAX_INTEGER || shift > 28) {
      throw new MalformedBytes(`an integer of a header block is too large (RFC 7541 §5.1)`)
    }
    if (octet < 0x80) return value
  }
}

/** RFC 7541 §5.2 */
function* readString(): Reading<string> {
  const [first = 0] = yield take(1)
  const octets = yield take(yield* readInteger(first, 7))
  return decodeLatin1(first & 0x80 ? decodeHuffman(octets) : octets)
}
