import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import mqtt from 'mqtt'
import { describe, expect, it } from 'vitest'
import type { LoadStretch } from '../src/model/report/load-result.ts'
import { said, saidText } from '../src/model/said/said.ts'
import {
  childrenOf,
  hasTool,
  processesNamed,
  readCsv,
  readReport,
  root,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'
import { BOTH, runOf, SMALL, stretchesOf } from './support/load-runs.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { freePort } from './support/programs.ts'

const sum = ({ sent, completed, unacknowledged }: LoadStretch): boolean =>
  sent === completed + unacknowledged

describe('saturation', () => {
  it('counts the same on both sides, at every completion, and says what both sides used', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'stream-1000', '-t', 'http1,mqtt-qos0,mqtt-qos1', ...SMALL],
      ...['--messages', '1200', '--workers', '2', '--measure', 'throughput', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    for (const cell of report.cells) {
      const { workers, connections, opened, stretches } = runOf(cell)
      expect({ workers, connections, opened }).toEqual({ workers: 2, connections: 4, opened: 4 })
      const [stretch] = stretches
      expect(stretch).toMatchObject({
        ...{ kind: 'saturation', sent: 1_200, completed: 1_200, unacknowledged: 0 },
        arrivals: { delivered: 1_200, lost: 0, duplicated: 0, corrupted: 0 },
      })
      expect(stretch?.generator.processes.map(({ name }) => name)).toEqual(['load', 'load 2'])
      expect(stretch?.server.processes.map(({ name }) => name)).toEqual(['endpoint'])
      expect(stretch?.response?.samples ?? null).toBe(cell.transport === 'mqtt-qos0' ? null : 1_200)
    }
    for (const row of readCsv(folder.path, 'results.csv')) {
      expect(Number(row.throughput_messages_per_s)).toBeGreaterThan(0)
    }
    expect(readCsv(folder.path, 'load.csv')).toHaveLength(3)
    expect(processesNamed(join(root, 'dist', 'runner'))).toEqual([])
  })

  it('goes over TLS too, whoever sends', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', '-t', 'https1,mqtts-qos2', '--connections', '4', '--quick'],
      ...['--messages', '300', '--measure', 'throughput', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const rows = readCsv(folder.path, 'load.csv')
    expect(rows.map(({ transport, client }) => `${transport} ${client}`)).toEqual([
      'https1 fetch',
      'https1 bare',
      'mqtts-qos2 mqtt.js',
      'mqtts-qos2 bare',
    ])
    for (const row of rows) {
      expect(row).toMatchObject({ sent: '300', completed: '300', delivered: '300', corrupted: '0' })
    }
  })
})

describe('open loop', () => {
  // Of another that the machine itself stalled nothing can be read.
  it('shows an endpoint that stalled in the percentiles, for HTTP and MQTT alike', {
    retry: 2,
  }, async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', ...BOTH, '--clients', 'library', '--quick', '--rate', '100'],
      ...['--messages', '300', '--inject', 'stall=1s@100', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    for (const stretch of stretchesOf(readReport(folder.path))) {
      expect(stretch).toMatchObject({ offered: 300, sent: 300, completed: 300 })
      expect(stretch.offeredPerS).toBeCloseTo(100)
      expect(stretch.response?.p90Us).toBeGreaterThan(500_000)
      // Those before it were answered at once; how long it takes to catch up is the machine's affair.
      expect(stretch.response?.minUs).toBeLessThan(500_000)
      expect(stretch.sendDelay?.samples).toBe(300)
    }
  })

  it('says that a rate was not met, before the percentiles', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', '-t', 'mqtt-qos1', ...SMALL, '--rate', 'poisson:2000'],
      ...['--duration', '500ms', '--inject', 'busy=5000us', '--full', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const [stretch] = stretchesOf(readReport(folder.path))
    expect(stretch).toMatchObject({ rate: 'poisson:2000', rateMet: 'not met' })
    expect(stretch?.sent).toBeLessThan(stretch?.offered as number)
    expect(run.stdout.indexOf('offered rate not met')).toBeGreaterThan(0)
    expect(run.stdout.indexOf('offered rate not met')).toBeLessThan(
      run.stdout.indexOf('achieved/s'),
    )
  })
})

