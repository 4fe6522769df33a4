/**
 * How many character cells of a terminal a text takes, and how it is broken
 * into lines by that measure. Widths after Unicode Standard Annex 11: wide and
 * fullwidth characters take two, combining ones none, ambiguous ones (°, ¹) one.
 */

/** Blocks of East Asian Wide and Fullwidth characters (UAX 11). */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b001}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}]/u
const EMOJI = /^\p{Emoji_Presentation}|^\p{Extended_Pictographic}.*\ufe0f/u
const ZERO_WIDTH = /^[\p{M}\p{Cc}\p{Cf}]/u

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || EMOJI.test(grapheme)) return 2
  return ZERO_WIDTH.test(grapheme) ? 0 : 1
}

export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme)
  return width
}

/**
 * One line without anything that a terminal would act on: control characters,
 * escape sequences' first byte, marks that reverse the direction of writing.
 */
export function plainText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(/[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .trim()
}

/**
 * Where a line may end, each including those before it: at `spaces`; between
 * East Asian `characters`, which are written without; after the `dashes` of
 * ranges; `anywhere` in a word that is longer than the line.
 */
export const BREAKS = ['spaces', 'characters', 'dashes', 'anywhere'] as const
export type Breaks = (typeof BREAKS)[number]

const allows = (breaks: Breaks, kind: Breaks): boolean =>
  BREAKS.indexOf(breaks) >= BREAKS.indexOf(kind)

/** Text that stays on one line, and the space before it. */
interface Piece {
  text: string
  gap: string
}

function piecesOf(text: string, breaks: Breaks): Piece[] {
  // A unit stays with its number.
  const words = text.split(/(?<!\d(?= (?:B|µs)(?!\p{L}))) /u)
  return words.flatMap((word, index) => wordPieces(word, index === 0 ? '' : ' ', breaks))
}

function wordPieces(word: string, gapBefore: string, breaks: Breaks): Piece[] {
  const pieces: Piece[] = []
  let gap = gapBefore
  let piece = ''
  let before = ''
  for (const grapheme of graphemes(word)) {
    const eastAsian = WIDE.test(before) || WIDE.test(grapheme)
    const mayBreak =
      // A line does not begin with punctuation.
      (allows(breaks, 'characters') && eastAsian && !/^\p{P}/u.test(grapheme)) ||
      (allows(breaks, 'dashes') && before === '–')
    if (mayBreak && piece !== '') {
      pieces.push({ text: piece, gap })
      piece = ''
      gap = ''
    }
    piece += grapheme
    before = grapheme
  }
  return [...pieces, { text: piece, gap }]
}

/** The narrowest that a text can be wrapped to without cutting a word. */
export function narrowestWidth(text: string, breaks: Breaks): number {
  return Math.max(0, ...piecesOf(text, breaks).map((piece) => displayWidth(piece.text)))
}

/** Lines of at most `width` character cells; wider only where a piece may not be cut. */
export function wrapText(text: string, width: number, breaks: Breaks): string[] {
  const lines: string[] = []
  let line = ''
  for (const { text: piece, gap } of piecesOf(text, breaks)) {
    if (line !== '' && displayWidth(line + gap + piece) > width) {
      lines.push(line)
      line = ''
    } else {
      line += line === '' ? '' : gap
    }
    line += piece
    while (breaks === 'anywhere' && displayWidth(line) > width) {
      const head = cut(line, width)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  lines.push(line)
  return lines
}

/** As many graphemes as fit, and at least one. */
function cut(text: string, width: number): string {
  let head = ''
  for (const grapheme of graphemes(text)) {
    if (head !== '' && displayWidth(head + grapheme) > width) break
    head += grapheme
  }
  return head
}
