import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BYTES_ONLY,
  type CommandResult,
  readReport,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

const folder = temporaryFolder()
const baseline = join(folder.path, 'baseline.json')

/** A scenario file of the test's own; what is given replaces its lines. */
function writeScenario(changes: Record<string, string> = {}, name = 'mine.yaml'): string {
  const fields = {
    name: 'mine',
    title: 'mine',
    topic: 'plant/7',
    messages: '4',
    payload: '{ text: "hello", contentType: text/plain }',
    mqtt: '{ clientId: device-1 }',
    transports: '[http1, mqtt-qos0, mqtt-qos1]',
    ...changes,
  }
  const file = join(folder.path, name)
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`)
  writeFileSync(file, lines.join(''))
  return file
}

const check = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> =>
  runCommand(['check', ...args, '--baseline', baseline], { env })

beforeAll(async () => {
  const written = await check([writeScenario(), '--update'])
  expect(written.code, written.stderr).toBe(0)
})
afterAll(() => folder[Symbol.dispose]())

describe('check', () => {
  it('passes on what it was made from, in CI too', async () => {
    const before = readFileSync(baseline, 'utf8')
    const result = await check([writeScenario()], { CI: 'true' })
    expect(result).toMatchObject({ code: 0, stdout: 'all 3 cells as in the baseline\n' })
    expect(readFileSync(baseline, 'utf8')).toBe(before)
  })

  it.each([
    [
      'client id',
      { mqtt: '{ clientId: device-12 }' },
      /mqtt-qos0, mqtt-qos1: setup up control was 22 B, is 23 B: 1 B more \(\+4\.5 %\)/,
      /Client Identifier 8 → 9 B/,
    ],
    [
      'topic',
      { topic: 'plant/77' },
      /mqtt-qos0, mqtt-qos1: steady up framing is 1 B more a message: 11 B → 12 B \(\+9\.1 %\) on mqtt-qos0, 13 B → 14 B/,
      /Topic Name 7 → 8 B/,
    ],
    [
      'header value',
      { payload: '{ text: "hello", contentType: text/plainx }' },
      /http1: steady up framing was \d+ B a message, .* 1 B more/,
      /content-type 26 → 27 B "text\/plainx"/,
    ],
    [
      'payload',
      { payload: '{ text: "hello!", contentType: text/plain }' },
      /http1, mqtt-qos0, mqtt-qos1: steady up payload was 5 B a message, is 6 B/,
      /body 5 → 6 B/,
    ],
  ])('fails on one byte more in the %s, and names it', async (_, change, figure, field) => {
    const result = await check([writeScenario(change)])
    expect(result.code).toBe(1)
    expect(result.stdout).toMatch(figure)
    expect(result.stdout).toMatch(field)
    expect(result.stdout).toContain('--update')
  })

  it('fails on a byte less too, unless smaller is allowed', async () => {
    const file = writeScenario({ topic: 'plant/' })
    expect((await check([file])).code).toBe(1)
    expect((await check([file, '--allow-smaller'])).code).toBe(0)
  })

  it('fails on a cell that the baseline lacks, and --update=new adds just that', async () => {
    const file = writeScenario({ transports: '[http1, mqtt-qos0, mqtt-qos1, mqtt-qos2]' })
    const missing = await check([file], { CI: 'true' })
    expect(missing.code).toBe(1)
    expect(missing.stdout).toMatch(/mqtt-qos2.*--update=new/s)
    const other = join(folder.path, 'copy.json')
    writeFileSync(other, readFileSync(baseline))
    const added = await runCommand(['check', file, '--baseline', other, '--update=new'])
    expect(added.code, added.stderr).toBe(0)
    const cells = (path: string) => JSON.parse(readFileSync(path, 'utf8')).cells.mine
    expect(cells(other)).toEqual({ ...cells(baseline), 'mqtt-qos2': expect.anything() })
  })

  it('takes --update before the scenario too, and leaves the cells of others alone', async () => {
    const other = join(folder.path, 'shared.json')
    const update = (...args: string[]) => runCommand(['check', ...args, '--baseline', other])
    const quiet = { transports: '[mqtt-qos0]' }
    const first = await update('--update', writeScenario({ name: 'first', ...quiet }, 'first.yaml'))
    expect(first.code, first.stderr).toBe(0)
    const second = writeScenario({ name: 'second', ...quiet }, "it's second.yaml")
    expect((await update('--update', second)).code).toBe(0)
    expect((await update('single-reading', '--update', '-t', 'mqtt-qos0')).code).toBe(0)
    const named = () => Object.keys(JSON.parse(readFileSync(other, 'utf8')).cells)
    expect(named()).toEqual(['first', 'second', 'single-reading'])
    // Without a name: the built-in ones that are in it, and no others are asked for.
    const held = await update('-t', 'mqtt-qos0')
    expect(held).toMatchObject({ code: 0, stdout: 'the one cell is as in the baseline\n' })
    expect(held.stderr).toContain('not checked, since nothing names them: first, second')
    expect((await update('--update', '-t', 'mqtt-qos0')).code).toBe(0)
    expect(named()).toEqual(['first', 'second', 'single-reading'])
    // What it advises can be pasted.
    const longer = writeScenario(
      { name: 'second', topic: 'plant/77', ...quiet },
      "it's second.yaml",
    )
    const red = await update(longer)
    const [, advice] = /move the baseline: npx mqtt-vs-http (.*)/.exec(red.stdout) ?? []
    expect(advice).toContain(`'\\''s second.yaml'`)
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${advice}`], { encoding: 'utf8' })
    expect((await runCommand(words.trimEnd().split('\n'))).code).toBe(0)
    expect((await update(longer)).code).toBe(0)
  })

  it('asks for names where the baseline has none of the built-in scenarios', async () => {
    const result = await check(['--update'])
    expect(result.code).toBe(2)
    expect(result.stderr).toContain('has no built-in scenario, only mine; name the file of each')
  })

  it('fails on a cell of the baseline that no longer exists', async () => {
    const renamed = join(folder.path, 'renamed.json')
    writeFileSync(renamed, readFileSync(baseline, 'utf8').replace('"mqtt-qos1"', '"mqtt-qos7"'))
    const before = readFileSync(renamed, 'utf8')
    const result = await runCommand(['check', writeScenario(), '--baseline', renamed])
    expect(result.code).toBe(1)
    expect(result.stdout).toMatch(/mqtt-qos7/)
    expect(readFileSync(renamed, 'utf8')).toBe(before)
  })

  it.each([
    ['is not there', null, /there is no baseline; write it with npx mqtt-vs-http check .*--update/],
    ['is cut off', (text: string) => text.slice(0, text.length / 2), /not JSON|cut off|ends/],
    [
      'has a newer schema',
      (text: string) => text.replace('"schemaVersion": 1', '"schemaVersion": 9'),
      /9/,
    ],
    [
      'was edited into nonsense',
      (text: string) => text.replace('"payload": 20', '"payload": -20'),
      /payload/,
    ],
  ])('ends with 2 where the baseline %s, and overwrites nothing', async (_, edit, line) => {
    const path = join(folder.path, 'bad.json')
    const text = edit === null ? null : edit(readFileSync(baseline, 'utf8'))
    if (text !== null) writeFileSync(path, text)
    const file = text === null ? join(folder.path, 'absent.json') : path
    const result = await runCommand(['check', writeScenario(), '--baseline', file])
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(line)
    expect(result.stderr.trim().split('\n')).toHaveLength(1)
    expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(text)
  })

  it('ends with 3 where a cell cannot be measured', async () => {
    // A status that Fastify cannot answer with a body: the client sees another answer.
    const file = writeScenario({
      transports: '[http1]',
      payload: '{ text: "hello", contentType: nonsense }',
    })
    const result = await check([file])
    expect(result.code).toBe(3)
    expect(result.stdout).toMatch(/http1.*415/s)
  })

  it('ends with 130 when stopped, without a verdict', async () => {
    const run = startCommand(['check', writeScenario({ messages: '100000' }), '-b', baseline])
    await run.printed('mine: bytes, http1')
    run.child.kill('SIGINT')
    const result = await run.ended
    expect(result.code).toBe(130)
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('stopped by SIGINT')
  })

  it('judges the budgets of a scenario file, as run does', async () => {
    const gates = (max: number) => ({
      gates: `[{ metric: wire_bytes_per_message, transport: mqtt-qos1, max: ${max} }]`,
    })
    const kept = await check([writeScenario(gates(64))])
    expect(kept.code, kept.stdout).toBe(0)
    const file = writeScenario(gates(10))
    const broken = await check([file])
    expect(broken.code).toBe(1)
    expect(broken.stdout).toMatch(
      /mqtt-qos1 wire_bytes_per_message is 22 B, above its budget of 10 B/,
    )
    const out = join(folder.path, 'out')
    const run = await runCommand(['run', file, ...BYTES_ONLY, '--out', out])
    expect(run.code).toBe(1)
    const line = 'mine: mqtt-qos1 wire_bytes_per_message is 22 B, above its budget of 10 B'
    // Where a reader stands when it is over: before where the rest is, and last of what is told meanwhile.
    expect(run.stdout.trimEnd().split('\n').slice(-5).join(' ')).toContain(`✗ broken: ${line}`)
    expect(run.stderr.trimEnd().split('\n').at(-1)).toBe(line)
    expect(readReport(out).budgets).toMatchObject([{ verdict: 'fail', value: 22, max: 10 }])
  })

  it('says a broken budget where a baseline is written under it', async () => {
    const gates = '[{ metric: wire_bytes_per_message, transport: mqtt-qos1, max: 10 }]'
    const other = join(folder.path, 'under-budget.json')
    const result = await runCommand([
      'check',
      '--update',
      writeScenario({ gates }),
      '--baseline',
      other,
    ])
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('is 22 B, above its budget of 10 B')
    expect(existsSync(other)).toBe(true)
  })

  it.each(['check', 'run'])(
    '%s: a budget on a transport that was not run is no 0',
    async (verb) => {
      const file = writeScenario({
        gates: '[{ metric: wire_bytes_per_message, transport: mqtt-qos2, max: 64 }]',
      })
      const out = join(folder.path, 'unarmed')
      const args = verb === 'run' ? ['--measure', 'bytes', '--out', out] : ['--baseline', baseline]
      const result = await runCommand([verb, file, ...args])
      expect(result.code).toBe(3)
      expect(result.stdout.replaceAll('\n', ' ')).toContain(
        'could not be measured: mqtt-qos2 was not run',
      )
    },
  )

  it('tells a pipeline: JUnit, annotations, the summary of the job', async () => {
    const summary = join(folder.path, 'summary.md')
    const junit = join(folder.path, 'junit.xml')
    const env = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const result = await check([writeScenario({ topic: 'plant/78' }), '--junit', junit], env)
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('::error title=mine on mqtt-qos0%2C mqtt-qos1::')
    expect(readFileSync(summary, 'utf8')).toContain('| mine on mqtt-qos0 | fail |')
    expect(readFileSync(junit, 'utf8')).toContain('<failure type="changed"')
  })

  it.each([
    [['--latency'], /--latency: has nothing to compare with/],
    [['--reference', '.'], /--reference: belongs to --latency/],
    [['--latency', '--reference', '/'], /--reference: .* holds no installed mqtt-vs-http/],
    [
      ['--latency', '--mqtt-url', 'mqtt://u:secret@h', '--reference-mqtt-url', 'mqtts://h'],
      /--reference-mqtt-url: starts with mqtts:\/\/ and --mqtt-url with mqtt:\/\//,
    ],
    [['--latency', '--http-url', 'http://h'], /--reference-http-url: is needed too/],
    [['--latency', '--ca', 'ca.pem'], /--ca: is for a server that is already there/],
    [['--header', 'X-A: secret'], /--header: is for a server that is already there/],
    [
      ['--latency', '--http-url', 'http://h', '--reference-http-url', 'ftp://u:secret@h'],
      /--reference-http-url: must start with http:/,
    ],
    [
      [
        ...['--latency', '--http-url', 'https://localhost', '-t', 'http1'],
        ...['--reference-http-url', 'https://127.0.0.1'],
      ],
      /--transports: http1 connects to http:\/\/.*; name https1 instead/,
    ],
    [['fan-out', '--latency', '--reference', '.'], /fan-out-1: is a fanout, and --latency/],
    [['--latency', '--reference', '.', '-t', 'mqtt-qos0'], /mqtt-qos0 has no response/],
    [['--update=some'], /update/],
  ])('refuses %j in one line', async (args, line) => {
    const result = await runCommand(['check', ...args])
    expect(result.code, result.stderr).toBe(2)
    expect(result.stderr).toMatch(line)
    expect(result.stderr).not.toContain('secret')
    expect(result.stderr.trim().split('\n')).toHaveLength(1)
  })
})
