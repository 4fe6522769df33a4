/**
 * Which sources `dist` was built of: a digest of what the build reads, kept in
 * `dist` itself and written last, so that a build that was broken off is none.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Beside `src`: what it is built by, and the versions of what is built in. */
const MORE = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'bin/build.ts',
  'bin/merge-chunks.ts',
  'bin/packages.ts',
]
export const digestFile = (root) => join(root, 'dist', 'sources.sha256')

export function digestOfSources(root) {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
  for (const file of [...MORE.map((name) => join(root, name)), ...files.sort()]) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** Whether what is built is of what is there to be built. */
export function isBuilt(root) {
  try {
    return readFileSync(digestFile(root), 'utf8') === digestOfSources(root)
  } catch {
    // It was never built, or not to its end.
    return false
  }
}
