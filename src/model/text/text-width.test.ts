import { describe, expect, it } from 'vitest'
import { displayWidth, graphemes, narrowestWidth, plainText, wrapText } from './text-width.ts'

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['溫度', 4],
    // Three wide characters, the full-width colon among them, and four narrow ones.
    ['溫度：25°C', 10],
    ['温度・センサー', 14],
    ['온도', 4],
    ['e\u0301', 1],
    ['µ–¹²→×−', 7],
    ['🌡️', 2],
    ['👩‍👩‍👧', 2],
  ])('%s is %d', (text, width) => expect(displayWidth(text)).toBe(width))
})

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const segmentsOf = (text: string): string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment)

describe('graphemes', () => {
  it('are what Unicode has for one, whatever stands beside it', () => {
    const all = Array.from({ length: 0x1_0000 - 0x20 }, (_, index) =>
      String.fromCharCode(0x20 + index),
    )
    // What it does not know it asks Intl for.
    const known = all.filter((character) => graphemes(character) === character)
    expect(known.length).toBeGreaterThan(28_000)
    for (let from = 0; from < known.length; from += 200) {
      const some = known.slice(from, from + 200)
      const text = `${some.join('')}${some.join('a')}${some.join('溫')}`
      expect(segmentsOf(text)).toEqual([...text])
    }
  })

  it('are the same wherever a long text is read on', () => {
    const parts = ['e\u0301', '🌡️', '👩‍👩‍👧', '🇹🇼🇯🇵', '한국', 'नमस्ते', '\r\n', 'x']
    for (let before = 0; before < 40; before += 1) {
      const text = 'x'.repeat(before) + parts.join('').repeat(50)
      expect([...graphemes(text)]).toEqual(segmentsOf(text))
    }
  })

  it('are found in a time that grows with the length, also of one that has no end', () => {
    const text = 'e\u0301'.repeat(300_000)
    expect([...graphemes(text)].length).toBe(300_000)
    const marks = `e${'\u0301'.repeat(300_000)}`
    expect([...graphemes(marks)].join('')).toBe(marks)
  })
})

describe('wrapText', () => {
  it.each<[string, number, Parameters<typeof wrapText>[2], string[]]>([
    ['one two three', 7, 'spaces', ['one two', 'three']],
    ['one two three', 100, 'spaces', ['one two three']],
    ['', 5, 'spaces', ['']],
    // A word stays whole, unless it may be cut anywhere.
    ['mqtt-qos1-bare x', 5, 'dashes', ['mqtt-qos1-bare', 'x']],
    ['abcdefgh ij', 3, 'anywhere', ['abc', 'def', 'gh', 'ij']],
    ['1,400–1,600 B', 8, 'spaces', ['1,400–1,600 B']],
    ['1,400–1,600 B', 8, 'dashes', ['1,400–', '1,600 B']],
    // A unit stays with its number; a word that begins like one does not.
    ['about 400 B more', 9, 'spaces', ['about', '400 B', 'more']],
    ['about 400 Bytes', 9, 'spaces', ['about 400', 'Bytes']],
    ['溫度感測器', 4, 'spaces', ['溫度感測器']],
    ['溫度感測器', 5, 'characters', ['溫度', '感測', '器']],
    // Punctuation does not begin a line.
    ['溫度：25', 4, 'characters', ['溫', '度：', '25']],
    // What opens a bracket does not end one.
    ['溫度（25）與', 6, 'characters', ['溫度', '（25）', '與']],
    ['說「溫度」高', 6, 'characters', ['說「溫', '度」高']],
  ])('%s to %d at %s', (text, width, breaks, lines) => {
    expect(wrapText(text, width, breaks)).toEqual(lines)
  })
})

it('knows how narrow a text can get', () => {
  const text = '200–900 B 溫度'
  expect(narrowestWidth(text, 'spaces')).toBe('200–900 B'.length)
  expect(narrowestWidth(text, 'dashes')).toBe('900 B'.length)
  expect(narrowestWidth('溫 '.repeat(300_000), 'spaces')).toBe(2)
})

it('leaves nothing that a terminal would act on', () => {
  expect(plainText(' a\r\n\tb\u00a0 c ')).toBe('a b c')
  expect(plainText('\u001b[31mred\u0007\u202egpj')).toBe('\ufffd[31mred\ufffd\ufffdgpj')
})
