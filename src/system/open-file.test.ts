import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/command.ts'
import { openFile } from './open-file.ts'

const openers = [
  ['linux', 'xdg-open', 'my page.html'],
  ['darwin', 'open', 'my page.html'],
  ['win32', 'cmd', '/c start "" "my page.html"'],
] as const

it.each(openers)('opens a file on %s by %s', async (platform, program, words) => {
  using folder = temporaryFolder()
  const said = join(folder.path, 'said')
  const script = `#!/bin/sh\nprintf %s "$*" > ${said}\n`
  writeFileSync(join(folder.path, program), script, { mode: 0o755 })
  const PATH = [folder.path, process.env.PATH].join(delimiter)
  expect(await openFile('my page.html', platform, { PATH })).toBeNull()
  expect(readFileSync(said, 'utf8')).toBe(words)
})

it('says what was not there, or failed', async () => {
  using folder = temporaryFolder()
  const env = { PATH: folder.path }
  const program = 'xdg-open'
  expect(await openFile('page.html', 'linux', env)).toEqual({ program, code: null })
  writeFileSync(join(folder.path, program), '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  expect(await openFile('page.html', 'linux', env)).toEqual({ program, code: 3 })
})
