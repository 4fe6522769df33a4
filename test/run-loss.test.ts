import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LossyNetwork } from '../src/system/namespace/lossy-network.ts'
import {
  hasTool,
  processesNamed,
  readCsv,
  readReport,
  refusalOf,
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
    const args = ['run', 'json', '-t', 'mqtt-qos1', '--quick', '--out', folder.path]
    // More than a user would ask for, so that some are met in a second or two.
    const run = await runCommand([...args, '--full', '--loss', '4%'])
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    expect(report.loss).toMatchObject({ name: 'loss=4%', probability: 0.04 })
    const [cell] = report.cells
    const what = JSON.stringify(cell)
    if (cell?.status !== 'measured') throw new Error(what)
    expect(cell, what).toMatchObject({ link: 'loss=4%', counts: { lost: 0, duplicated: 0 } })
    expect(cell.latency?.response?.p50Us, what).toBeLessThan(LEAST_RTO_US / 10)
    expect(cell.latency?.response?.maxUs, what).toBeGreaterThan(LEAST_RTO_US)
    const { dropped, retransmitted, segments } = cell.overLink?.loss ?? {}
    const both = (way?: { up: number; down: number }): number => (way?.up ?? 0) + (way?.down ?? 0)
    expect(both(dropped), what).toBeGreaterThan(0)
    // Not of some other share: packets that only acknowledge are segments too.
    expect(both(dropped), what).toBeLessThan(both(segments) * 0.1)
    expect(both(retransmitted), what).toBeGreaterThan(0)
    // The byte pass loses nothing: QoS 1 takes 36 bytes a message, as ever.
    const [row] = readCsv(folder.path, 'results.csv')
    expect(row).toMatchObject({
      wire_bytes_per_message: '36',
      dropped_packets_up: String(dropped?.up),
      retransmitted_segments_down: String(retransmitted?.down),
    })
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
    expect(await refusalOf(['run', 'json', ...args])).toContain(expected)
  })
})
