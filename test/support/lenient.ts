import { DIRECTIONS, type Direction } from '../../src/model/vocabulary.ts'
import {
  type ConnectionMemory,
  type DissectorFactory,
  frameEnd,
  type Outcome,
  type WireRemark,
} from '../../src/model/wire/frame.ts'
import type { DetectedConnection } from '../../src/wire/detection/detected-connection.ts'
import type { Conversation, Dissection } from './dissection.ts'

/** What was said, and of what was not captured, how many bytes. */
export type Heard = readonly (readonly [Direction, Uint8Array | number])[]

export interface LenientDissection extends Dissection {
  remarks: WireRemark[]
  outcomes: Outcome[]
  /** Bytes that were fed and are in no frame. */
  unread: number
}

/** Reads as a reader of other people's traffic does. */
export function dissectLeniently(
  factory: DissectorFactory,
  heard: Conversation | Heard,
  {
    start = 'fresh',
    memory,
  }: { start?: 'fresh' | 'joined'; memory?: ConnectionMemory | undefined } = {},
): LenientDissection {
  const found: LenientDissection = { frames: [], gaps: [], remarks: [], outcomes: [], unread: 0 }
  const dissector = factory(
    {
      frame: (frame) => found.frames.push(frame),
      unexplained: (gap) => found.gaps.push(gap),
      remark: (remark) => found.remarks.push(remark),
      outcome: (outcome) => found.outcomes.push(outcome),
      memory,
    },
    start,
  )
  for (const [direction, said] of heard) {
    if (typeof said === 'number') dissector.missing?.(direction, said)
    else {
      dissector.feed(direction, said)
      found.unread += said.length
    }
  }
  dissector.end()
  for (const { lengthBytes } of found.frames) found.unread -= lengthBytes
  return found
}

/**
 * The promise of a lenient reader: frames follow each other without overlapping,
 * parts sum to their frame, and where a byte is in none, it was said that nothing
 * can be read there.
 */
export function findLenientFault({ frames, gaps, unread }: LenientDissection): string | null {
  for (const direction of DIRECTIONS) {
    let at = 0
    const holes = gaps.filter((gap) => gap.direction === direction).map(({ offset }) => offset)
    for (const frame of frames.filter((one) => one.direction === direction)) {
      const summed = frame.parts.reduce((sum, part) => sum + part.lengthBytes, 0)
      if (summed !== frame.lengthBytes)
        return `${frame.label} at ${frame.offset}: parts sum to ${summed}`
      if (frame.offset < at) return `${frame.label} at ${frame.offset} begins before ${at}`
      if (frame.offset > at && !holes.includes(at)) return `nothing is said of the bytes at ${at}`
      at = frameEnd(frame)
    }
  }
  return unread < 0 ? `${-unread} bytes are in two frames` : null
}

/** Layers and what is unread sum to what was fed, and parts to their frame. */
export function findSumFault(input: Heard, connection: DetectedConnection): string | null {
  const fed: Record<Direction, number> = { up: 0, down: 0 }
  for (const [direction, said] of input) {
    if (typeof said === 'number') connection.missing(direction, said)
    else {
      connection.feed(direction, said)
      fed[direction] += said.length
    }
  }
  connection.end()
  for (const direction of DIRECTIONS) {
    const read = connection.book.entries().filter((entry) => entry.direction === direction)
    const unread = connection.unread(direction)
    const sum = [...read, ...unread].reduce((bytes, entry) => bytes + entry.bytes, 0)
    if (sum !== fed[direction]) return `${direction} sums to ${sum}, and ${fed[direction]} were fed`
    if (unread.some(({ bytes }) => bytes < 0)) return `less than nothing is unread ${direction}`
  }
  return null
}
