import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { sumLedger } from '../src/model/ledger.ts'
import { scenarioSchema } from '../src/model/scenario.ts'
import { runBytePass } from '../src/runner/byte-pass.ts'
import { EndpointHost } from '../src/runner/endpoint-host.ts'
import { NO_INJECTION } from '../src/runner/injection.ts'
import { hasTool } from './support/command.ts'

/**
 * The ledger held against a packet capture of the same connection: tcpdump
 * reads the packets from the kernel and shares no code with the relay.
 */

interface StreamBytes {
  up: number
  down: number
}

/** Captures one TCP connection on loopback until both sides have ended it. */
class Capture {
  readonly #tcpdump: ChildProcess
  readonly #port: number
  readonly #bytes: StreamBytes = { up: 0, down: 0 }
  readonly #ended: Promise<void>

  private constructor(port: number) {
    this.#port = port
    this.#tcpdump = spawn(
      'tcpdump',
      ['-i', 'lo', '-nn', '-l', '--immediate-mode', '-B', '8192', 'tcp', 'port', String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#ended = this.#readPackets()
  }

  static async start(port: number): Promise<Capture> {
    const capture = new Capture(port)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.startsWith('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  async #readPackets(): Promise<void> {
    const finished = new Set<string>()
    // A broker's subscriber is connected before the capture: its packets are not the device's.
    const opened = new Set<string>()
    for await (const line of createInterface({
      input: this.#tcpdump.stdout as NodeJS.ReadableStream,
    })) {
      // "… IP 127.0.0.1.41234 > 127.0.0.1.1883: Flags [P.], seq 1:31, ack 1, …, length 30"
      const packet = /\.(\d+) > [\d.]+\.(\d+): Flags \[([^\]]+)\].*length (\d+)/.exec(line)
      if (packet === null) continue
      const [, from = '', to = '', flags, length] = packet
      const direction = Number(to) === this.#port ? 'up' : 'down'
      if (flags === 'S') opened.add(from)
      if (!opened.has(direction === 'up' ? from : to)) continue
      this.#bytes[direction] += Number(length)
      if (flags?.includes('R')) return
      if (flags?.includes('F')) finished.add(direction)
      if (finished.size === 2) return
    }
  }

  async stop(): Promise<StreamBytes> {
    await this.#ended
    this.#tcpdump.kill('SIGINT')
    await once(this.#tcpdump, 'exit')
    return this.#bytes
  }
}

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
    'mqtt-ws-qos1',
    'websocket',
    'socketio',
    'tcp',
  ])('on %s, in each direction', async (transport) => {
    const host = new EndpointHost()
    const { address } = await host.serve({
      transport,
      scenario,
      options: {},
      host: '127.0.0.1',
      injection: NO_INJECTION,
    })
    try {
      const capture = await Capture.start(Number(new URL(address).port))
      const outcome = await runBytePass({
        transport,
        scenario,
        fileBytes: null,
        address,
        certificate: null,
        options: {},
        strayByte: null,
        deadlineMs: 20_000,
      })
      expect(outcome.failure).toBeNull()
      const captured = await capture.stop()
      const ledger = outcome.bytes?.ledger ?? []
      expect(captured).toEqual({
        up: sumLedger(ledger, { direction: 'up' }),
        down: sumLedger(ledger, { direction: 'down' }),
      })
      expect(captured.up).toBeGreaterThan(25 * 14)
    } finally {
      await host.stop()
    }
  })
})
