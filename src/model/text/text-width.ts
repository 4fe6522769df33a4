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

/** Made when it is first needed, which takes longer than the widths of a whole report. */
let segmenter: Intl.Segmenter | undefined

/** Letters, punctuation, superscripts, mathematical operators, lines and ticks that are a grapheme each, and narrow. */
const NARROW =
  '\\x20-\\x7e\\xa1-\\xac\\xae-\\xff\\u2010-\\u2027\\u2030-\\u205e\\u2070-\\u208e\\u2190-\\u2193\\u2200-\\u22ff\\u2500-\\u257f\\u2713\\u2717'
const ALL_NARROW = new RegExp(`^[${NARROW}]*$`)

/** With ideographs, kana and their punctuation, which are a grapheme each, and wide. */
const ALL_SINGLE = new RegExp(
  `^[${NARROW}\\u3001-\\u3029\\u3041-\\u3096\\u30a1-\\u30fa\\u3400-\\u4dbf\\u4e00-\\u9fff\\uff01-\\uff60]*$`,
)

/** Node 20 takes a time that grows with the square of what it is given at once. */
const MOST_AT_ONCE = 1_000

/** What a reader takes for one character each; what has more marks than fit at once is cut. */
export function graphemes(text: string): Iterable<string> {
  if (ALL_SINGLE.test(text)) return text
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const found: string[] = []
  for (let from = 0; from < text.length; ) {
    let until = from + MOST_AT_ONCE
    if (/[\ud800-\udbff]/.test(text.charAt(until - 1))) until -= 1
    const segments = Array.from(segmenter.segment(text.slice(from, until)), (each) => each.segment)
    // The last may go on.
    if (until < text.length && segments.length > 1) segments.pop()
    for (const segment of segments) from += segment.length
    found.push(...segments)
  }
  return found
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || EMOJI.test(grapheme)) return 2
  return ZERO_WIDTH.test(grapheme) ? 0 : 1
}

export function displayWidth(text: string): number {
  if (ALL_NARROW.test(text)) return text.length
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
const BREAKS = ['spaces', 'characters', 'dashes', 'anywhere'] as const
export type Breaks = (typeof BREAKS)[number]

const allows = (breaks: Breaks, kind: Breaks): boolean =>
  BREAKS.indexOf(breaks) >= BREAKS.indexOf(kind)

/** Text that stays on one line, and the space before it. */
interface Piece {
  text: string
  gap: string
}

function piecesOf(text: string, breaks: Breaks): Piece[] {
  // A unit stays with its number, and a mark with what it is of.
  const words = text.split(/(?<!\d(?= (?:B|µs|ms|s)(?!\p{L}))) (?![✓✗](?: |$))/u)
  return words.flatMap((word, index) => wordPieces(word, index === 0 ? '' : ' ', breaks))
}

/** A line does not begin with punctuation, but with what opens a bracket, and does not end with that. */
const OPENER = /^[\p{Ps}\p{Pi}]/u

function wordPieces(word: string, gapBefore: string, breaks: Breaks): Piece[] {
  const pieces: Piece[] = []
  let gap = gapBefore
  let piece = ''
  let before = ''
  for (const grapheme of graphemes(word)) {
    const eastAsian = WIDE.test(before) || WIDE.test(grapheme)
    const mayBreak =
      (allows(breaks, 'characters') &&
        eastAsian &&
        !OPENER.test(before) &&
        (OPENER.test(grapheme) || !/^\p{P}/u.test(grapheme))) ||
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
  return piecesOf(text, breaks).reduce((most, piece) => Math.max(most, displayWidth(piece.text)), 0)
}

/**
 * Lines of at most `width` character cells; wider only where a piece may not be
 * cut. In time linear to the text: it may be somebody's megabyte without a space.
 */
export function wrapText(text: string, width: number, breaks: Breaks): string[] {
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  const breakLine = (): void => {
    lines.push(line)
    line = ''
    lineWidth = 0
  }
  for (const { text: piece, gap } of piecesOf(text, breaks)) {
    const pieceWidth = displayWidth(piece)
    if (line !== '') {
      if (lineWidth + gap.length + pieceWidth > width) breakLine()
      else {
        line += gap
        lineWidth += gap.length
      }
    }
    if (breaks !== 'anywhere' || lineWidth + pieceWidth <= width) {
      line += piece
      lineWidth += pieceWidth
      continue
    }
    for (const grapheme of graphemes(piece)) {
      const graphemeCells = graphemeWidth(grapheme)
      if (line !== '' && lineWidth + graphemeCells > width) breakLine()
      line += grapheme
      lineWidth += graphemeCells
    }
  }
  lines.push(line)
  return lines
}

/** Marks by which a line is an order to GitHub's runner (`::error`, `##[error]`), wherever it was printed from. */
const ORDERS = /^(?=\s*::)|(?<=##)(?=\[)/g

/** The same line, to be read and not to be obeyed: a mark of no width parts what makes it an order. */
export const withoutOrders = (line: string): string => line.replace(ORDERS, '\u2060')
