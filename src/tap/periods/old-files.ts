import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** How much of what was rotated stays: so many, or so many bytes; the newest in any case. */
export interface Keep {
  count: number | null
  bytes: number | null
}

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z`

/** In which order names sort is the order of time. */
export const stampOf = (date: Date): string => date.toISOString().replaceAll(':', '-')

/** `plant.pcapng` of a time: `plant-2026-11-29T16-00-00.000Z.pcapng`. */
export function stampedFile(path: string, date: Date): string {
  const extension = extname(path)
  return join(dirname(path), `${basename(path, extension)}-${stampOf(date)}${extension}`)
}

/** Folders of reports that a rotation left. */
export const PERIOD_FOLDERS = new RegExp(`^${STAMP}$`)

/** Captures that a rotation left of one path. */
export function stampedFiles(path: string): RegExp {
  const extension = extname(path)
  const plain = (text: string): string => text.replace(/[^\w]/g, String.raw`\$&`)
  return new RegExp(`^${plain(basename(path, extension))}-${STAMP}${plain(extension)}$`)
}

/** Removes the oldest of those in a folder whose names fit, until no more than is to be kept is there. */
export function removeOld(folder: string, names: RegExp, { count, bytes }: Keep): void {
  const newestFirst = readdirSync(folder)
    .filter((name) => names.test(name))
    .sort()
    .reverse()
  let sum = 0
  for (const [index, name] of newestFirst.entries()) {
    const path = join(folder, name)
    sum += sizeOf(path)
    const isTooMany = count !== null && index >= count
    const isTooMuch = bytes !== null && sum > bytes && index > 0
    if (isTooMany || isTooMuch) rmSync(path, { recursive: true, force: true })
  }
}

function sizeOf(path: string): number {
  const its = statSync(path)
  if (!its.isDirectory()) return its.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
