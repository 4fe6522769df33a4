import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Conversation, dissect } from '../../../test/support/dissection.ts'
import { cuts, split } from '../../../test/support/distortion.ts'
import {
  dissectLeniently,
  findLenientFault,
  type Heard,
  type LenientDissection,
} from '../../../test/support/lenient.ts'
import { LONG } from '../../../test/support/long-conversations.ts'
import type { Direction, Protocol } from '../../model/vocabulary.ts'
import type { DissectorFactory, Frame } from '../../model/wire/frame.ts'
import { DISSECTORS } from './index.ts'

/** Bytes of one direction, by their place in its stream. */
interface Range {
  direction: Direction
  from: number
  until: number
}

/** What is heard where some ranges were not captured. */
function without(conversation: Conversation, ranges: readonly Range[]): Heard {
  const at = { up: 0, down: 0 }
  return conversation.flatMap(([direction, bytes]): Heard[number][] => {
    const start = at[direction]
    at[direction] += bytes.length
    const pieces: Heard[number][] = []
    let next = start
    const own = ranges
      .filter((range) => range.direction === direction)
      .toSorted((a, b) => a.from - b.from)
    for (const { from, until } of own) {
      const [first, last] = [Math.max(from, next), Math.min(until, at[direction])]
      if (first >= last) continue
      if (first > next) pieces.push([direction, bytes.subarray(next - start, first - start)])
      pieces.push([direction, last - first])
      next = last
    }
    if (next < at[direction]) pieces.push([direction, bytes.subarray(next - start)])
    return pieces
  })
}

const keyOf = ({ direction, label, offset, lengthBytes, phase }: Frame): string =>
  [direction, label, offset, lengthBytes, phase].join(' ')

/** In HTTP a request says what its response is for: of one that was not read, its frames are kept. */
const ofWhat = ({ direction, label, offset, lengthBytes }: Frame): string =>
  [direction, label, offset, lengthBytes].join(' ')
const NOT_KNOWN = 'a response, and what it answers was not read'

const overlaps = ({ direction, offset, lengthBytes }: Frame, ranges: readonly Range[]): boolean =>
  ranges.some(
    (range) =>
      range.direction === direction && range.from < offset + lengthBytes && range.until > offset,
  )

/**
 * So far behind a gap a header of WebSocket may be taken for one that is none: it
 * is two bytes, and what is masked looks like anything. Elsewhere nothing is lost.
 */
const DOUBTFUL_BYTES = 512

/** Frames that none of the ranges hit, and that were not read all the same. */
function lostFrames(
  whole: readonly Frame[],
  found: LenientDissection,
  ranges: readonly Range[],
  doubtful: number,
  key = keyOf,
): string[] {
  const read = new Set(found.frames.map(key))
  const wider = ranges.map((range) => ({ ...range, until: range.until + doubtful }))
  return whole
    .filter((frame) => !overlaps(frame, wider))
    .map(key)
    .filter((one) => !read.has(one))
}

const lengthOf = (conversation: Conversation, direction: Direction): number =>
  conversation
    .filter((said) => said[0] === direction)
    .reduce((sum, [, bytes]) => sum + bytes.length, 0)

