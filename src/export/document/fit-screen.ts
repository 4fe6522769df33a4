import { displayWidth, plainText, wrapText } from '../../model/text/text-width.ts'
import type { Block } from './document.ts'

/** What a terminal shows at once, and nobody has to scroll for. */
export const SCREEN_LINES = 24

/** A part of a screen: whole, and ever shorter. */
export interface ScreenPart {
  readonly whole: readonly Block[]
  /** Of all parts, what has the lowest rank gives way first. */
  readonly shorter: readonly { readonly rank: number; readonly blocks: () => readonly Block[] }[]
}

/**
 * As much of the parts as has room: each gives way by its ranks until what is
 * left has so many lines, as a terminal of this width wraps them.
 * @param linesOf how many lines the blocks of a part take below others
 */
export function fitScreen(
  parts: readonly ScreenPart[],
  lines: number,
  linesOf: (blocks: readonly Block[]) => number,
): Block[] {
  const shown = parts.map(({ whole }) => ({ blocks: whole, lines: linesOf(whole) }))
  const cuts = parts
    .flatMap(({ shorter }, index) => shorter.map((form) => ({ index, ...form })))
    .toSorted((a, b) => a.rank - b.rank)
  for (const { index, blocks: shorter } of cuts) {
    if (shown.reduce((sum, part) => sum + part.lines, 0) <= lines) break
    const blocks = shorter()
    shown[index] = { blocks, lines: linesOf(blocks) }
  }
  return shown.flatMap(({ blocks }) => blocks)
}

/** What stands on so many lines of it; `…` where that is not all. */
export function clipText(text: string, columns: number, lines = 1): string {
  const plain = plainText(text)
  // Of what may be somebody's megabyte, more than has room with a mark on each letter.
  const start = plain.slice(0, columns * (lines + 1) * 4)
  const wrapped = wrapText(start, columns, 'anywhere')
  if (wrapped.length <= lines && start === plain) return plain
  const last = wrapText(wrapped[lines - 1] ?? '', columns - displayWidth(MORE), 'anywhere')[0] ?? ''
  return [...wrapped.slice(0, lines - 1), last + MORE].join(' ')
}

const MORE = '…'
