import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Report, reportSchema } from '../src/model/report/report.ts'
import { displayWidth } from '../src/model/text/text-width.ts'
import { bin, root, runCommand, startCommand, temporaryFolder } from './support/command.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const at = (name: string) => join(folder.path, name)

/** A run that was stopped before it measured anything: the least that a report can be. */
const REPORT: Report = reportSchema.parse({
  schemaVersion: 1,
  tool: { name: 'mqtt-vs-http', version: '0.1.0' },
  startedAt: '2025-01-01T00:00:00.000Z',
  finishedAt: null,
  partial: true,
  partialReason: 'stopped by SIGINT',
  environment: {
    platform: 'linux',
    kernel: '6.1',
    arch: 'x64',
    cpuModel: 'a CPU',
    cpuCount: 2,
    memoryBytes: 1,
    node: '20.19.0',
    openssl: '3',
    libraries: {},
    pinning: { pinned: false, loadCpu: null, endpointCpu: null, reason: 'no taskset' },
    tcpNoDelay: true,
  },
  plan: {
    scenarios: [{ name: 'my', title: 't', payload: { text: 'a' } }],
    transports: ['http1'],
    measures: ['bytes'],
    mode: 'quick',
    injected: [],
    link: 'loopback',
  },
  cells: [
    {
      scenario: 'my',
      transport: 'http1',
      client: 'fetch',
      protocol: 'http/1.1',
      flow: 'uplink',
      completion: 'answered',
      link: 'loopback',
      status: 'skipped',
      reason: 'not asked for',
    },
  ],
  verdicts: [],
  warnings: [],
})

/** Warnings that make a report of some megabytes; a pipe holds 64 KiB. */
const LARGE = 50_000

beforeAll(() => {
  const text = JSON.stringify(REPORT, null, 2)
  mkdirSync(at('run'))
  mkdirSync(at('empty'))
  writeFileSync(at('run/report.json'), text)
  const warnings = Array.from({ length: LARGE }, (_, i) => `a warning of some length, number ${i}`)
  writeFileSync(at('large.json'), JSON.stringify({ ...REPORT, warnings }))
  writeFileSync(at('cut.json'), text.slice(0, 500))
  writeFileSync(at('newer.json'), text.replace('"schemaVersion": 1', '"schemaVersion": 2'))
})