describe.each(Object.entries(LONG))('a lenient reader of %s', (protocol, conversation) => {
  const factory = DISSECTORS[protocol as Protocol] as DissectorFactory
  const whole = dissect(factory, conversation)
  const isWebSocket = /socket/.test(protocol)
  const key = protocol === 'http/1.1' ? ofWhat : keyOf
  const breaches = ({ remarks }: LenientDissection) =>
    remarks.filter(({ text }) => !text.startsWith(NOT_KNOWN))
  const doubtful = isWebSocket ? DOUBTFUL_BYTES : 0
  const directions = fc.constantFrom<Direction>('up', 'down')
  const range = directions.chain((direction) =>
    fc
      .tuple(fc.nat(lengthOf(conversation, direction) - 1), fc.integer({ min: 1, max: 120 }))
      .map(([from, lengthBytes]): Range => ({ direction, from, until: from + lengthBytes })),
  )

  it('gives clean traffic the frames of a strict one, and no remark', () => {
    const { frames, gaps, remarks } = dissectLeniently(factory, conversation)
    expect(whole.gaps).toEqual([])
    expect(frames).toEqual(whole.frames)
    expect([gaps, remarks]).toEqual([[], []])
  })

  it('loses one utterance that was not captured, and no other', () => {
    const at = { up: 0, down: 0 }
    for (const [direction, bytes] of conversation) {
      const lost = { direction, from: at[direction], until: at[direction] + bytes.length }
      at[direction] = lost.until
      const found = dissectLeniently(factory, without(conversation, [lost]))
      expect(findLenientFault(found)).toBeNull()
      expect(lostFrames(whole.frames, found, [lost], 0, key)).toEqual([])
      expect(found.unread).toBe(0)
      expect(breaches(found)).toEqual([])
    }
  })

  it('loses no more than what is missing and the unit that it hits, wherever that is', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), (ranges) => {
        const found = dissectLeniently(factory, without(conversation, ranges))
        expect(findLenientFault(found)).toBeNull()
        if (ranges.length === 1)
          expect(lostFrames(whole.frames, found, ranges, doubtful, key)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('reads the same however the bytes around a gap are split', () => {
    fc.assert(
      fc.property(range, cuts, (lost, lengths) => {
        const heard = without(conversation, [lost])
        const pieces = heard.flatMap(([direction, said]): Heard[number][] =>
          typeof said === 'number' ? [[direction, said]] : [...split([[direction, said]], lengths)],
        )
        const { frames, unread } = dissectLeniently(factory, heard)
        const found = dissectLeniently(factory, pieces)
        // What was begun at a header that is none is read up to where the pieces show it.
        const near = [{ ...lost, until: lost.until + doubtful }]
        const sorted = (all: readonly Frame[]): string[] =>
          all
            .filter((frame) => doubtful === 0 || !overlaps(frame, near))
            .map(key)
            .sort()
        expect(sorted(found.frames)).toEqual(sorted(frames))
        if (doubtful === 0) expect(found.unread).toBe(unread)
      }),
      { numRuns: 200 },
    )
  })

  it('loses the last unit at most where the capture ends anywhere', () => {
    fc.assert(
      fc.property(
        fc.nat(lengthOf(conversation, 'up')),
        fc.nat(lengthOf(conversation, 'down')),
        (upBytes, downBytes) => {
          const ranges: Range[] = [
            { direction: 'up', from: upBytes, until: Number.POSITIVE_INFINITY },
            { direction: 'down', from: downBytes, until: Number.POSITIVE_INFINITY },
          ]
          const heard = without(conversation, ranges).filter(([, said]) => typeof said !== 'number')
          const found = dissectLeniently(factory, heard)
          expect(findLenientFault(found)).toBeNull()
          expect(lostFrames(whole.frames, found, ranges, doubtful, key)).toEqual([])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('loses the first unit of each side at most where the capture begins anywhere', () => {
    fc.assert(
      fc.property(
        fc.nat(lengthOf(conversation, 'up') >> 1),
        fc.nat(lengthOf(conversation, 'down') >> 1),
        (upBytes, downBytes) => {
          const opening = conversation.findIndex(
            ([, bytes]) => (bytes[0] ?? 0) !== 0x47 && bytes[0] !== 0x48,
          )
          const head = (direction: Direction): number =>
            lengthOf(conversation.slice(0, opening), direction)
          // Somewhere behind the opening of the connection: in it, it did not begin earlier.
          const start = { up: head('up') + upBytes + 1, down: head('down') + downBytes + 1 }
          const ranges: Range[] = [
            { direction: 'up', from: 0, until: start.up },
            { direction: 'down', from: 0, until: start.down },
          ]
          const heard = without(conversation, ranges).filter(([, said]) => typeof said !== 'number')
          const found = dissectLeniently(factory, heard, { start: 'joined' })
          expect(findLenientFault(found)).toBeNull()
          const frames = found.frames.map((frame) => ({
            ...frame,
            offset: frame.offset + start[frame.direction],
          }))
          expect(lostFrames(whole.frames, { ...found, frames }, ranges, doubtful, key)).toEqual([])
          expect(breaches(found)).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })
})
