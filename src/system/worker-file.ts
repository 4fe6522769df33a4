import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../package-root.ts'

/** `node --import tsx` runs sources. */
const THROUGH_TSX = 'tsx'

/** What node is started with. */
export interface WorkerFile {
  file: string
  /** Before the file. */
  execArgv: readonly string[]
}

/**
 * What processes of ours start from: the sources where this one was started from
 * sources (`npm run dev`), otherwise the build. What is measured in a test is the
 * build too: sources are translated on the way, and that is in what takes time.
 * @param root another installed version of this package, which is always a build
 * @param ownFlags what this process was started with
 * @param entry the file from which it starts, without its ending
 */
export function workerFile(
  root?: string,
  ownFlags: readonly string[] = process.execArgv,
  entry = 'worker',
): WorkerFile {
  if (root !== undefined || !ownFlags.includes(THROUGH_TSX)) {
    return { file: join(root ?? packageRoot, 'dist', `${entry}.js`), execArgv: [] }
  }
  // By its path: a process may be started from any folder.
  const tsx = createRequire(import.meta.url).resolve('tsx')
  return {
    file: join(packageRoot, 'src', `${entry}.ts`),
    execArgv: ['--import', pathToFileURL(tsx).href],
  }
}
