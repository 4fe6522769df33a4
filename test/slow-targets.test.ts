import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { generate, parser } from 'mqtt-packet'
import { describe, it, type TestContext } from 'vitest'
import { parseLink } from '../src/model/link/spec.ts'
import { nowNs } from '../src/system/clock.ts'
import { listen } from '../src/transports/sockets.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'
import { BYTES_ONLY, readReport, runCommand, temporaryFolder } from './support/command.ts'

/** There and back: longer than a message may take where nothing is said of the server. */
const RTT_MS = 1_500
const FEW = ['--messages', '3', ...BYTES_ONLY]

/** Of a test of its own, since those here wait side by side. */
type OnFinished = TestContext['onTestFinished']

async function serve(
  onSocket: (socket: Socket) => void,
  onTestFinished: OnFinished,
): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    onSocket(socket)
  })
  const listener = await listen(server, '127.0.0.1')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await listener.close()
  })
  return listener.port
}

/** Each subscriber connects in its turn. */
const FEW_SUBSCRIBERS = `
name: few
title: to a few
flow: fanout
subscribers: 3
payload: { text: '{ "temp": 25 }' }
`

async function measure(url: string, scenario: string, ...args: string[]) {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'few.yaml'), FEW_SUBSCRIBERS)
  const named = scenario.endsWith('.yaml') ? join(folder.path, scenario) : scenario
  const flags = ['--mqtt-url', url, ...FEW, '--out', folder.path]
  const run = await runCommand(['run', named, ...args, ...flags])
  return { ...run, cells: readReport(folder.path).cells }
}

// Most of the time passes on the way to the broker: side by side it passes once.
describe.concurrent('a broker that is a second and a half away', () => {
  it.for([
    ['json', 'mqtt-qos1'],
    ['command-delivery', 'mqtt-qos1'],
    ['few.yaml', 'mqtt-qos0'],
  ])(
    'is waited for in %s, as long as was said',
    { timeout: 120_000 },
    async ([scenario = '', transport = ''], { expect, onTestFinished }) => {
      const aedes = await Aedes.createBroker()
      onTestFinished(() => new Promise<void>((resolve) => aedes.close(resolve)))
      const port = await serve((socket) => void aedes.handle(socket), onTestFinished)
      const startedNs = nowNs()
      const relay = await openRelay({
        target: { host: '127.0.0.1', port },
        openTap: () => ({ bytes: () => {}, end: () => {} }),
        signal: new AbortController().signal,
        link: { profile: parseLink(`rtt=${RTT_MS}ms`), now: () => Number(nowNs() - startedNs) },
      })
      onTestFinished(() => relay[Symbol.asyncDispose]())
      const url = `mqtt://127.0.0.1:${relay.address.port}`
      const { code, stderr, cells } = await measure(
        url,
        scenario,
        '-t',
        transport,
        '--timeout',
        '30s',
      )
      expect(code, stderr).toBe(0)
      expect(cells).toMatchObject([{ status: 'measured', counts: { sent: 3, completed: 3 } }])
    },
  )
})

describe.concurrent('a broker that lets in, and then says nothing', () => {
  it.for(['json', 'command-delivery'])(
    'fails %s: nothing was completed',
    { timeout: 120_000 },
    async (scenario, { expect, onTestFinished }) => {
      const port = await serve((socket) => {
        const read = parser()
        read.on('packet', (packet) => {
          if (packet.cmd === 'connect')
            socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }))
          if (packet.cmd === 'subscribe') {
            const granted = packet.subscriptions.map(({ qos }) => qos)
            socket.write(generate({ cmd: 'suback', messageId: packet.messageId ?? 0, granted }))
          }
        })
        socket.on('data', (bytes) => read.parse(bytes))
      }, onTestFinished)
      const args = ['-t', 'mqtt-qos1', '--timeout', '1s']
      const { code, cells } = await measure(`mqtt://127.0.0.1:${port}`, scenario, ...args)
      expect(code).toBe(3)
      expect(cells).toMatchObject([{ status: 'failed' }])
    },
  )
})
