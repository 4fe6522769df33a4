import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where `ip` lies on systems that keep it off an ordinary user's PATH. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin']

/** The path of a program that can be run, or null where there is none. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    if (folder === '') continue
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null
}
