import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { makeFolders } from './make-folders.ts'

const folder = mkdtempSync(join(tmpdir(), 'make-folders-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('makes parents too, and takes what exists', async () => {
  const path = join(folder, 'a/b/c')
  await makeFolders(path)
  await Promise.all([makeFolders(path), makeFolders(join(path, '../d/e'))])
  expect(statSync(join(folder, 'a/b/d/e')).isDirectory()).toBe(true)
})

it('fails where a file is in the way, and where a parent takes no folder', async () => {
  writeFileSync(join(folder, 'file'), '')
  await expect(makeFolders(join(folder, 'file'))).rejects.toThrow('EEXIST')
  await expect(makeFolders(join(folder, 'file/x'))).rejects.toThrow('ENOTDIR')
  if (process.platform === 'linux') await expect(makeFolders('/proc/x/y')).rejects.toThrow('ENOENT')
})
