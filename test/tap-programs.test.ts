import { execFile, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import { runProgram, startNginx } from './support/programs.ts'
import { startTap } from './support/tap.ts'

/** Real devices and real servers on both sides of a tap; they share no code with it. */

const protocolOf = (report: TapReport, name: string): TapReport['protocols'][number] => {
  const found = report.protocols.find(({ protocol }) => protocol === name)
  if (found === undefined) throw new Error(`no ${name} among ${JSON.stringify(report.protocols)}`)
  return found
}

const counts = (report: TapReport, name: string): Record<string, number> =>
  Object.fromEntries(
    protocolOf(report, name).units.map(({ label, direction, count }) => [
      `${direction} ${label}`,
      count,
    ]),
  )

describe.skipIf(!hasTool('mosquitto') || !hasTool('mosquitto_pub'))('Mosquitto', () => {
  it.each([
    ['mqttv311', 'mqtt/3.1.1', 36],
    // One more for the properties; and up, a Reason Code: no matching subscribers (§3.4.2.1).
    ['mqttv5', 'mqtt/5.0', 37.5],
  ])(
    '%s: three messages at QoS 1, and no secret in the report',
    async (version, protocol, each) => {
      await using broker = await startMosquitto('127.0.0.1', AbortSignal.timeout(20_000))
      await using tap = await startTap(broker.port, [
        ...['--connections', '4', '--pcap', 'FOLDER/t.pcapng'],
      ])
      const common = ['-p', String(tap.port), '-V', version, '-q', '1']
      // Retained, so that who subscribes after them is told of them all.
      for (const topic of ['sensors/tem0', 'sensors/tem1', 'sensors/tem2']) {
        await runProgram('mosquitto_pub', [
          ...[...common, '-t', topic, '-m', '{ "temp": 25 }', '-r'],
          ...['-u', 'device', '-P', 'hunter2hunter2'],
        ])
      }
      const heard = await runProgram('mosquitto_sub', [...common, '-t', 'sensors/+', '-C', '3'])
      expect(heard).toBe('{ "temp": 25 }\n'.repeat(3))
      const { code, report, stdout } = await tap.end('SIGWINCH')
      expect(code).toBe(0)
      expect(report.connections).toMatchObject({
        accepted: 4,
        closed: 4,
        broken: 0,
      })
      const totals = protocolOf(report, protocol)
      expect(totals.messages).toEqual({ up: 3, down: 3 })
      expect(totals.unread).toEqual([])
      // As the arithmetic of the specification has it: 32 + 4.
      expect(totals.steadyWireBytesPerMessage).toBe(each)
      expect(counts(report, protocol)).toMatchObject({
        'up PUBLISH': 3,
        'down PUBLISH': 3,
        'up CONNECT': 4,
      })
      expect(stdout).toContain(protocol)
      expect(readFileSync(join(tap.folder, 'report.json'), 'utf8')).not.toContain('hunter2')
      expect(stdout).not.toContain('hunter2')
      // The bytes themselves are in the capture, by its nature; nothing that is said beside them has it.
      const capture = readFileSync(join(tap.folder, 't.pcapng'), 'latin1')
      expect(capture.split('hunter2hunter2')).toHaveLength(4)
    },
  )
})

describe.skipIf(!hasTool('nginx') || !hasTool('curl'))('curl and nginx', () => {
  it('HTTP/1.1: what was asked, what was answered, and to the byte what curl says', async () => {
    await using nginx = await startNginx()
    await using tap = await startTap(nginx.port)
    const url = `http://127.0.0.1:${tap.port}`
    const written = await runProgram('curl', [
      ...['-s', '-o', '/dev/null', '-w', '%{size_header} %{size_download} %{size_request}\n'],
      ...['-H', 'Authorization: Bearer hunter2hunter2', `${url}/hello.txt`],
    ])
    await runProgram('curl', ['-s', '-d', '{ "temp": 25 }', `${url}/sensors`])
    const { report, stdout } = await tap.end()
    const http = protocolOf(report, 'http/1.1')
    expect(http.messages).toEqual({ up: 1, down: 1 })
    expect(http.unread).toEqual([])
    expect(counts(report, 'http/1.1')).toEqual({ 'up request': 2, 'down response': 2 })
    const [header = 0, download = 0, request = 0] = written.trim().split(' ').map(Number)
    const [first] = report.notable
    expect(first?.wireBytes).toEqual({ up: request, down: header + download })
    expect(stdout + JSON.stringify(report)).not.toContain('hunter2')
  })

  it.skipIf(!hasTool('openssl'))(
    'TLS is passed through closed, and accounted by record',
    async () => {
      using folder = temporaryFolder()
      const [key, certificate] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
      await runProgram('openssl', [
        ...['req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=localhost', '-days', '2'],
        ...['-keyout', key, '-out', certificate],
      ])
      writeFileSync(join(folder.path, 'large.bin'), Buffer.alloc(300_000, 'x'))
      const server = spawn(
        'openssl',
        ['s_server', '-accept', '127.0.0.1:0', '-key', key, '-cert', certificate, '-WWW'],
        { cwd: folder.path, stdio: ['ignore', 'pipe', 'ignore'] },
      )
      try {
        let said = ''
        for await (const chunk of server.stdout) {
          said += chunk
          if (/ACCEPT 127\.0\.0\.1:\d+/.test(said)) break
        }
        server.stdout.resume()
        await using tap = await startTap(Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1]))
        const { stdout } = await promisify(execFile)(
          'curl',
          [
            '-s',
            '--cacert',
            certificate,
            `https://localhost:${tap.port}/large.bin`,
            '--resolve',
            `localhost:${tap.port}:127.0.0.1`,
          ],
          { maxBuffer: 1_000_000 },
        )
        expect(stdout.length).toBe(300_000)
        const { report } = await tap.end()
        const tls = protocolOf(report, 'TLS')
        expect(tls.messages).toBeNull()
        expect(tls.steadyWireBytesPerMessage).toBeNull()
        const encrypted = tls.unread.find(({ direction }) => direction === 'down')?.bytes ?? 0
        expect(encrypted).toBeGreaterThan(300_000)
        const records = tls.units.find(
          ({ label, direction }) => direction === 'down' && label.startsWith('application'),
        )
        // RFC 8446 §5.1: five bytes before each record.
        expect(sumLedger(tls.ledger, { phase: 'steady', direction: 'down' })).toBe(
          (records?.count ?? 0) * 5,
        )
        expect(sumLedger(tls.ledger, { direction: 'down' }) + encrypted).toBe(tls.wireBytes.down)
      } finally {
        server.kill()
      }
    },
  )
})
