import { describe, expect, it } from 'vitest'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { Envelopes } from './envelopes.ts'

const head: FramePart = { layer: 'security', label: 'head', lengthBytes: 5 }
const tail: FramePart = { layer: 'security', label: 'tail', lengthBytes: 17 }

function frame(offset: number, ...lengths: number[]): Frame {
  const parts = lengths.map(
    (lengthBytes, index): FramePart => ({ layer: 'payload', label: `part ${index}`, lengthBytes }),
  )
  const lengthBytes = lengths.reduce((sum, length) => sum + length, 0)
  return {
    direction: 'up',
    phase: 'steady',
    label: 'unit',
    clause: '-',
    offset,
    lengthBytes,
    parts,
  }
}

function seal(innerBytes: readonly number[]): Envelopes {
  const envelopes = new Envelopes()
  let offset = 0
  for (const bytes of innerBytes) {
    envelopes.add({ offset, head: [head], innerBytes: bytes, tail: [tail] })
    offset += 5 + bytes + 17
  }
  return envelopes
}

const describeFrame = ({ offset, lengthBytes, parts }: Frame) => ({
  offset,
  lengthBytes,
  parts: parts.map((part) => `${part.label} ${part.lengthBytes}`).join(', '),
})

describe('Envelopes', () => {
  it('puts head and tail of an envelope around the one frame in it', () => {
    expect(describeFrame(seal([10]).wrap(frame(0, 4, 6)))).toEqual({
      offset: 0,
      lengthBytes: 32,
      parts: 'head 5, part 0 4, part 1 6, tail 17',
    })
  })

  it('gives the head to the first frame in an envelope and the tail to the last', () => {
    const envelopes = seal([10])
    const frames = [frame(0, 3), frame(3, 3), frame(6, 4)].map((each) => envelopes.wrap(each))
    expect(frames.map(describeFrame)).toEqual([
      { offset: 0, lengthBytes: 8, parts: 'head 5, part 0 3' },
      { offset: 8, lengthBytes: 3, parts: 'part 0 3' },
      { offset: 11, lengthBytes: 21, parts: 'part 0 4, tail 17' },
    ])
  })

  it('cuts a part where two envelopes meet', () => {
    const envelopes = seal([10, 10])
    const frames = [frame(0, 2, 12), frame(14, 6)].map((each) => envelopes.wrap(each))
    expect(frames.map(describeFrame)).toEqual([
      {
        offset: 0,
        lengthBytes: 5 + 10 + 17 + 5 + 4,
        parts: 'head 5, part 0 2, part 1 8, tail 17, head 5, part 1 4',
      },
      { offset: 41, lengthBytes: 23, parts: 'part 0 6, tail 17' },
    ])
  })

  it('keeps an empty payload where it stands', () => {
    expect(describeFrame(seal([2]).wrap(frame(0, 2, 0))).parts).toBe(
      'head 5, part 0 2, tail 17, part 1 0',
    )
  })

  it('says where an inner byte stands, for what cannot be explained', () => {
    const envelopes = seal([10, 10])
    expect([0, 1, 9, 10, 13].map((at) => envelopes.offsetOf(at))).toEqual([0, 6, 14, 32, 40])
  })

  it('gives what crossed behind an envelope to the frame that was under way', () => {
    const envelopes = seal([10])
    envelopes.extendLast([{ layer: 'security', label: 'between', lengthBytes: 7 }])
    envelopes.add({ offset: 39, head: [head], innerBytes: 2, tail: [tail] })
    expect(describeFrame(envelopes.wrap(frame(0, 12)))).toEqual({
      offset: 0,
      lengthBytes: 63,
      parts: 'head 5, part 0 10, tail 17, between 7, head 5, part 0 2, tail 17',
    })
  })

  it('says where the bytes begin that are in no frame yet', () => {
    const envelopes = seal([10, 10])
    expect(envelopes.unwrappedOffset).toBe(0)
    envelopes.wrap(frame(0, 4))
    expect(envelopes.unwrappedOffset).toBe(9)
    envelopes.wrap(frame(4, 6))
    expect(envelopes.unwrappedOffset).toBe(32)
    envelopes.wrap(frame(10, 10))
    expect(envelopes.unwrappedOffset).toBeNull()
    const between = { layer: 'security', label: 'between', lengthBytes: 7 } as const
    expect(() => envelopes.extendLast([between])).toThrow(RangeError)
  })
})
