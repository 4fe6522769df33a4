import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from '../model/text/text-width.ts'

/** What yargs lays out its help by, in place of the package of that name. */
// biome-ignore lint/style/noDefaultExport: what that package exports
export default function stringWidth(text: string): number {
  return displayWidth(stripVTControlCharacters(text))
}
