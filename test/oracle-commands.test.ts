import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { plainPass } from './support/byte-pass.ts'
import { hasTool } from './support/command.ts'

/**
 * The ledger of a roundtrip held against a packet capture. Device and app both
 * end at the endpoint's port, so it is told from the bytes which connections are
 * the device's: some of them must carry what the ledger says, in each direction.
 */

interface StreamBytes {
  up: number
  down: number
}

/** Captures every connection to one port of loopback, from its SYN on. */
class Capture {
  readonly #tcpdump: ChildProcess
  readonly #lines: Interface
  readonly #port: number
  readonly #connections = new Map<string, StreamBytes & { ended: number }>()
  #onEnded: () => void = () => {}

  private constructor(port: number) {
    this.#port = port
    // Headers are enough, and the kernel keeps room for many more packets of that size:
    // a tcpdump that is not let run for a while would miss the end of a connection.
    const sizes = ['-s', '128', '-B', '8192']
    this.#tcpdump = spawn(
      'tcpdump',
      ['-i', 'lo', '-nn', '-l', '--immediate-mode', ...sizes, 'tcp', 'port', String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#lines = createInterface({ input: this.#tcpdump.stdout as NodeJS.ReadableStream })
    this.#lines.on('line', (line) => this.#read(line))
  }

  static async start(port: number): Promise<Capture> {
    const capture = new Capture(port)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.startsWith('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  #read(line: string): void {
    // "… IP 127.0.0.1.41234 > 127.0.0.1.1883: Flags [P.], seq 1:31, ack 1, …, length 30"
    const packet = /\.(\d+) > [\d.]+\.(\d+): Flags \[([^\]]+)\](?:, seq \d+:(\d+))?/.exec(line)
    if (packet === null) return
    const [, from = '', to = '', flags = '', end = '1'] = packet
    const isUp = Number(to) === this.#port
    const client = isUp ? from : to
    if (flags === 'S') this.#connections.set(client, { up: 0, down: 0, ended: 0 })
    const connection = this.#connections.get(client)
    if (connection === undefined) return
    // By sequence number, from 1 behind the SYN: what TCP sends again counts once.
    const direction = isUp ? 'up' : 'down'
    connection[direction] = Math.max(connection[direction], Number(end) - 1)
    if (flags.includes('F')) connection.ended += 1
    if (flags.includes('R')) connection.ended = 2
    this.#onEnded()
  }

  /** Waits until all connections seen have ended on both sides. */
  async stop(): Promise<StreamBytes[]> {
    const all = [...this.#connections.values()]
    await new Promise<void>((resolve) => {
      this.#onEnded = () => {
        if ([...this.#connections.values()].every(({ ended }) => ended >= 2)) resolve()
      }
      if (all.length > 0) this.#onEnded()
    })
    this.#tcpdump.kill('SIGINT')
    await once(this.#tcpdump, 'exit')
    return [...this.#connections.values()].map(({ up, down }) => ({ up, down }))
  }
}

/** The sums over every choice of connections. */
function subsetSums(connections: readonly StreamBytes[]): StreamBytes[] {
  const sums: StreamBytes[] = [{ up: 0, down: 0 }]
  for (const { up, down } of connections) {
    sums.push(...sums.map((sum) => ({ up: sum.up + up, down: sum.down + down })))
  }
  return sums
}

describe.skipIf(!hasTool('tcpdump'))('a packet capture agrees with the ledger of commands', () => {
  const scenario = scenarioSchema.parse({
    name: 'captured',
    title: 'captured',
    flow: 'roundtrip',
    messages: 25,
    payload: { text: '{ "target": 24 }' },
  })

  it.each([
    ['http-poll', 1],
    ['http-long-poll', 2],
    ['sse', 2],
    ['mqtt-qos0', 1],
    ['mqtt-qos1', 1],
    ['mqtt-qos2', 1],
  ])('on %s, in each direction', async (transport, connections) => {
    const host = new EndpointHost()
    const { address } = await host.serve({
      ...{ transport, scenario, options: {}, host: '127.0.0.1', injection: NO_INJECTION },
    })
    try {
      const capture = await Capture.start(Number(new URL(address).port))
      const outcome = await runBytePass(
        plainPass({ transport, scenario, address, certificate: null }),
      )
      expect(outcome.failure).toBeNull()
      const ledger = outcome.bytes?.ledger ?? []
      const measured = {
        up: sumLedger(ledger, { direction: 'up' }),
        down: sumLedger(ledger, { direction: 'down' }),
      }
      expect(measured.up).toBeGreaterThan(25 * 16)
      expect(measured.down).toBeGreaterThan(25 * 16)
      expect(outcome.bytes?.roundTrips?.connections).toBe(connections)
      expect(subsetSums(await capture.stop())).toContainEqual(measured)
    } finally {
      await host.stop()
    }
  })
})