/** Runs a shell line in which `$CLI` is the built command. */
function runShell(line: string) {
  const env = { ...process.env, CLI: `"${process.execPath}" "${bin}"` }
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
    env: { ...env, DIR: folder.path },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** What of the text of a library is in no other: a bundle does not say where its parts are from. */
const MARKS = {
  ...{ yargs: 'YError', zod: 'ZodError', yaml: 'YAMLParseError', fastify: 'FST_ERR_' },
  ...{ aedes: 'maxClientsIdLength', mqtt: 'MqttClient', autocannon: 'excludeErrorStats' },
}

describe('help', () => {
  it('lists the commands that exist', async () => {
    const { code, stdout, stderr } = await runCommand(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const commands = [...stdout.matchAll(/^ {2}mqtt-vs-http (\w+) .* {2}/gm)].map(
      (match) => match[1],
    )
    expect(commands).toEqual(expect.arrayContaining(['run', 'list', 'report']))
  })

  it.each(['en', 'zh-TW'])(
    'of run is one screen in %s, of flags that there are',
    async (language) => {
      const { code, stdout } = await runCommand(['run', '--help', '--lang', language])
      expect(code).toBe(0)
      const lines = stdout.trimEnd().split('\n')
      expect(lines.length).toBeLessThanOrEqual(24)
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80)
      const { stdout: all } = await runCommand(['run', '--help-all', '--lang', language])
      for (const [flag] of stdout.matchAll(/--[a-z-]+/g)) expect(all).toContain(`${flag} `)
      expect(all.split('\n').length).toBeGreaterThan(lines.length * 2)
    },
  )

  it('is printed where no command is given', async () => {
    const { code, stdout, stderr } = await runCommand([])
    expect(stdout).toMatch(/^Commands:\n/m)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: no command is given; see npx mqtt-vs-http --help\n',
    })
  })

  it.each(['run', 'list', 'report'])('of %s has an example', async (command) => {
    const { code, stdout } = await runCommand([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Examples:\n {2}mqtt-vs-http /m)
  })

  it('is in the language of the environment, or in the one that is asked for', async () => {
    const env = { LC_ALL: 'zh_TW.UTF-8' }
    const { stdout } = await runCommand(['--help'], { env })
    expect(stdout).toContain('命令：')
    const { stdout: english } = await runCommand(['--help', '--lang', 'en'], { env })
    expect(english).toContain('Commands:')
  })

  it('loads none of the heavy parts', async () => {
    // V8 lists every script that was loaded among what it covered.
    const { ended } = startCommand(['--help'], { env: { NODE_V8_COVERAGE: at('coverage') } })
    const { code } = await ended
    expect(code).toBe(0)
    const [file = ''] = readdirSync(at('coverage'))
    const coverage = JSON.parse(readFileSync(join(at('coverage'), file), 'utf8'))
    const urls: string[] = coverage.result.map((script: { url: string }) => script.url)
    const textOf = (path: string): string => readFileSync(path, 'utf8')
    const loaded = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url))
    const holds = (paths: string[], mark: string): boolean =>
      paths.some((path) => textOf(path).includes(mark))
    expect(holds(loaded, MARKS.yargs)).toBe(true)
    const built = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).flatMap(
      (name) => (name.endsWith('.js') ? join(root, 'dist', name) : []),
    )
    for (const [name, mark] of Object.entries(MARKS)) {
      expect(holds(built, mark), name).toBe(true)
      if (name !== 'yargs') expect(holds(loaded, mark), name).toBe(false)
    }
  })

  it('and the version come without a run', async () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const { code, stdout } = await runCommand(['--version'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` })
  })
})

describe('wrong usage is one line on stderr, and exit status 2', () => {
  it.each([
    ['lst', 'unknown command "lst"; did you mean list? see npx mqtt-vs-http --help'],
    [
      'run --formt csv',
      '--formt: unknown option; did you mean --format? see npx mqtt-vs-http run --help',
    ],
    [
      'run --no-quick',
      '--no-quick: unknown option; leave --quick out; see npx mqtt-vs-http run --help',
    ],
    [
      'run --format tabel',
      '--format: unknown value "tabel"; did you mean table? see npx mqtt-vs-http run --help',
    ],
    ['run --out', '--out: needs a value; see npx mqtt-vs-http run --help'],
    ['list --format', '--format: needs a value; see npx mqtt-vs-http list --help'],
    ['run --rounds x', '--rounds: is not a number; give one such as 10'],
    ['list --format json --format table', '--format: is given more than once; give it once'],
    [
      'list scenaros',
      'list what: unknown value "scenaros"; did you mean scenarios? see npx mqtt-vs-http list --help',
    ],
    ['list scenarios x', 'list: unexpected argument "x"; see npx mqtt-vs-http list --help'],
    [
      'report',
      'report: there is no run in results; give a folder, or see npx mqtt-vs-http report --help',
    ],
    ['report DIR/run --section byts', '--section: there is no "byts"; did you mean bytes?'],
    ['run json --csv-decimal comma', '--csv-decimal: is for --format csv; give that too'],
    [
      'report DIR/none.json',
      'DIR/none.json: cannot be read: there is no such file; give the folder of a run',
    ],
    ['report DIR/empty', 'DIR/empty/report.json: cannot be read: there is no such file'],
    ['report DIR/cut.json', 'DIR/cut.json: is not JSON, or was cut off'],
    [
      'report DIR/newer.json',
      'DIR/newer.json: has schema version 2, from a newer mqtt-vs-http; this one reads version 1',
    ],
    [
      'run jsn',
      'unknown scenario "jsn"; did you mean json? known: single-reading, json, batch-1000, stream-1000, authenticated, cold-start, command-delivery, encodings, fan-out, tls-profiles, payload-sizes, all, or a path such as ./my.yaml',
    ],
    ['run DIR/my\u001b[31m.yaml', 'DIR/my?[31m.yaml: cannot be read: there is no such file'],
  ])('`%s`', async (line, message) => {
    const args = line.split(' ').filter((word) => word !== '')
    const { code, stdout, stderr } = await runCommand(
      args.map((word) => word.replace('DIR', folder.path)),
      { cwd: folder.path },
    )
    const lines = stderr.replaceAll(folder.path, 'DIR').split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^error: /)
    expect(lines[0]?.slice('error: '.length, 'error: '.length + message.length)).toBe(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(existsSync(at('results'))).toBe(false)
  })

  it('report shows the last run here where none is named', async () => {
    using here = temporaryFolder()
    for (const day of ['01', '03', '02']) {
      const run = join(here.path, 'results', `2026-01-${day}T00-00-00Z`)
      mkdirSync(run, { recursive: true })
      const report = { ...REPORT, startedAt: `2026-01-${day}T00:00:00.000Z` }
      writeFileSync(join(run, 'report.json'), JSON.stringify(report))
    }
    mkdirSync(join(here.path, 'results', 'reference'))
    const { code, stdout } = await runCommand(['report'], { cwd: here.path })
    expect(code).toBe(0)
    expect(stdout).toContain('2026-01-03 00:00 UTC')
  })

  it.each([
    ['report', 'DIR/run'],
    ['compare', 'DIR/run', 'DIR/run'],
  ])('%s --open shows a page, and says where it is where nothing can', async (...line) => {
    using here = temporaryFolder()
    const args = [...line.map((word) => word.replace('DIR', folder.path)), '--open']
    const env = { PATH: here.path, TMPDIR: here.path }
    const alone = await runCommand(args, { env })
    expect(alone.code, alone.stderr).toBe(0)
    const path = /^--open: there is no xdg-open here; open (\S+) yourself\n$/.exec(
      alone.stderr,
    )?.[1]
    expect(readFileSync(path ?? '', 'utf8')).toMatch(/^<!doctype html>/)
    const script = '#!/bin/sh\nread -r first < "$1" && printf %s "$first" > "$TMPDIR/first"\n'
    writeFileSync(join(here.path, 'xdg-open'), script, { mode: 0o755 })
    expect(await runCommand(args, { env })).toEqual({ ...alone, stderr: '' })
    expect(readFileSync(join(here.path, 'first'), 'utf8')).toMatch(/^<!doctype html>/)
  })

  it('has a stack under --debug', async () => {
    const { code, stderr } = await runCommand(['list', 'x', '--debug'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .*\nInstrumentError: .*\n {4}at /)
  })
})

describe('list', () => {
  it('shows scenarios and transports in aligned columns, without colour in a pipe', async () => {
    const { code, stdout, stderr } = await runCommand(['list'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).not.toContain('\u001b')
    const [scenarios = '', transports = ''] = stdout.split('\n\n')
    expect(scenarios).toBe(
      [
        'scenarios',
        '  name              flow                  messages      bytes  title',
        '  single-reading    uplink                     100         14  a single reading, 溫度：25°C',
        '  json              uplink                     100         14  JSON { "temp": 25 }',
        '  batch-1000        uplink                       1      15001  1000 readings in one message',
        '  stream-1000       uplink                    1000         14  1000 readings, one message each',
        '  authenticated     uplink                     100         14  JSON { "temp": 25 }, with a token of 300 bytes',
        '  cold-start        uplink                      20         14  one reading from a device that wakes for it',
        '  command-delivery  roundtrip                   50         16  a command to an air conditioner, and its state back',
        '  encodings         uplink                       3  936–21813  1,000 varied readings in one message',
        '  fan-out           fanout to 1, 10, 100        20         14  fan-out',
        '  tls-profiles      uplink                       1         14  one reading over TLS',
        '  payload-sizes     uplink                      10   1–100000  a message',
      ].join('\n'),
    )
    const lines = transports.trimEnd().split('\n')
    const column = lines[1]?.indexOf('completion') ?? -1
    const words = lines.slice(2).map((line) => /^\S+/.exec(line.slice(column))?.[0])
    for (const word of words) {
      expect(['flushed', 'acknowledged', 'exactly-once', 'answered']).toContain(word)
    }
    expect(words.length).toBeGreaterThan(3)
  })

  it('shows one of them, for scripts too', async () => {
    const { stdout } = await runCommand(['list', 'transports', '--format', 'json'])
    const contents = JSON.parse(stdout)
    expect(Object.keys(contents)).toEqual(['transports'])
    expect(contents.transports).toContainEqual(
      expect.objectContaining({ id: 'mqtt-qos1', completion: 'acknowledged', needs: null }),
    )
    const scenarios = JSON.parse(
      (await runCommand(['list', 'scenarios', '--format', 'json'])).stdout,
    )
    expect(Object.keys(scenarios)).toEqual(['scenarios'])
    expect(scenarios.scenarios[2]).toMatchObject({ name: 'batch-1000', payloadBytes: 15_001 })
  })

  it.each([
    ['plans', /^ {2}1nce † +2026-11-28 +1NCE IoT Lifetime Flat/m],
    ['clouds', /^ {2}aws-iot-core +2026-11-28 +AWS IoT Core/m],
    ['radios', /^ {2}nb-iot-rai +2026-11-28 +NB-IoT with release assistance/m],
  ])('shows %s with the day that they were read, and their sources', async (what, line) => {
    expect((await runCommand(['list', what])).stdout).toMatch(line)
    const files = JSON.parse((await runCommand(['list', what, '--format', 'json'])).stdout)[what]
    for (const { id, title, sources } of files) {
      expect(title, id).not.toBe('')
      expect(sources, id).not.toEqual([])
      for (const each of sources) {
        expect(each, id).toMatchObject({
          source: expect.stringMatching(/./),
          readOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        })
      }
    }
  })
})

describe('report', () => {
  it.each(['run', 'run/report.json'])('renders %s', async (path) => {
    const { code, stdout, stderr } = await runCommand(['report', at(path), '--format', 'json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(REPORT)
  })

  it.each(['table', 'markdown', 'csv'])('renders as %s, plain in a pipe', async (format) => {
    const { code, stdout } = await runCommand(['report', at('run'), '--format', format])
    expect(code).toBe(0)
    expect(stdout).toContain('http1')
    expect(stdout).not.toContain('\u001b')
  })
})

describe.skipIf(process.platform === 'win32')('output', () => {
  it.runIf(existsSync('/dev/full')).each(['list', '--help', 'report "$DIR/run" --format json'])(
    'of `%s` to a full disk fails in one line',
    (command) => {
      expect(runShell(`$CLI ${command} > /dev/full`.replace('$CLI', 'eval $CLI'))).toEqual({
        status: 3,
        stdout: '',
        stderr: 'error: stdout: cannot be written: ENOSPC: no space left on device, write\n',
      })
    },
  )

  it('to a reader that went away ends quietly', () => {
    const { status, stderr } = runShell('eval $CLI list | exec true')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('is whole where it is larger than a pipe', async () => {
    const { stdout } = await runCommand(['report', at('large.json'), '--format', 'json'])
    expect(JSON.parse(stdout).warnings).toHaveLength(LARGE)
  })
})

const hasScript = spawnSync('script', ['--version']).status === 0

describe.skipIf(!hasScript)('on a terminal', () => {
  const onTerminal = (command: string) =>
    runShell(`script -qec "$CLI ${command}" /dev/null < /dev/null`)

  it('NO_COLOR leaves no escape sequence in the output', () => {
    const line = 'report $DIR/run'
    expect(onTerminal(line).stdout).toContain('http1')
    expect(
      runShell(`NO_COLOR=1 script -qec "$CLI ${line}" /dev/null < /dev/null`).stdout,
    ).not.toContain('\u001b[')
  })

  it('list keeps to its width, and what is wrong too', () => {
    const words = 'stty cols 80; $CLI list; $CLI run jsn'
    const { stdout } = runShell(`script -qc "${words}" /dev/null < /dev/null`)
    const lines = stdout.trimEnd().split('\r\n')
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([])
    expect(lines.length).toBeLessThan(250)
    expect(lines.map((line) => line.trim().split(' ')[0])).toContain('mqtt-qos1')
    expect(stdout).toMatch(/error: unknown scenario "jsn"; did you mean json\? known:/)
  })
})
