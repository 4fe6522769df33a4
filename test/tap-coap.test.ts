import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createServer, request } from 'coap'
import { describe, expect, it } from 'vitest'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { planTap } from '../src/plan/tap.ts'
import { runTap } from '../src/tap/tap.ts'
import { checkAgainst } from '../src/tap/tap-book.ts'
import { hasTool } from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { messagesOf } from './support/tapping.ts'

const run = promisify(execFile)

/** A port of UDP that is free now. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

/** Payload bytes of the datagrams of a capture, as tcpdump tells them; the mark of the capture excluded. */
async function payloadsOf(capture: Buffer, port: number): Promise<Record<Direction, number>> {
  const reader = spawn('tcpdump', ['-nn', '-q', '-r', '-', 'udp'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  reader.stdin.end(capture)
  const sums = { up: 0, down: 0 }
  let last: [Direction, number] = ['up', 0]
  for await (const line of createInterface({ input: reader.stdout })) {
    const [, to, length] = /> [\d.]+\.(\d+): UDP, length (\d+)/.exec(line) ?? []
    if (to === undefined) continue
    last = [Number(to) === port ? 'up' : 'down', Number(length)]
    sums[last[0]] += last[1]
  }
  sums[last[0]] -= last[1]
  return sums
}

type Until = (isSo: (report: TapReport) => boolean) => Promise<void>

/** A tap before a port, with tcpdump beside it, as long as a test drives it. */
async function tapCoap(
  target: number,
  drive: (port: number, until: Until) => Promise<void>,
): Promise<TapReport> {
  const stop = new AbortController()
  let hear: (place: string) => void = () => {}
  let look: (report: TapReport) => void = () => {}
  const until: Until = (isSo) =>
    new Promise((resolve) => {
      look = (report) => {
        if (isSo(report)) resolve()
      }
    })
  const heard = new Promise<string>((resolve) => {
    hear = resolve
  })
  const tapped = runTap(planTap({ listen: 'udp:0', to: `udp:127.0.0.1:${target}` }), {
    ...{ signal: stop.signal, reader: 'thread', reportEveryMs: 20 },
    ...{ onListening: (place) => hear(place), onReport: (now) => look(now), onRemark: () => {} },
  })
  try {
    const port = Number((await heard).split(':')[1])
    const capture = await LoopbackCapture.start(port)
    await drive(port, until)
    stop.abort()
    const report = await tapped
    expect(report.wireBytes).toEqual(await payloadsOf(await capture.stop(), port))
    checkAgainst(report.wireBytes, report.protocols)
    return report
  } finally {
    stop.abort()
  }
}

const postCoap = (port: number, pathname: string, payload: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, pathname, method: 'POST' })
    asked.on('response', ({ code }) => resolve(code))
    asked.on('error', reject)
    asked.end(payload)
  })

describe.skipIf(!hasTool('tcpdump'))('a tap of datagrams', () => {
  it('accounts for node-coap as tcpdump sees it', async () => {
    const server = createServer((_, response) => {
      response.code = '2.04'
      response.end()
    })
    const target = await freeUdpPort()
    await new Promise<void>((resolve) => server.listen(target, '127.0.0.1', () => resolve()))
    try {
      const report = await tapCoap(target, async (port) => {
        for (const value of [1, 2, 3]) {
          expect(await postCoap(port, '/plant/temp', `{ "temp": ${value} }`)).toBe('2.04')
        }
      })
      expect(messagesOf(report, 'coap')).toEqual({ up: 3, down: 0 })
      const [coap] = report.protocols
      expect(coap?.subjects).toMatchObject([{ name: 'POST /plant/temp', messages: 3 }])
      expect(sumLedger(coap?.ledger ?? [], { layer: 'payload' })).toBe(3 * '{ "temp": 1 }'.length)
    } finally {
      server.close()
    }
  })

  it('goes on where nobody is at the target', async () => {
    const target = await freeUdpPort()
    const report = await tapCoap(target, async (port, until) => {
      const socket = createSocket('udp4')
      for (const [count, datagram] of [Buffer.of(0x40, 1, 0, 1), Buffer.from('?')].entries()) {
        socket.send(datagram, port, '127.0.0.1')
        await until(({ connections }) => connections.broken > count)
      }
      socket.close()
    })
    expect(report.connections).toMatchObject({ accepted: 2, broken: 2 })
    expect(report.wireBytes).toEqual({ up: 5, down: 0 })
  })
})

const LIBCOAP = ['coap-server-gnutls', 'coap-client-gnutls', 'tcpdump']

describe.skipIf(!LIBCOAP.every(hasTool))('libcoap through a tap', () => {
  it.each<[string, string[], string]>([
    ['coap', [], 'coap'],
    ['coaps', ['-k', 'secret-key-16-byt', '-u', 'sensor'], 'DTLS'],
  ])('%s: ledger and tcpdump agree', async (scheme, psk, protocol) => {
    const target = await freeUdpPort()
    // Its secure port is the one behind the plain one.
    const plain = scheme === 'coap' ? target : target - 1
    const key = scheme === 'coap' ? [] : ['-k', 'secret-key-16-byt']
    const args = ['-A', '127.0.0.1', '-p', String(plain), ...key, '-d', '10']
    const server = spawn('coap-server-gnutls', args, { stdio: 'ignore' })
    try {
      const report = await tapCoap(target, async (port) => {
        const client = ['-m', 'put', '-e', '{ "temp": 25 }', '-B', '2', ...psk]
        const put = () =>
          run('coap-client-gnutls', [...client, `${scheme}://127.0.0.1:${port}/example_data`])
        await put()
        await put()
      })
      const its = report.protocols.find((each) => each.protocol === protocol)
      expect(its?.wireBytes).toEqual(report.wireBytes)
      expect(report.protocols).toHaveLength(1)
      for (const direction of DIRECTIONS) expect(report.wireBytes[direction]).toBeGreaterThan(0)
      if (protocol === 'coap') expect(its?.messages?.up).toBe(2)
      else {
        const records = its?.units.map(({ label }) => label)
        expect(records).toContain('application data record')
        expect(its?.messages).toBeNull()
      }
    } finally {
      server.kill('SIGKILL')
      await once(server, 'close')
    }
  })
})
