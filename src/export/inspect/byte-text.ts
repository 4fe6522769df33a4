import { displayWidth } from '../../model/text/text-width.ts'

/** Stands for a byte, or for the beginning of a character, that cannot be shown. */
const DOT = '·'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Nothing that a terminal acts on, leaves blank or draws over its neighbour; the space alone is let through. */
const isDrawable = (character: string): boolean =>
  character === ' ' || !/[\p{C}\p{Z}\p{M}]/u.test(character)

/**
 * Bytes as text, one character cell a byte, so that the text stands under its
 * hex. Where all of them are well-formed UTF-8, a character is drawn where it
 * begins and filled up with spaces: no character is wider than its bytes are
 * many. Otherwise what is not ASCII is a dot.
 */
export class ByteText {
  readonly #bytes: Uint8Array
  readonly #isUtf8: boolean

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#isUtf8 = isWellFormed(bytes)
  }

  /** The text of some of the bytes: `until − from` cells. */
  cells(from: number, until: number): string {
    let text = ''
    for (let at = from; at < until; ) {
      const { start, end } = this.#characterAt(at)
      const inside = Math.min(until, end) - at
      text += this.#draw(start, end, at - start, inside)
      at += inside
    }
    return text
  }

  /** Where the character that this byte belongs to begins and ends. */
  #characterAt(at: number): { start: number; end: number } {
    if (!this.#isUtf8) return { start: at, end: at + 1 }
    let start = at
    while (isContinuation(this.#bytes[start])) start -= 1
    let end = at + 1
    while (isContinuation(this.#bytes[end])) end += 1
    return { start, end }
  }

  /**
   * One character, or what of it stands in this line.
   * @param before its bytes in the lines before, @param inside and in this one
   */
  #draw(start: number, end: number, before: number, inside: number): string {
    const character = this.#isUtf8
      ? UTF8.decode(this.#bytes.subarray(start, end))
      : asciiOf(this.#bytes[start])
    const shown = isDrawable(character) && character !== '' ? character : DOT
    const width = displayWidth(shown)
    // It is drawn in the first line that has room for it.
    if (before >= width || inside < width) return ' '.repeat(inside)
    return shown + ' '.repeat(inside - width)
  }
}

function isWellFormed(bytes: Uint8Array): boolean {
  try {
    UTF8.decode(bytes)
    return true
  } catch {
    return false
  }
}

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80

const asciiOf = (byte = 0): string => (byte < 0x80 ? String.fromCharCode(byte) : DOT)
