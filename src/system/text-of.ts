import { readFileSync } from 'node:fs'

/** What stands in a file that a system may have, such as one of `/proc`; null where it cannot be read. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
