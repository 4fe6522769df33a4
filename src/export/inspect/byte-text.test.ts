import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../model/text/text-width.ts'
import { ByteText } from './byte-text.ts'

/** All lines of so many bytes. */
function lines(bytes: Uint8Array, bytesALine: number): string[] {
  const text = new ByteText(bytes)
  const starts = Array.from(
    { length: Math.ceil(bytes.length / bytesALine) },
    (_, n) => n * bytesALine,
  )
  return starts.map((from) => text.cells(from, Math.min(bytes.length, from + bytesALine)))
}

describe('bytes as text', () => {
  it.each([
    ['ASCII', '{ "t": 1 }', ['{ "t": 1 ', '}']],
    ['line ends and other controls', 'a\r\n\t\u001bb\u007f', ['a····b·']],
    ['a wide character in its three bytes', '溫度', ['溫 度 ']],
    ['° in its two', '25°C', ['25° C']],
    ['one that a line has no room for goes to the next', 'abcdefgh溫', ['abcdefgh ', '溫']],
    ['one that has room stays', 'abcdefg溫', ['abcdefg溫', ' ']],
    ['marks that would be drawn over their neighbour', 'e\u0301\u200d', ['e· ·  ']],
    ['marks that turn the writing round', '\u202eab', ['·  ab']],
  ])('%s', (_what, source, expected) => {
    expect(lines(Buffer.from(source), 9)).toEqual(expected)
  })

  it('that are no UTF-8 are shown byte by byte', () => {
    expect(lines(Buffer.from('41c3420ae6baab', 'hex'), 9)).toEqual(['A·B····'])
  })

  it('take as many cells as there are bytes, whatever they are and wherever a line is cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .string({ unit: 'binary', maxLength: 30 })
        .map((source) => Uint8Array.from(Buffer.from(source))),
      fc
        .string({ unit: 'grapheme', maxLength: 30 })
        .map((source) => Uint8Array.from(Buffer.from(source))),
    )
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 17 }), (source, bytesALine) => {
        const text = new ByteText(source)
        for (let from = 0; from < source.length; from += bytesALine) {
          const until = Math.min(source.length, from + bytesALine)
          // Character by character, as a terminal draws them.
          const cells = Array.from(text.cells(from, until), displayWidth)
          expect(cells.reduce((sum, width) => sum + width, 0)).toBe(until - from)
        }
      }),
      { numRuns: 500 },
    )
  })
})
