import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.ts'

export interface FencedBlock {
  language: string
  text: string
  /** The last line of text above it. */
  above: string
}

/** The fenced blocks of a page, in their order. */
export function fencedBlocksOf(page: string): FencedBlock[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] as string,
    text: match[2] as string,
    above: text.slice(0, match.index).trimEnd().split('\n').at(-1) ?? '',
  }))
}

/** The one block below a line that says this. */
export function blockBelow(page: string, said: string): string {
  const found = fencedBlocksOf(page).filter(({ above }) => above.includes(said))
  if (found.length !== 1) throw new Error(`${page}: ${found.length} blocks below ${said}`)
  return (found[0] as FencedBlock).text
}
