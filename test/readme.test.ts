import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { hasTool, root, runCommand, temporaryFolder } from './support/command.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** Lines of the README's shell blocks. */
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block]) => (block ?? '').split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '')

it('names the two commands that do all the set-up', () => {
  expect(commands).toContain('npm ci && npx mqtt-vs-http run all')
  expect(commands).toContain('npm cit')
})

// `npm ci` would take the ground from under the tests that run at this moment.
const runnable = commands.filter((line) => line.startsWith('npx mqtt-vs-http '))

// One folder for all, in the order of the README: one command's files are the next one's.
const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

it.each(runnable)(
  'works: %s',
  async (line) => {
    const args = line.replace('npx mqtt-vs-http ', '').split(' ')
    // The scenario files and the stored report that the README names are in the repository.
    const given = args.map((arg) =>
      /^(results\/reference$|scenarios\/)/.test(arg) ? join(root, arg) : arg,
    )
    const result = await runCommand(given, { cwd: folder.path })
    expect(result.code, result.stderr).toBe(0)
    expect(result.stdout + result.stderr).not.toBe('')
  },
  // Every transport on every scenario: a thousand TLS handshakes are among them.
  300_000,
)

const blocks = [...readme.matchAll(/```text\n([\s\S]*?)```/g)].map(([, block]) => block ?? '')
const [screen, comparison, bytes, latency, uplink] = blocks

it('shows the table of the committed reference run', () => {
  const report = (...flags: string[]): string =>
    execFileSync(
      process.execPath,
      [join(root, 'bin', 'mqtt-vs-http.js'), 'report', 'results/reference', ...flags],
      { encoding: 'utf8', cwd: root },
    )
  expect(blocks).toHaveLength(5)
  expect(report()).toBe(screen)
  expect(screen?.trimEnd().split('\n').length).toBeLessThanOrEqual(24)
  const table = report('--full')
  for (const block of [comparison, bytes, latency]) expect(table).toContain(block?.trimEnd())
})

/** Which version of Node the table was made with: `fetch` and the server's head are Node's. */
const MADE_WITH_NODE = '20.'

it.skipIf(!process.versions.node.startsWith(MADE_WITH_NODE) || !hasTool('mosquitto'))(
  'shows what every way up costs',
  async () => {
    const args = 'run json -t uplink --measure bytes --link-bytes modelled --section bytes'.split(
      ' ',
    )
    const { stdout } = await runCommand(args, { cwd: folder.path })
    // Both sides of h2c speak at once: who is seen first decides one modelled acknowledgement.
    const settled = (text = ''): string => text.replaceAll(/^(h2c .*≈)[\d.]+/gm, '$1')
    expect(settled(stdout)).toContain(settled(uplink).trimEnd())
  },
  300_000,
)
