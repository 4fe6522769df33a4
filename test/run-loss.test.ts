import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LossyNetwork } from '../src/runner/loss/lossy-network.ts'
import {
  hasTool,
  processesNamed,
  readCsv,
  readReport,
  root,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

/** Where namespaces cannot be made there is nothing to test; where tools are required, that is a failure. */
async function canLose(): Promise<boolean> {
  if (!['unshare', 'nsenter', 'ip', 'iptables'].every(hasTool)) return false
  try {
    await using network = await LossyNetwork.open()
    return network.host !== ''
  } catch (error) {
    if (process.env.MQTT_VS_HTTP_REQUIRE_TOOLS !== undefined) throw error
    return false
  }
}

/** Linux sends again no sooner: TCP_RTO_MIN. */
const LEAST_RTO_US = 200_000

describe.skipIf(!(await canLose()))('run --loss', () => {
  it('loses packets and no message: the tail grows, and the kernels say what they sent again', async () => {
    using folder = temporaryFolder()
    const args = ['run', 'json', '-t', 'tcp,mqtt-qos1,mqtt-qos0', '--quick', '--out', folder.path]
    // More than a user would ask for, so that each of the three meets some in a second or two.
    const run = await runCommand([...args, '--loss', '4%'])
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    expect(report.loss).toMatchObject({ name: 'loss=4%', probability: 0.04 })
    for (const cell of report.cells) {
      const what = JSON.stringify(cell)
      if (cell.status !== 'measured') throw new Error(what)
      expect(cell, what).toMatchObject({ link: 'loss=4%', counts: { lost: 0, duplicated: 0 } })
      const series = cell.latency?.response ?? cell.latency?.delivery
      expect(series?.p50Us, what).toBeLessThan(LEAST_RTO_US / 10)
      expect(series?.maxUs, what).toBeGreaterThan(LEAST_RTO_US)
      const { dropped, retransmitted, segments } = cell.overLink?.loss ?? {}
      const packets = (segments?.up ?? 0) + (segments?.down ?? 0)
      expect((dropped?.up ?? 0) + (dropped?.down ?? 0), what).toBeGreaterThan(0)
      expect((dropped?.up ?? 0) + (dropped?.down ?? 0), what).toBeLessThan(packets * 0.2)
      expect((retransmitted?.up ?? 0) + (retransmitted?.down ?? 0), what).toBeGreaterThan(0)
    }
    // The byte pass loses nothing: QoS 1 takes 36 bytes a message, as ever.
    expect(readCsv(folder.path, 'results.csv').map((row) => row.wire_bytes_per_message)).toContain(
      '36',
    )
    const [row] = readCsv(folder.path, 'results.csv')
    expect(Number(row?.retransmitted_segments_up)).toBeGreaterThanOrEqual(0)
    expect(run.stdout).toContain('With 4 % of the packets lost')
    expect(run.stdout).not.toContain('\nLatency\n')
  })

  it('leaves a partial report and no process when it is stopped', async () => {
    using folder = temporaryFolder()
    const args = ['run', 'json', '-t', 'tcp', '--measure', 'latency', '--out', folder.path]
    const run = startCommand([...args, '--loss', '2%'])
    await run.printed('over loss=2%')
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect(readReport(folder.path)).toMatchObject({ partial: true })
    expect(processesNamed(join(root, 'dist', 'runner'))).toEqual([])
  })
})

describe('--loss', () => {
  it.each([
    [['--loss', '2'], '--loss: 2 is no share of packets above 0 and up to 30%, such as 2%'],
    [['--loss', '2%', '--link', '3G'], '--loss: not together with --link: its relay ends TCP'],
    [['--loss', '2%', '--measure', 'bytes'], '--loss: is of the latency pass'],
  ])('is refused in one line: %j', async (args, expected) => {
    using folder = temporaryFolder()
    const run = await runCommand(['run', 'json', ...args, '--out', join(folder.path, 'out')])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(expected)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })
})
