import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readReport, root, temporaryFolder } from './support/command.ts'

const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

it('works as published: packed, installed in an empty folder, run there', () => {
  using folder = temporaryFolder()
  // Built already: packing must not build again under the feet of other tests.
  const tarball = npm(
    root,
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    folder.path,
  )
  npm(folder.path, 'init', '--yes')
  // Strict: a dependency that declares another Node than this one is an error.
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--engine-strict']
  npm(folder.path, 'install', ...options, tarball.trim())
  const printed = execFileSync('npx', ['mqtt-vs-http', 'run', 'all', '--quick'], {
    cwd: folder.path,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(printed).toContain('refuted')
  const runs = readdirSync(join(folder.path, 'results'))
  expect(runs).toHaveLength(1)
  const report = readReport(join(folder.path, 'results', runs[0] as string))
  expect(report.partial).toBe(false)
  expect(report.cells.every((cell) => cell.status === 'measured')).toBe(true)
}, 240_000)
