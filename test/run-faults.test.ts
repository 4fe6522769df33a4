import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { said, saidText } from '../src/model/said/said.ts'
import {
  BYTES_ONLY,
  childrenOf,
  processesNamed,
  readCsv,
  readReport,
  root,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

describe('messages that do not arrive as they were sent', () => {
  it.each([
    ['drop=2', { delivered: '4', lost: '1', duplicated: '0', corrupted: '0' }],
    ['double=2', { delivered: '5', lost: '0', duplicated: '1', corrupted: '0' }],
    ['change=2', { delivered: '4', lost: '0', duplicated: '0', corrupted: '1' }],
  ])('are counted: %s', async (fault, counts) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'five.yaml')
    writeFileSync(file, 'name: five\ntitle: five\nmessages: 5\npayload: { text: hello }\n')
    const out = join(folder.path, 'out')
    const run = await runCommand([
      ...['run', file, '-t', 'http1,mqtt-qos0,mqtt-qos1', ...BYTES_ONLY],
      ...['--inject', fault, '--out', out],
    ])
    expect(run.code, run.stderr).toBe(0)
    const rows = readCsv(out, 'results.csv')
    expect(rows).toHaveLength(3)
    for (const row of rows) expect(row).toMatchObject({ sent: '5', completed: '5', ...counts })
    expect(run.stdout).toMatch(/not all messages were delivered intact/)
  })
})

describe('a stray byte', () => {
  it.each(['up', 'down'])('on the stream %s fails every cell', async (direction) => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', '-t', 'http1,mqtt-qos1', ...BYTES_ONLY],
      ...['--inject', `stray-byte=${direction}`, '--out', folder.path],
    ])
    expect(run.code).toBe(3)
    for (const cell of readReport(folder.path).cells) expect(cell.status).toBe('failed')
  })
})

describe('an endpoint process that dies', () => {
  it('fails the cells that it served, and the others are measured', async () => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'single-reading', 'json', '-t', 'http1,mqtt-qos1', '--rounds', '6'],
      ...['--per-round', '10', '--out', folder.path],
    ])
    await run.printed('single-reading: latency, round 2')
    const victim = childrenOf(run.child.pid as number).find(({ args }) =>
      args.endsWith('worker.js endpoint endpoints'),
    )
    process.kill(victim?.pid as number, 'SIGKILL')
    const { code, stderr } = await run.ended
    expect(code).toBe(3)
    expect(stderr).toContain('the endpoint process ended unexpectedly (SIGKILL)')
    const report = readReport(folder.path)
    expect(report.warnings.map(saidText).join()).toContain('turned away is not known')
    const status = report.cells.map((cell) => `${cell.scenario} ${cell.transport} ${cell.status}`)
    expect(status).toEqual([
      'single-reading http1 failed',
      'single-reading mqtt-qos1 failed',
      'json http1 measured',
      'json mqtt-qos1 measured',
    ])
    // What was measured before is not lost.
    const failed = report.cells[0]
    expect(failed?.status === 'failed' && failed.bytes !== null).toBe(true)
  })
})

describe('a signal', () => {
  const moments = [
    'single-reading: starting the endpoints',
    'single-reading: bytes, http1',
    'single-reading: latency, warm-up',
    'json: latency, round 2',
  ]
  it.each([
    ...moments.map((moment) => ['SIGINT', 130, moment] as const),
    ...moments.map((moment) => ['SIGTERM', 143, moment] as const),
    ['SIGHUP', 129, 'single-reading: latency, warm-up'] as const,
  ])('%s gives exit %i and a partial report: at "%s"', async (signal, exit, moment) => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'single-reading', 'json', '-t', 'http1,mqtt-qos1', '--link-bytes', 'off'],
      ...['--rounds', '2', '--per-round', '5', '--out', folder.path],
    ])
    await run.printed(moment)
    run.child.kill(signal)
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(exit)
    const report = readReport(folder.path)
    expect(report).toMatchObject({ partial: true, partialReason: said('stoppedBy', { signal }) })
    expect(report.cells).toHaveLength(4)
    expect(report.cells.filter((cell) => cell.status === 'failed')).toEqual([])
    expect(readCsv(folder.path, 'results.csv')).toHaveLength(4)
    expect(processesNamed(join(root, 'dist', 'worker.js'))).toEqual([])
  })
})

describe('a place that cannot be written', () => {
  it('is found before anything is measured', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    const run = await runCommand(['run', 'json', '--out', join(file, 'out')])
    expect(run.code).toBe(3)
    expect(run.stderr).toMatch(/^error: --out: .*file.* cannot be written \(ENOTDIR.*\n$/)
  })

  it('gives one line when the disk is full', async () => {
    using folder = temporaryFolder()
    const out = join(folder.path, 'out')
    mkdirSync(out)
    symlinkSync('/dev/full', join(out, 'results.csv.tmp'))
    const run = await runCommand(['run', 'json', ...BYTES_ONLY, '--out', out])
    expect(run.code).toBe(3)
    expect(run.stderr.trim().split('\n').at(-1)).toMatch(/^error: --out: .*ENOSPC/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
  })
})
