import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ServerProgram, type ServerProgramKind } from './server-program.ts'

const PURPOSE = 'never-started'

const KIND: ServerProgramKind = {
  name: 'Nothing',
  purpose: PURPOSE,
  file: 'no such folder/file',
  says: 'on stderr',
  judge: () => 'not yet',
  lastWord: () => undefined,
  ends: 'at once',
}

describe('a server of somebody else', () => {
  it('says why and leaves no folder where its file cannot be written', async () => {
    const start = { program: process.execPath, text: '', args: () => [] }
    await expect(ServerProgram.spawn(KIND, start)).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringContaining('ENOENT'),
    })
    expect(readdirSync(tmpdir()).filter((name) => name.includes(PURPOSE))).toEqual([])
  })
})
