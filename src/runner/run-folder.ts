import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InstrumentError, systemSaid } from '../model/errors.ts'
import { said } from '../model/said/said.ts'
import { makeFolders } from '../system/make-folders.ts'

/** The folder of one run. A reader never sees half a file: each is written under another name and renamed. */
export class RunFolder {
  readonly path: string

  /** The flag that names the folder, for errors. */
  private readonly flag: string

  private constructor(path: string, flag: string) {
    this.path = path
    this.flag = flag
  }

  /**
   * @param out the folder itself, or null for a new one, named by time, in `results/`
   * @throws InstrumentError `out-unwritable`
   */
  static async create(out: string | null, startedAt: Date, flag = '--out'): Promise<RunFolder> {
    if (out !== null) {
      await makeWhole(out, flag)
      return new RunFolder(out, flag)
    }
    await makeWhole('results', flag)
    const stamp = startedAt
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '-')
    for (let attempt = 1; ; attempt += 1) {
      const path = join('results', attempt === 1 ? stamp : `${stamp}-${attempt}`)
      // Two runs may start within the same second; neither may overwrite the other.
      if (await makeNew(path, flag)) return new RunFolder(path, flag)
    }
  }

  /** @throws InstrumentError `out-unwritable` */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.path, name)
    const temporary = `${path}.tmp`
    try {
      const file = await open(temporary, 'w')
      try {
        await file.writeFile(text)
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw unwritable(this.flag, path, error)
    }
  }
}

async function makeWhole(path: string, flag: string): Promise<void> {
  try {
    await makeFolders(path)
  } catch (error) {
    throw unwritable(flag, path, error)
  }
}

/** False where it exists already. */
async function makeNew(path: string, flag: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw unwritable(flag, path, error)
  }
}

function unwritable(flag: string, path: string, error: unknown): InstrumentError {
  const isFile = (error as NodeJS.ErrnoException).code === 'EEXIST'
  const cause = isFile ? said('noFolder') : systemSaid(error)
  const why = said('folderUnwritable', { flag, path, why: cause })
  return new InstrumentError('out-unwritable', why, { cause: error })
}
