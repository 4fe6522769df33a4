import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { plainPass } from './support/byte-pass.ts'
import { hasTool } from './support/command.ts'

/**
 * The ledger held against a packet capture of the same connection: tcpdump
 * reads the packets from the kernel and shares no code with the relay.
 */

interface StreamBytes {
  up: number
  down: number
}

interface CapturedConnection extends StreamBytes {
  /** The client's. A port may come again. */
  readonly port: string
  readonly ended: Set<string>
}

/** Captures the TCP connections to a port of loopback that begin while it runs. */
class Capture {
  readonly #tcpdump: ChildProcess
  readonly #port: number
  /** In the order of their SYN. */
  readonly #connections: CapturedConnection[] = []
  #onEnd: () => void = () => {}
  readonly #read: Promise<void>

  private constructor(port: number) {
    this.#port = port
    // Headers are enough, and the kernel keeps room for many more packets of that size:
    // a tcpdump that is not let run for a while would miss some.
    const sizes = ['-s', '128', '-B', '8192']
    this.#tcpdump = spawn(
      'tcpdump',
      ['-i', 'lo', '-nn', '-l', '--immediate-mode', ...sizes, 'tcp', 'port', String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#read = this.#readPackets()
  }

  static async start(port: number): Promise<Capture> {
    const capture = new Capture(port)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.startsWith('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  async #readPackets(): Promise<void> {
    for await (const line of createInterface({
      input: this.#tcpdump.stdout as NodeJS.ReadableStream,
    })) {
      // "… IP 127.0.0.1.41234 > 127.0.0.1.1883: Flags [P.], seq 1:31, ack 1, …, length 30"
      const packet = /\.(\d+) > [\d.]+\.(\d+): Flags \[([^\]]+)\]/.exec(line)
      if (packet === null) continue
      const [, from = '', to = '', flags = ''] = packet
      const direction = Number(to) === this.#port ? 'up' : 'down'
      const client = direction === 'up' ? from : to
      let connection = this.#connections.findLast(({ port }) => port === client)
      // A SYN that is sent again opens nothing.
      if (flags === 'S' && (connection === undefined || connection.ended.size > 0)) {
        connection = { port: client, up: 0, down: 0, ended: new Set() }
        this.#connections.push(connection)
      }
      // A broker's subscriber is connected before the capture: its packets are not the device's.
      if (connection === undefined) continue
      // The sequence numbers of a stream begin at 1 and end behind its last byte: what
      // was sent again, as a busy kernel does on loopback too, is in them once.
      const [, end] = /, seq \d+:(\d+)/.exec(line) ?? []
      if (end !== undefined) {
        connection[direction] = Math.max(connection[direction], Number(end) - 1)
      }
      if (flags.includes('F')) connection.ended.add(direction)
      if (flags.includes('R')) connection.ended.add('up').add('down')
      this.#onEnd()
    }
  }

  /** Waits until that many connections have been ended by both sides. */
  async stop(count: number): Promise<StreamBytes[]> {
    await new Promise<void>((resolve) => {
      this.#onEnd = () => {
        const ended = this.#connections.filter((connection) => connection.ended.size === 2)
        if (ended.length >= count) resolve()
      }
      this.#onEnd()
    })
    this.#tcpdump.kill('SIGINT')
    await this.#read
    return this.#connections.map(({ up, down }) => ({ up, down }))
  }
}

const sumOf = (connections: readonly StreamBytes[], direction: keyof StreamBytes): number =>
  connections.reduce((sum, connection) => sum + connection[direction], 0)

describe.skipIf(!hasTool('tcpdump'))('a packet capture agrees with the ledger', () => {
  const scenario = scenarioSchema.parse({
    name: 'captured',
    title: 'captured',
    messages: 25,
    payload: { text: '{ "temp": 25 }' },
  })

  it.each([
    'http1',
    'http1-bare',
    'http1-replay',
    'mqtt-qos0',
    'mqtt-qos1',
    'mqtt-qos2',
    'mqtt-qos1-bare',
    'mqtt5-qos1',
    'http1-close',
    'https1',
    'https1-close',
    'https1-resumed',
    'h2c',
    'http2',
    'mqtt-close',
    'mqtts-qos0',
    'mqtts-qos1',
    'mqtts-qos2',
    'mqtts-close',
    'mqtts-resumed',
    'mqtts5-qos1',
    'mqtts5-close',
    'mqtts5-resumed',
    'mqtt5-ws-qos1',
    'mqtt5-wss-qos1',
    'mqtt-ws-qos1',
    'websocket',
    'socketio',
    'tcp',
  ])('on %s, in each direction', async (transport) => {
    const host = new EndpointHost()
    const { address, certificate } = await host.serve({
      transport,
      scenario,
      options: {},
      host: '127.0.0.1',
      injection: NO_INJECTION,
    })
    try {
      const capture = await Capture.start(Number(new URL(address).port))
      const outcome = await runBytePass(plainPass({ transport, scenario, address, certificate }))
      expect(outcome.failure).toBeNull()
      // A session to resume is acquired before, on a connection that nobody measures.
      const { acquireSession } = await loadTransport(transport)
      const before = acquireSession === undefined ? 0 : 1
      const opened = outcome.bytes?.roundTrips?.connections ?? 0
      const captured = (await capture.stop(before + opened)).slice(before)
      expect(captured).toHaveLength(opened)
      const ledger = outcome.bytes?.ledger ?? []
      expect({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') }).toEqual({
        up: sumLedger(ledger, { direction: 'up' }),
        down: sumLedger(ledger, { direction: 'down' }),
      })
      expect(sumOf(captured, 'up')).toBeGreaterThan(25 * 14)
    } finally {
      await host.stop()
    }
  })
})
