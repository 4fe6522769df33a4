import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * A folder with its parents; one that exists is as good. Node's own `recursive` is not
 * used: it never returns where a parent exists and takes no folder, as `/proc` does.
 * @throws the system's error, such as EACCES, ENOENT, or EEXIST where a file is in the way
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (await isFolder(path)) return
    const parent = dirname(path)
    if (code !== 'ENOENT' || parent === path || (await isFolder(parent))) throw error
    await makeFolders(parent)
    await makeFolders(path)
  }
}

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
