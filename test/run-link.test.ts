import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../src/model/report/report.ts'
import { said } from '../src/model/said/said.ts'
import {
  processesNamed,
  readCsv,
  readReport,
  refusalOf,
  root,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

const measured = ({ cells }: Report, scenario: string) => {
  const cell = cells.find((each) => each.scenario === scenario)
  if (cell === undefined || cell.status === 'skipped') throw new Error(`no figures of ${scenario}`)
  expect(cell, JSON.stringify(cell)).toMatchObject({ status: 'measured', link: LINK })
  return cell
}

const LINK = 'rtt=30ms,down=2mbit,up=1mbit'

describe('run --link', () => {
  it('measures what users feel, beside bytes that the link does not change', async () => {
    using folder = temporaryFolder()
    const args = ['stream-1000', 'command-delivery', '-t', 'mqtt-qos1', '--quick', '--link', LINK]
    const run = await runCommand(['run', ...args, '--full', '--out', folder.path], {
      env: { COLUMNS: '80' },
    })
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    expect(report.link).toMatchObject({ rttMs: 30, downBitsPerS: 2_000_000, upBitsPerS: 1_000_000 })
    expect(report.link?.asMeasured?.rttMs).toBeGreaterThan(29.9)
    expect(report.link?.relay?.bytesPerS).toBeGreaterThan(1_000_000)

    const stream = measured(report, 'stream-1000')
    expect(stream.bytes?.totals.up).toBeGreaterThan(32_000)
    const { cold, oneInFlight, severalInFlight } = stream.overLink ?? {}
    // Three round trips; their number is held against the link in another test.
    expect(cold?.acknowledged?.minUs).toBeGreaterThan(90_000)
    expect(stream.latency?.response?.minUs).toBeGreaterThan(30_000)
    expect(oneInFlight).toMatchObject({ messages: 1_000, basis: 'modelled', inFlight: 1 })
    expect(oneInFlight?.totalMs).toBeGreaterThan(30_000)
    expect(severalInFlight).toMatchObject({ messages: 1_000, inFlight: 10, connections: 1 })
    expect(severalInFlight?.totalMs).toBeLessThan((oneInFlight?.totalMs ?? 0) / 3)
    expect(stream.counts).toMatchObject({ lost: 0, duplicated: 0, corrupted: 0 })

    const commands = measured(report, 'command-delivery')
    expect(commands.latency?.delivery?.minUs).toBeGreaterThan(15_000)
    expect(commands.latency?.response?.minUs).toBeGreaterThan(30_000)

    const [row] = readCsv(folder.path, 'results.csv')
    expect(row).toMatchObject({ link: LINK, link_several_in_flight_connections: '1' })
    expect(run.stdout).toContain(`Over the link: ${LINK}`)
    expect(processesNamed(join(root, 'dist', 'runner'))).toEqual([])
  })

  it.each([
    ['reading the link', 'SIGINT', 130],
    ['over rtt=200ms', 'SIGTERM', 143],
  ] as const)(
    'stopped at "%s" leaves a partial report and nothing else',
    async (at, signal, exit) => {
      using folder = temporaryFolder()
      const args = ['json', '-t', 'http1', '--measure', 'latency', '--quick', '--out', folder.path]
      const run = startCommand([
        'run',
        ...args,
        '--link',
        at.startsWith('over') ? 'rtt=200ms' : '2G',
      ])
      await run.printed(at)
      run.child.kill(signal)
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(exit)
      const report = readReport(folder.path)
      expect(report).toMatchObject({ partial: true, partialReason: said('stoppedBy', { signal }) })
      expect(report.cells.filter((cell) => cell.status === 'failed')).toEqual([])
      expect(processesNamed(join(root, 'dist', 'runner'))).toEqual([])
    },
  )

  it.each([
    [['--link', '3gfats'], '--link: unknown profile 3gfats; did you mean 3GFast?'],
    [['--link', '3G', '--measure', 'bytes'], '--link: is of the latency pass'],
    [['--link', '3G', '--rounds', '3'], '--rounds: with --link as much is sent as fits'],
  ])('refuses %j in one line, before anything is started', async (args, expected) => {
    expect(await refusalOf(['run', 'json', ...args])).toContain(expected)
  })
})

describe('list links', () => {
  it('has every profile with its figures and who published them', async () => {
    const { code, stdout } = await runCommand(['list', 'links'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/3G +300 ms +1\.6 Mbit\/s +768 kbit\/s +mobile 3G +WebPageTest/)
    const json = JSON.parse((await runCommand(['list', 'links', '--format', 'json'])).stdout)
    expect(Object.keys(json)).toEqual(['links'])
    expect(json.links[0]).toMatchObject({ name: 'Cable', rttMs: 28, downQueueBytes: 17_500 })
  })
})
