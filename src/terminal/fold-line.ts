import { wrapText } from '../model/text/text-width.ts'

/** A line for people, broken between words where a terminal would break it within them; whoever reads a pipe gets it whole. */
export function foldLine(line: string, stream: { isTTY?: boolean; columns?: number }): string {
  const { isTTY, columns } = stream
  return isTTY === true && columns ? wrapText(line, columns, 'anywhere').join('\n') : line
}
