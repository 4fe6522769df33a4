import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseInterfaceCounters } from '../src/system/namespace/interface-counters.ts'
import { NamespacePair } from '../src/system/namespace/namespace-pair.ts'
import { findNamespacePrograms } from '../src/system/namespace/programs.ts'

const obstacle = await NamespacePair.open().then(
  (pair) => pair[Symbol.asyncDispose]().then(() => null),
  (error: Error) => error,
)

const hello = `
  const server = require('node:net').createServer((socket) => socket.end('hello')).listen(0, process.argv[1], () => {
    console.log(server.address().port)
  })`

describe.skipIf(obstacle !== null)('a pair of network namespaces', () => {
  it('joins them by links whose counters have a direction and start at nothing', async () => {
    await using pair = await NamespacePair.open(2)
    const link = pair.links[1]
    if (link === undefined) throw new Error('has no second link')
    const counters = (name: string) =>
      parseInterfaceCounters(readFileSync(pair.device.netFile('dev'), 'utf8'), name)
    const nothing = { bytes: 0, packets: 0 }
    expect(counters(link.deviceInterface)).toEqual({ received: nothing, sent: nothing })

    const [nsenter = '', ...enter] = pair.endpoint.enter
    const server = spawn(nsenter, [...enter, process.execPath, '-e', hello, link.endpointAddress], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [port] = await once(server.stdout, 'data')
      const answer = await pair.device.run(process.execPath, [
        '-e',
        `require('node:net').connect(${Number(port)}, '${link.endpointAddress}').pipe(process.stdout)`,
      ])
      expect(answer).toBe('hello')
      const after = counters(link.deviceInterface)
      // SYN, ACK, ACK of "hello", FIN, ACK: each with 14 bytes of Ethernet header.
      expect(after?.sent.packets).toBeGreaterThanOrEqual(3)
      expect(after?.sent.bytes).toBe(8 + (after?.sent.packets ?? 0) * (14 + 52))
      const down = after?.received
      expect(down?.bytes).toBe(8 + 'hello'.length + (down?.packets ?? 0) * (14 + 52))
      expect(counters(pair.links[0]?.deviceInterface ?? '')?.sent).toEqual(nothing)
    } finally {
      server.kill('SIGKILL')
    }
  })

  it('keeps as many ended connections as any namespace of this machine', async () => {
    await using pair = await NamespacePair.open()
    const setting = '/proc/sys/net/ipv4/tcp_max_tw_buckets'
    const [most, atDevice, atEndpoint] = await Promise.all([
      pair.device.run(findNamespacePrograms().unshare, ['-n', 'cat', setting]),
      ...[pair.device, pair.endpoint].map((each) => each.run('cat', [setting])),
    ])
    expect([atDevice, atEndpoint]).toEqual([most, most])
  })

  it('leaves nothing behind, also when its process is killed', async () => {
    const script = `
      import { NamespacePair } from '${new URL('../src/system/namespace/namespace-pair.ts', import.meta.url)}'
      const pair = await NamespacePair.open()
      console.log(pair.device.pid, pair.endpoint.pid)
      setInterval(() => {}, 1000)`
    const owner = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [printed] = await once(owner.stdout, 'data')
    const pids = String(printed).trim().split(' ').map(Number)
    expect(pids).toHaveLength(2)
    owner.kill('SIGKILL')
    await once(owner, 'close')
    for (const pid of pids) await untilGone(pid)
  })
})

/** Waits in a process of its own, which `tail` ends with the one that it watches. */
async function untilGone(pid: number): Promise<void> {
  execFileSync('tail', ['--pid', String(pid), '-s', '0.02', '-f', '/dev/null'], { timeout: 10_000 })
}

describe('what a network namespace needs', () => {
  it('is Linux', () => {
    expect(() => findNamespacePrograms('darwin')).toThrow(
      'network namespaces exist on Linux only, this is darwin',
    )
  })

  it('is unshare, which is named where it is missing', () => {
    const { PATH } = process.env
    process.env.PATH = '/nowhere'
    try {
      expect(() => findNamespacePrograms()).toThrow(
        'unshare is not installed: apt-get install util-linux',
      )
    } finally {
      process.env.PATH = PATH
    }
  })
})
