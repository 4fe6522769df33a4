import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface StreamBytes {
  up: number
  down: number
}

interface CapturedConnection extends StreamBytes {
  /** The client's. A port may come again. */
  readonly port: string
  readonly ended: Set<string>
}

/** Captures the TCP connections to a port of loopback that begin while it runs. */
export class CapturedConnections {
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

  static async start(port: number): Promise<CapturedConnections> {
    const capture = new CapturedConnections(port)
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

export const sumOf = (connections: readonly StreamBytes[], direction: keyof StreamBytes): number =>
  connections.reduce((sum, connection) => sum + connection[direction], 0)
