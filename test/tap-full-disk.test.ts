import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tapReportSchema } from '../src/model/report/tap/tap-report.ts'
import { readCaptureLedger } from '../src/wire/capture/capture-ledger.ts'
import { startCommand, temporaryFolder } from './support/command.ts'
import { closingOf, dialTcp, serveTcp } from './support/tap.ts'

/** A disk of so many bytes at a place, which nobody else sees. */
async function mountSmallDisk(path: string, size: string) {
  const mount = `mount -t tmpfs -o size=${size} tmpfs "$0" && echo mounted && exec cat`
  const holder = spawn('unshare', ['-m', 'sh', '-c', mount, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  return {
    enter: ['nsenter', '-t', String(holder.pid), '-m'],
    /** As it is called from outside. */
    outside: join('/proc', String(holder.pid), 'root', path),
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      if (holder.exitCode === null) await once(holder, 'close')
    },
  }
}

/** Takes a mount of its own. */
describe.skipIf(process.getuid?.() !== 0)('a disk that is full', () => {
  it('costs what does not fit, and that is said: the tap goes on, its report is printed, status 3', async () => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    using folder = temporaryFolder()
    await using disk = await mountSmallDisk(folder.path, '192k')
    const at = (name: string): string => join(folder.path, name)
    const tap = startCommand(
      [
        ...['tap', '--listen', '0', '--to', `127.0.0.1:${server.port}`, '--format', 'json'],
        ...['--out', at('out'), '--pcap', at('t.pcapng')],
      ],
      { enter: disk.enter },
    )
    const [, port] = await tap.printed(/tap listens on 127\.0\.0\.1:(\d+)/)
    const sent = Buffer.alloc(1_000_000, 'a reading of some sensor; ')
    const client = dialTcp(Number(port))
    let echoedBytes = 0
    client.on('data', (chunk: Buffer) => {
      echoedBytes += chunk.length
    })
    client.end(sent)
    await closingOf(client)
    tap.child.kill('SIGTERM')
    const { code, stdout, stderr } = await tap.ended
    expect(code, stderr).toBe(3)
    expect(echoedBytes).toBe(sent.length)
    const report = tapReportSchema.parse(JSON.parse(stdout))
    expect(report.wireBytes).toEqual({ up: sent.length, down: sent.length })
    const file = readFileSync(join(disk.outside, 't.pcapng'))
    expect(report.capture).toMatchObject({ extent: 'failed', bytes: file.length })
    expect(report.capture?.reason).toMatch(/ENOSPC/)
    expect(stderr).toMatch(/t\.pcapng ends early, at [\d,]+ B: .*ENOSPC/)
    expect(stderr).toMatch(/--out: .*report\.json cannot be written \(.*ENOSPC/)
    expect(existsSync(join(disk.outside, 'out', 'report.json'))).toBe(false)
    // What is there is whole packets, and for its owner alone.
    expect(file.length).toBeGreaterThan(100_000)
    expect(readCaptureLedger(file, 't.pcapng', [])?.remarks).toEqual([])
    expect(statSync(join(disk.outside, 't.pcapng')).mode & 0o777).toBe(0o600)
  })
})
