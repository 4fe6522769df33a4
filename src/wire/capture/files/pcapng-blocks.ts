import type { Remarks } from '../../../model/report/remarks.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { BLOCK, BYTE_ORDER_MAGIC } from './pcapng-format.ts'
import { UnreadBytes } from './unread-bytes.ts'

/** A block without its frame of type and lengths. */
export interface Block {
  type: number
  body: DataView
  littleEndian: boolean
}

/** Type, length, and the length again. */
const FRAME_BYTES = 12
const HEAD_BYTES = 8
/** No program writes blocks of this size: the length is damaged. */
const MAX_BLOCK_BYTES = 32 * 1024 * 1024

/** Whether a file begins with a section of pcapng. */
export const isPcapng = (head: Uint8Array): boolean =>
  head.length >= FRAME_BYTES &&
  new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0) === BLOCK.sectionHeader

/** The byte order of a section; null where its mark is neither way round. */
function byteOrderOf(unread: UnreadBytes): boolean | null {
  for (const littleEndian of [true, false]) {
    if (unread.uint32(HEAD_BYTES, littleEndian) === BYTE_ORDER_MAGIC) return littleEndian
  }
  return null
}

/**
 * Cuts a file into blocks, those of all sections one after the other. A damaged
 * length ends them: where the next block begins is then not known.
 */
export class BlockReader {
  readonly #remarks: Remarks
  readonly #unread = new UnreadBytes()
  #littleEndian = true
  #isDamaged = false

  constructor(remarks: Remarks) {
    this.#remarks = remarks
  }

  *read(bytes: Uint8Array): Generator<Block> {
    if (this.#isDamaged) return
    this.#unread.add(bytes)
    for (let block = this.#next(); block !== null; block = this.#next()) yield block
  }

  end(): void {
    if (this.#isDamaged || this.#unread.length === 0) return
    this.#remarks.add('the file ends in the middle of a block')
  }

  /** Null as long as it is not all there, and where nothing can be read any more. */
  #next(): Block | null {
    const unread = this.#unread
    const { position } = unread
    if (unread.length < FRAME_BYTES) return null
    // The number of a section's first block is a palindrome: it needs no byte order.
    if (unread.uint32(0, false) === BLOCK.sectionHeader) {
      const order = byteOrderOf(unread)
      if (order === null) return this.#give(`the section at byte ${position} has no byte order`)
      this.#littleEndian = order
    }
    const littleEndian = this.#littleEndian
    const type = unread.uint32(0, littleEndian)
    const lengthBytes = unread.uint32(4, littleEndian)
    if (lengthBytes < FRAME_BYTES || lengthBytes % 4 !== 0 || lengthBytes > MAX_BLOCK_BYTES) {
      return this.#give(
        `the block at byte ${position} has a length of ${lengthBytes}: the file is damaged from there on`,
      )
    }
    if (lengthBytes > unread.length) return null
    if (unread.uint32(lengthBytes - 4, littleEndian) !== lengthBytes) {
      return this.#give(
        `the block at byte ${position} has two lengths: the file is damaged from there on`,
      )
    }
    const { buffer, byteOffset } = unread.take(lengthBytes)
    const body = new DataView(buffer, byteOffset + HEAD_BYTES, lengthBytes - FRAME_BYTES)
    return { type, body, littleEndian }
  }

  #give(remark: WirePhrase): null {
    this.#isDamaged = true
    this.#remarks.add(remark)
    return null
  }
}

/** The options of a block, by code; of one that is repeated, the first. A damaged one ends them. */
export function readOptions({ body, littleEndian }: Block, from: number): Map<number, DataView> {
  const options = new Map<number, DataView>()
  for (let at = from; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, littleEndian)
    const lengthBytes = body.getUint16(at + 2, littleEndian)
    if (code === 0 || at + 4 + lengthBytes > body.byteLength) break
    const value = new DataView(body.buffer, body.byteOffset + at + 4, lengthBytes)
    if (!options.has(code)) options.set(code, value)
    at += 4 + Math.ceil(lengthBytes / 4) * 4
  }
  return options
}