describe('a sweep', () => {
  it('has a table and a file for each transport, from slow to fast', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', ...BOTH, ...SMALL, '--sweep', '20,60', '--duration', '300ms'],
      ...['--full', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    for (const transport of ['http1', 'mqtt-qos1']) {
      const rows = readCsv(folder.path, `sweep-json-${transport}.csv`)
      expect(rows.map((row) => row.rate)).toEqual(['20', '60'])
      expect(run.stdout).toContain(`json on ${transport}, by `)
    }
  })
})

/** User time of a process so far, in hundredths of a second. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11])
}

describe('what goes wrong under load', () => {
  it('an endpoint that is killed: counts add up, the report says what happened', async () => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'json', ...BOTH, ...SMALL, '--measure', 'throughput', '--duration', '60s'],
      ...['--out', folder.path],
    ])
    for (const transport of ['http1', 'mqtt-qos1']) {
      await run.printed(
        `json: load, ${transport} by ${transport === 'http1' ? 'fetch' : 'mqtt.js'}, saturation`,
      )
      const victim = childrenOf(run.child.pid as number).find(({ args }) =>
        args.endsWith('worker.js endpoint endpoints'),
      )
      const pid = victim?.pid as number
      // It is counting by now: nothing else would take so much of a CPU.
      const before = cpuTicks(pid)
      await expect.poll(() => cpuTicks(pid)).toBeGreaterThan(before + 20)
      process.kill(pid, 'SIGKILL')
    }
    const { code, stdout } = await run.ended
    expect(code).toBe(3)
    const report = readReport(folder.path)
    for (const cell of report.cells) {
      expect(cell.status === 'failed' && saidText(cell.reason)).toMatch(
        /ended unexpectedly \(SIGKILL\); 4 of 4 connections were lost: .*; [\d,]+ sent = [\d,]+ completed \+ [\d,]+ unack/,
      )
      const [stretch] = runOf(cell).stretches
      if (stretch === undefined) throw new Error('no stretch')
      expect(sum(stretch)).toBe(true)
      expect(stretch).toMatchObject({ arrivals: null, limit: null })
    }
    expect(stdout.replace(/\s+/g, ' ')).toContain('ended unexpectedly (SIGKILL)')
  })

  // One that a busy machine starts when the load is over was not started again: then once more.
  it.skipIf(!hasTool('mosquitto'))(
    'a broker that is killed and started again',
    {
      retry: 2,
    },
    async () => {
      using folder = temporaryFolder()
      const port = await freePort()
      await using first = await ownMosquitto([], port)
      const url = `mqtt://127.0.0.1:${port}`
      const run = startCommand([
        ...['run', 'json', '-t', 'mqtt-qos1', '--mqtt-url', url, '--clients', 'bare', '--quick'],
        ...['--rate', '200', '--duration', '4s', '--connections', '4', '--out', folder.path],
      ])
      await run.printed('json: load, mqtt-qos1 by bare, 200 a second')
      const subscriber = await mqtt.connectAsync(url, { reconnectPeriod: 0 })
      let heard = 0
      const enough = new Promise<void>((resolve) => {
        subscriber.on('message', () => {
          heard += 1
          if (heard === 50) resolve()
        })
      })
      await subscriber.subscribeAsync('sensors/temp')
      await enough
      first.kill('SIGKILL')
      await first.ended
      await using _second = await ownMosquitto([], port)
      expect((await run.ended).code).toBe(3)
      await subscriber.endAsync(true)
      const [cell] = readReport(folder.path).cells
      const { stretches, failure } = runOf(cell)
      const [stretch] = stretches
      expect(stretch && sum(stretch)).toBe(true)
      expect(stretch).toMatchObject({ sent: 800, reopenedConnections: 4, arrivals: null })
      expect(saidText(failure ?? '')).toMatch(
        /^4 of 4 connections were lost, and 4 opened again: [^;]+; 800 sent = [\d,]+ completed/,
      )
    },
  )

  it('a server that stops answering: nothing hangs, and what is unacknowledged is counted', async () => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'json', '-t', 'mqtt-qos1', ...SMALL, '--rate', '500', '--duration', '1s'],
      ...['--inject', 'stall=10s@50', '--out', folder.path],
    ])
    const { code } = await run.ended
    expect(code).toBe(3)
    const report = readReport(folder.path)
    const [stretch] = stretchesOf(report)
    if (stretch === undefined) throw new Error('no stretch')
    expect(sum(stretch)).toBe(true)
    // 4 connections with 3 in flight on each, all of which wait.
    expect(stretch.unacknowledged).toBe(12)
    expect(saidText(runOf(report.cells[0]).failure ?? '')).toMatch(
      /not everything was answered in time: /,
    )
  })

  it('a signal: a partial report with what was measured', async () => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'json', ...BOTH, ...SMALL, '--sweep', '50,100,150', '--duration', '1s'],
      ...['--out', folder.path],
    ])
    await run.printed('json: load, http1 by fetch, 100 a second')
    run.child.kill('SIGINT')
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(130)
    const report = readReport(folder.path)
    expect(report).toMatchObject({
      partial: true,
      partialReason: said('stoppedBy', { signal: 'SIGINT' }),
    })
    expect(runOf(report.cells[0]).stretches.map(({ rate }) => rate)).toEqual(['50'])
    expect(report.cells[1]).toMatchObject({ status: 'skipped' })
    expect(processesNamed(join(root, 'dist', 'runner'))).toEqual([])
  })
})

describe('cells that cannot be put under load', () => {
  it('are skipped with the reason', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', '-t', 'memory', '--measure', 'throughput', '--out', folder.path],
    ])
    // It was asked for by name.
    expect(run.code, run.stderr).toBe(3)
    expect(readReport(folder.path).cells[0]).toMatchObject({
      ...{ status: 'skipped', reason: said('loadNoWire', { transport: 'memory' }) },
    })
  })
})

describe('report --merge', () => {
  it('makes one result of several runs, and refuses what is of another plan', async () => {
    using folder = temporaryFolder()
    const part = (name: string): string => join(folder.path, name)
    const measure = (name: string, rate: string) =>
      runCommand([
        ...['run', 'json', '-t', 'mqtt-qos1', ...SMALL, '--duration', '500ms', '--rate', rate],
        ...['--out', part(name)],
      ])
    const runs = await Promise.all([measure('a', '100'), measure('b', '100'), measure('c', '200')])
    for (const run of runs) expect(run.code, run.stderr).toBe(0)
    const merged = await runCommand([
      ...['report', '--merge', part('a'), part('b'), '--out', part('all')],
    ])
    expect(merged.code, merged.stderr).toBe(0)
    expect(merged.stdout).toContain('merged from 2 reports')
    const [stretch] = stretchesOf(readReport(part('all')))
    const parts = ['a', 'b'].flatMap((name) => stretchesOf(readReport(part(name))))
    // On a busy machine not all that were offered.
    const sumOf = (count: (of: LoadStretch) => number | undefined): number =>
      parts.reduce((total, of) => total + (count(of) ?? 0), 0)
    expect(stretch).toMatchObject({
      ...{ offered: 100, sent: sumOf(({ sent }) => sent), merged: { parts: 2 } },
      completed: sumOf(({ completed }) => completed),
    })
    expect(stretch?.response?.samples).toBe(sumOf(({ response }) => response?.samples))
    expect(stretch?.response?.samples).toBeGreaterThan(0)
    const [row] = parse(readFileSync(join(part('all'), 'load.csv')), { columns: true })
    expect(row).toMatchObject({ connections: '8', workers: '2' })

    const refused = await runCommand(['report', '--merge', part('a'), part('c')])
    expect(refused.stderr).toMatch(/^error: --merge: .*\/c has other load than .*\/a [^\n]*\n$/)
    expect(refused.code).toBe(2)
  })

  it('needs more than one, and reports that can be read', async () => {
    using folder = temporaryFolder()
    const broken = join(folder.path, 'broken.json')
    writeFileSync(broken, '{}')
    const alone = await runCommand(['report', '--merge', join(root, 'results', 'reference')])
    expect(alone).toMatchObject({ code: 2, stderr: 'error: --merge: takes two reports or more\n' })
    const unreadable = await runCommand(['report', '--merge', broken, broken])
    expect(unreadable.stderr).toMatch(/^error: .*broken\.json: is no report/)
    expect(unreadable.code).toBe(2)
  })
})
