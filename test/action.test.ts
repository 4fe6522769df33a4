import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root, temporaryFolder } from './support/command.ts'

const ACTION = join(root, '.github/actions/check')

interface Action {
  inputs: Record<string, { default: string }>
  runs: { steps: { run: string; shell: string; env: Record<string, string> }[] }
}

/** The steps of the action as a runner of GitHub runs them, in a project that does not depend on us. */
function runAction(cwd: string, inputs: Record<string, string>) {
  const action: Action = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8'))
  const inputOf = (expression: string): string => {
    const [, name = ''] = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression) ?? []
    return inputs[name] ?? (action.inputs[name] as { default: string }).default
  }
  const [step, ...others] = action.runs.steps
  if (step === undefined || others.length > 0) throw new Error('the action has not one step')
  const script = join(cwd, '..', 'step.sh')
  writeFileSync(script, step.run)
  const env = Object.entries(step.env).map(([name, text]) => [name, inputOf(text)])
  expect(step.shell).toBe('bash')
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', script],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...Object.fromEntries(env), GITHUB_ACTION_PATH: ACTION },
    },
  )
  return { status, stdout, stderr }
}

describe('the action', () => {
  const folder = temporaryFolder()
  const project = join(folder.path, 'a project')
  const scenarios = './scenarios/my sensor.yaml\n./scenarios/other.yaml\n'
  const write = (file: string, name: string, transports: string): void =>
    writeFileSync(
      join(project, 'scenarios', file),
      `name: ${name}\ntitle: x\nmessages: 2\npayload: { text: hello, contentType: text/plain }\ntransports: [${transports}]\n`,
    )

  beforeAll(() => {
    mkdirSync(join(project, 'scenarios'), { recursive: true })
    write('my sensor.yaml', 'my-sensor', 'mqtt-qos0')
    write('other.yaml', 'other', 'mqtt-qos1')
  })
  afterAll(() => folder[Symbol.dispose]())

  it('takes every line of its inputs, and spaces in them', () => {
    const first = runAction(project, {
      scenarios,
      arguments: '--update\n',
      baseline: 'my results/baseline.json',
    })
    expect(first.status, first.stderr).toBe(0)
    const result = runAction(project, {
      scenarios: scenarios.replaceAll('\n', '\r\n'),
      arguments: '--junit my junit.xml\n\n--format\njson',
      baseline: 'my results/baseline.json',
    })
    expect(result.status, result.stderr).toBe(0)
    const { cells, command } = JSON.parse(result.stdout)
    expect(cells.map(({ scenario }: { scenario: string }) => scenario)).toEqual([
      'my-sensor',
      'other',
    ])
    expect(command).toBe(
      "npx mqtt-vs-http check './scenarios/my sensor.yaml' ./scenarios/other.yaml --baseline 'my results/baseline.json'",
    )
    expect(readFileSync(join(project, 'my junit.xml'), 'utf8')).toContain('bytes.other')
  })

  it('fails where a byte is too many', () => {
    write('other.yaml', 'other-name', 'mqtt-qos1')
    const result = runAction(project, { scenarios, baseline: 'my results/baseline.json' })
    expect(result.status).toBe(1)
    expect(result.stdout).toContain('other-name on mqtt-qos1: is missing in the baseline')
  })

  it('asks no registry for this package', () => {
    expect(readFileSync(join(ACTION, 'action.yml'), 'utf8')).not.toMatch(
      /npx|npm (i|install|exec) /,
    )
  })
})
