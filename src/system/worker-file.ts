import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../package-root.ts'

/** What node is started with. */
export interface WorkerFile {
  file: string
  /** Before the file. */
  execArgv: readonly string[]
}

/**
 * What processes of ours start from: the sources where this one runs from
 * sources, so that a stale build is never measured in their place.
 * @param root another installed version of this package, which is always a build
 * @param ownFile a file that this process runs
 */
export function workerFile(root?: string, ownFile = import.meta.filename): WorkerFile {
  if (root !== undefined || !ownFile.endsWith('.ts')) {
    return { file: join(root ?? packageRoot, 'dist', 'worker.js'), execArgv: [] }
  }
  // By its path: a process may be started from any folder.
  const tsx = createRequire(import.meta.url).resolve('tsx')
  return {
    file: join(packageRoot, 'src', 'worker.ts'),
    execArgv: ['--import', pathToFileURL(tsx).href],
  }
}
