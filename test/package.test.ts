import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { isBuilt } from '../bin/sources.js'
import { hasTool, readReport, root, temporaryFolder } from './support/command.ts'
import { blockBelow, fencedBlocksOf } from './support/markdown.ts'

const PAGE = 'docs/ci.md'
const folder = temporaryFolder()
const project = join(folder.path, 'a project')

/** As a person, or a runner, types it: every line must succeed. */
const ENVIRONMENT = {
  ...process.env,
  ...{ npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' },
  // Strict: a dependency that declares another Node than this one is an error.
  npm_config_engine_strict: 'true',
  ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com' },
  ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' },
}

function shell(script: string, cwd = project, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], {
    cwd,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...env },
  })
  return { status, stdout, stderr }
}

function succeed(script: string, cwd = project): string {
  const { status, stdout, stderr } = shell(script, cwd)
  expect(status, `${script}\n${stdout}${stderr}`).toBe(0)
  return stdout
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true })
  writeFileSync(join(project, file), text)
}

const [packing, installing] = fencedBlocksOf(PAGE)
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text) as [string, string]

beforeAll(() => {
  // Packing would build it anew, under the feet of the tests beside this one.
  expect(isBuilt(root), 'dist is not of these sources: npm run build').toBe(true)
  mkdirSync(project)
  succeed('git init --quiet --initial-branch main')
  // The clone that the page makes is this one, which is built already.
  symlinkSync(root, join(folder.path, 'mqtt-vs-http'))
  succeed(packing.replace(/^git clone .*\n\(cd .*npm ci\)\n/, ''))
  succeed(installing)
}, 240_000)
// Thousands of files of two installations.
afterAll(() => folder[Symbol.dispose](), 240_000)

it('works as published: packed, installed in an empty folder, run there', () => {
  // A median of each, from every process there is; how many messages shows nothing of the package.
  const few = ['--messages', '20', '--rounds', '6', '--per-round', '1']
  const printed = execFileSync('npx', ['mqtt-vs-http', 'run', 'all', ...few], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(printed).toContain('refuted')
  const runs = readdirSync(join(project, 'results'))
  expect(runs).toHaveLength(1)
  const report = readReport(join(project, 'results', runs[0] as string))
  expect(report.partial).toBe(false)
  expect(report.cells.every((cell) => cell.status === 'measured')).toBe(true)
}, 240_000)

/** What it takes to give a process a root of its own; not everywhere, not even for root. */
const canChangeRoot =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '--make-rprivate', '/']).status === 0

it.skipIf(!canChangeRoot)(
  'runs for a user without a name or a privilege, where only two folders can be written to',
  () => {
    const script = join(root, 'test/support/in-container.sh')
    const modules = join(project, 'node_modules')
    mkdirSync(join(folder.path, 'root'))
    const transports = hasTool('mosquitto') ? 'http1,mqtt-qos1,mqtt5-qos1' : 'http1,mqtt-qos1'
    const command = ['run', 'json', '-t', transports, '--quick', '--format', 'csv']
    const quoted = [script, join(folder.path, 'root'), modules, process.execPath, ...command]
    const printed = succeed(`unshare --mount ${quoted.map((word) => `'${word}'`).join(' ')}`)
    const rows = printed.trim().split(/\r?\n/)
    expect(rows).toHaveLength(1 + transports.split(',').length)
    for (const row of rows.slice(1)) expect(row).toContain(',measured,')
  },
  120_000,
)

it('has types that compile by themselves, where nothing is skipped and no others are named', () => {
  const options = {
    ...{ strict: true, noEmit: true, skipLibCheck: false, types: [] },
    ...{ target: 'es2022', lib: ['es2022'], module: 'nodenext' },
  }
  write('types/tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['use.ts'] }))
  write('types/use.ts', "import * as all from 'mqtt-vs-http'\nexport const it: typeof all = all\n")
  succeed(`'${join(root, 'node_modules', '.bin', 'tsc')}' -p types`)
  succeed('rm -r types')
})

describe('docs/ci.md, copied into an empty repository', () => {
  const runner = join(folder.path, 'runner')
  const scenario = blockBelow(PAGE, 'in `scenarios/my-sensor.yaml`')
  const workflow = blockBelow(PAGE, '`.github/workflows/message-size.yml`')
  const steps: string[] = parse(workflow).jobs.check.steps.flatMap(
    ({ run }: { run?: string }) => run ?? [],
  )
  const check = steps.at(-1) as string

  /** What the last step of the workflow ends with, on what was committed. */
  function runOnGitHub() {
    succeed('git pull --quiet', runner)
    const summary = join(folder.path, 'summary.md')
    return shell(check, runner, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })
  }

  it('goes green', () => {
    write('scenarios/my-sensor.yaml', scenario)
    write('.github/workflows/message-size.yml', workflow)
    succeed(blockBelow(PAGE, 'The baseline, `results/baseline.json`'))
    expect(succeed('git status --short')).toBe('')
    succeed(`git clone --quiet '${project}' runner`, folder.path)
    for (const step of steps.slice(0, -1)) succeed(step, runner)
    const result = runOnGitHub()
    expect(result, result.stderr).toMatchObject({
      status: 0,
      stdout: 'all 2 cells as in the baseline\n',
    })
    expect(existsSync(join(runner, 'junit.xml'))).toBe(true)
  }, 240_000)

  it('goes red on a payload one byte longer, naming it once, per message', () => {
    write('scenarios/my-sensor.yaml', scenario.replace('25.1', '25.12'))
    succeed('git commit --quiet --all --message longer')
    const { status, stdout, stderr } = runOnGitHub()
    expect(status).toBe(1)
    expect(stdout).toContain(
      'FAIL: my-sensor on http1, mqtt-qos1: steady up payload was 16 B a message, is 17 B: 1 B more (+6.3 %)\n',
    )
    expect(stderr).toContain('::error title=my-sensor on http1%2C mqtt-qos1::')
  })

  it('goes green after what it advised was pasted', () => {
    const [, advice] =
      /^if this is meant, move the baseline: (.*)$/m.exec(runOnGitHub().stdout) ?? []
    succeed(advice as string)
    expect(succeed('git diff --name-only')).toBe('results/baseline.json\n')
    succeed('git commit --quiet --all --message "the baseline moves"')
    expect(runOnGitHub()).toMatchObject({ status: 0, stdout: 'all 2 cells as in the baseline\n' })
  })

  it('says the same for GitLab', () => {
    expect(parse(blockBelow(PAGE, '`.gitlab-ci.yml`'))['message size'].script).toEqual(steps)
  })
})
