import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { findLeftFolders, makeOwnedFolder, removeFolder } from './owned-folder.ts'

const PURPOSE = 'owned-folder-test'

const fieldsOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')

/** A folder like one of this process, of another owner. */
async function folderOf(pid: number, start: string): Promise<string> {
  const own = await makeOwnedFolder(PURPOSE)
  await removeFolder(own)
  const other = own
    .replace(`-${process.pid}.`, `-${pid}.`)
    .replace(/\.\d+(?=\.\d+-\w{6}$)/, `.${start}`)
  await mkdir(other)
  return other
}

it.runIf(process.platform === 'linux')(
  'counts a folder as left when its owner has ended, also where nobody takes note of that',
  async () => {
    // The shell becomes `cat`, which never asks after the child that the shell had.
    const parent = spawn('sh', ['-c', 'cat <&3 >/dev/null & echo $!; exec cat 3<&-'], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    })
    const end = parent.stdio[3] as Writable
    const folders = [await makeOwnedFolder(PURPOSE)]
    try {
      const [line] = await once(parent.stdout as Readable, 'data')
      const zombie = Number(line)
      // It echoes once it is `cat`: a shell would have taken note.
      parent.stdin?.write('there')
      await once(parent.stdout as Readable, 'data')
      end.end()
      await expect.poll(() => fieldsOf(zombie)[0], { timeout: 20_000 }).toBe('Z')
      const [ofZombie, ofLiving] = await Promise.all([
        folderOf(zombie, fieldsOf(zombie)[19] ?? ''),
        folderOf(parent.pid ?? 0, fieldsOf(parent.pid ?? 0)[19] ?? ''),
      ])
      folders.push(ofZombie, ofLiving)
      // Another checkout may be testing the same.
      const left = findLeftFolders(PURPOSE).filter((folder) => folders.includes(folder))
      expect(left).toEqual([ofZombie])
    } finally {
      end.end()
      parent.stdin?.end()
      await once(parent, 'close')
      await Promise.all(folders.map(removeFolder))
    }
  },
)
