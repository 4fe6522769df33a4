import type { Remarks } from '../../../model/report/remarks.ts'
import { BLOCK, BYTE_ORDER_MAGIC } from './pcapng-format.ts'

/** A block without its frame of type and lengths. */
export interface Block {
  type: number
  body: DataView
  littleEndian: boolean
}

/** Type, length, and the length again. */
const FRAME_BYTES = 12
const HEAD_BYTES = 8

/** Whether a file begins with a section of pcapng. */
export const isPcapng = (view: DataView): boolean =>
  view.byteLength >= HEAD_BYTES + 4 && view.getUint32(0) === BLOCK.sectionHeader

/** The byte order of a section; null where its mark is neither way round. */
function byteOrderAt(view: DataView, at: number): boolean | null {
  if (at + HEAD_BYTES + 4 > view.byteLength) return null
  for (const littleEndian of [true, false]) {
    if (view.getUint32(at + HEAD_BYTES, littleEndian) === BYTE_ORDER_MAGIC) return littleEndian
  }
  return null
}

/**
 * The blocks of all sections, one after the other. A damaged length ends them:
 * where the next block begins is then not known.
 */
export function* readBlocks(view: DataView, remarks: Remarks): Generator<Block> {
  let littleEndian = true
  for (let at = 0; at < view.byteLength; ) {
    if (at + FRAME_BYTES > view.byteLength)
      return remarks.add('the file ends in the middle of a block')
    // The number of a section's first block is a palindrome: it needs no byte order.
    if (view.getUint32(at) === BLOCK.sectionHeader) {
      const order = byteOrderAt(view, at)
      if (order === null) return remarks.add(`the section at byte ${at} has no byte order`)
      littleEndian = order
    }
    const type = view.getUint32(at, littleEndian)
    const lengthBytes = view.getUint32(at + 4, littleEndian)
    if (lengthBytes < FRAME_BYTES || lengthBytes % 4 !== 0) {
      return remarks.add(
        `the block at byte ${at} has a length of ${lengthBytes}: the file is damaged from there on`,
      )
    }
    if (at + lengthBytes > view.byteLength)
      return remarks.add('the file ends in the middle of a block')
    if (view.getUint32(at + lengthBytes - 4, littleEndian) !== lengthBytes) {
      return remarks.add(
        `the block at byte ${at} has two lengths: the file is damaged from there on`,
      )
    }
    const body = new DataView(
      view.buffer,
      view.byteOffset + at + HEAD_BYTES,
      lengthBytes - FRAME_BYTES,
    )
    yield { type, body, littleEndian }
    at += lengthBytes
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
