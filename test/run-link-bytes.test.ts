import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findNamespaceObstacle } from '../src/system/namespace/namespace-pair.ts'
import {
  processesNamed,
  readCsv,
  readReport,
  runCommand,
  temporaryFolder,
} from './support/command.ts'

const obstacle = await findNamespaceObstacle()

const BYTES = ['--measure', 'bytes', '-t', 'http1,mqtt-qos0,mqtt-qos1']
/** No `unshare` in it. */
const BARE_PATH = { PATH: '/nonexistent' }

const linkColumns = (folder: string): unknown[] =>
  readCsv(folder, 'results.csv').map(({ transport, link_bytes_per_message, link_basis }) => [
    ...[transport, link_bytes_per_message, link_basis],
  ])

describe('run --link-bytes', () => {
  it.skipIf(obstacle !== null)(
    'measures by default, gives the same figures twice, and leaves no process behind',
    // TCP acknowledges once more where a busy machine keeps it waiting for an answer.
    { retry: 3, timeout: 60_000 },
    async () => {
      using folder = temporaryFolder()
      const runs = [join(folder.path, 'first'), join(folder.path, 'second')] as const
      for (const run of runs) {
        const { code, stdout } = await runCommand(['run', 'json', ...BYTES, '--full', '--out', run])
        expect(code).toBe(0)
        expect(stdout).toContain('counted on an Ethernet link')
        expect(stdout).not.toContain('modelled')
      }
      const [first, second] = runs
      expect(linkColumns(first)).toEqual(linkColumns(second))
      expect(linkColumns(first).slice(1)).toEqual([
        // 30 + 52 up, 52 down for the acknowledgement; 36 + 3 × 52.
        ['mqtt-qos0', '134', 'measured'],
        ['mqtt-qos1', '192', 'measured'],
      ])
      const rows = readCsv(first, 'ledger.csv').filter(({ layer }) => layer === 'network')
      expect(rows.every(({ basis, messages }) => basis === 'measured' && messages === '3')).toBe(
        true,
      )
      expect(rows).toContainEqual({
        ...{ scenario: 'json', transport: 'mqtt-qos1', phase: 'steady', direction: 'up' },
        ...{ layer: 'network', bytes: String(3 * 104), basis: 'measured', messages: '3' },
        packets: String(3 * 2),
      })
      expect(processesNamed('link-devices')).toEqual([])
    },
  )

  it('models them where it may not measure, says why, and marks them in every output', async () => {
    using folder = temporaryFolder()
    const run = join(folder.path, 'run')
    const args = ['run', 'json', ...BYTES, '--out', run, '--format', 'markdown']
    const { code, stdout: markdown } = await runCommand(args, { env: BARE_PATH })
    expect(code).toBe(0)
    const reason = 'unshare is not installed: apt-get install util-linux'
    const { stdout: table } = await runCommand(['report', join(run, 'report.json'), '--full'])
    for (const text of [markdown, table]) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(
        `modelled from the bytes of the stream: ${reason}`,
      )
      expect(text).toContain('≈134')
    }
    expect(linkColumns(run)).toEqual([
      ['http1', expect.stringMatching(/^5\d\d\.?\d*$/), 'modelled'],
      ['mqtt-qos0', '134', 'modelled'],
      ['mqtt-qos1', '192', 'modelled'],
    ])
    const { plan, cells } = readReport(run)
    expect(plan.linkBytes).toEqual({
      from: 'modelled',
      reason: expect.objectContaining({ key: 'notInstalled' }),
    })
    const network = cells.flatMap((cell) =>
      cell.status === 'skipped'
        ? []
        : (cell.bytes?.ledger ?? []).filter((e) => e.layer === 'network'),
    )
    expect(network.length).toBeGreaterThan(0)
    expect(network.every(({ basis }) => basis === 'modelled')).toBe(true)
  })

  it('refuses to measure where that is impossible, in one line', async () => {
    const args = ['run', 'json', ...BYTES, '--link-bytes', 'measured']
    const { code, stderr } = await runCommand(args, { env: BARE_PATH })
    expect(code).toBe(2)
    expect(stderr).toBe(
      'error: --link-bytes: cannot be measured: unshare is not installed: apt-get install util-linux; modelled is possible everywhere\n',
    )
    const latencyOnly = ['run', 'json', '--measure', 'latency', '--link-bytes', 'measured']
    expect((await runCommand(latencyOnly)).code).toBe(2)
  })

  it('leaves them out with off', async () => {
    using folder = temporaryFolder()
    const run = join(folder.path, 'run')
    const args = ['run', 'json', '-t', 'mqtt-qos0,coap-con', '--measure', 'bytes']
    const { code, stdout } = await runCommand([
      ...args,
      '--link-bytes',
      'off',
      '--full',
      '--out',
      run,
    ])
    expect(code).toBe(0)
    expect(stdout).not.toContain('link is wire')
    expect(readFileSync(join(run, 'ledger.csv'), 'utf8')).not.toContain('network')
    expect(linkColumns(run)).toEqual([
      ['mqtt-qos0', '', ''],
      ['coap-con', '', ''],
    ])
  })
})
