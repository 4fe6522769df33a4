import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamReassembly } from './stream-reassembly.ts'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const STREAM = Buffer.from(Array.from({ length: 200 }, (_, index) => index))

/** What a stream that begins at `base` delivers of segments given as [offset, bytes]. */
function deliver(base: number, segments: readonly [number, string][]): string {
  const stream = new StreamReassembly()
  stream.begin(base)
  return segments
    .flatMap(
      ([offset, bytes]) => stream.add((base + offset) % 2 ** 32, Buffer.from(bytes)).delivered,
    )
    .map(({ bytes }) => text(bytes))
    .join('')
}

describe('the segments of a stream', () => {
  it.each<[string, [number, string][], string]>([
    [
      'in order',
      [
        [0, 'ab'],
        [2, 'cd'],
      ],
      'abcd',
    ],
    [
      'out of order',
      [
        [2, 'cd'],
        [4, 'ef'],
        [0, 'ab'],
      ],
      'abcdef',
    ],
    [
      'sent again',
      [
        [0, 'ab'],
        [0, 'XX'],
        [2, 'cd'],
        [0, 'XXXX'],
      ],
      'abcd',
    ],
    [
      'sent again while they wait',
      [
        [2, 'cd'],
        [2, 'XX'],
        [0, 'ab'],
      ],
      'abcd',
    ],
    [
      'overlapping: the first copy stands',
      [
        [0, 'abc'],
        [1, 'XXde'],
        [6, 'gh'],
        [4, 'XfXX'],
      ],
      'abcdefgh',
    ],
    [
      'around one that waits',
      [
        [2, 'cd'],
        [1, 'bXXe'],
        [0, 'a'],
      ],
      'abcde',
    ],
    [
      'with a gap: not beyond it',
      [
        [0, 'ab'],
        [3, 'de'],
      ],
      'ab',
    ],
    [
      'with a probe of one byte before',
      [
        [0, 'ab'],
        [1, 'X'],
        [2, 'c'],
      ],
      'abc',
    ],
    [
      'before the first byte',
      [
        [-1, 'X'],
        [0, 'a'],
      ],
      'a',
    ],
  ])('%s', (_what, segments, expected) => {
    expect(deliver(1_000, segments)).toBe(expected)
    // The same where the numbers go round.
    expect(deliver(2 ** 32 - 1, segments)).toBe(expected)
  })

  it('begin the stream where no SYN was seen', () => {
    const stream = new StreamReassembly()
    expect(stream.add(77, Buffer.from('ab')).offset).toBe(0)
    expect(stream.add(79, Buffer.from('cd')).delivered).toMatchObject([{ offset: 2 }])
    expect([stream.base, stream.position]).toEqual([77, 4])
  })

  it('are counted: repeated, waiting, missing', () => {
    const stream = new StreamReassembly()
    stream.begin(0)
    stream.add(0, Buffer.from('abc'))
    expect(stream.add(1, Buffer.from('XXd'))).toMatchObject({ offset: 1, repeatedBytes: 2 })
    stream.add(10, Buffer.from('kl'))
    expect(stream.add(11, Buffer.from('Xm'))).toMatchObject({ repeatedBytes: 1 })
    expect(stream).toMatchObject({ position: 4, waitingBytes: 3, missingBytes: 6 })
  })

  it('give the stream, however it is cut, repeated, and in whatever order it comes', () => {
    const cut = fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 60 }))
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 40 }), fc.nat(2 ** 32 - 1), (cuts, base) => {
        const stream = new StreamReassembly()
        stream.begin(base)
        const whole = Array.from({ length: 10 }, (_, n): [number, number] => [n * 20, 20])
        let repeated = 0
        let sent = 0
        const got: Buffer[] = []
        for (const [from, length] of [...cuts, ...whole]) {
          const bytes = STREAM.subarray(from, from + length)
          const arrival = stream.add((base + from) % 2 ** 32, bytes)
          sent += bytes.length
          repeated += arrival.repeatedBytes
          for (const { offset, bytes: piece } of arrival.delivered) {
            expect(offset).toBe(Buffer.concat(got).length)
            got.push(Buffer.from(piece))
          }
        }
        expect(Buffer.concat(got)).toEqual(STREAM)
        expect([stream.waitingBytes, stream.missingBytes]).toEqual([0, 0])
        expect(sent - repeated).toBe(STREAM.length)
      }),
    )
  })

  it('crosses 4 GiB', () => {
    const stream = new StreamReassembly()
    stream.begin(0)
    const block = new Uint8Array(1)
    // Steps of less than 2 GiB, each as if the bytes before it had come.
    let at = 0
    for (const step of [1, 1, 1]) {
      stream.add(at % 2 ** 32, block)
      at += step
    }
    expect(stream.position).toBe(3)
    expect(stream.offsetOf(2 ** 31)).toBe(2 ** 31)
  })
})
