import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Writes the packets of one TCP connection on loopback to a file, until both sides have ended it. */
export class PacketFile implements AsyncDisposable {
  readonly #tcpdump: ChildProcess
  readonly #ended: Promise<void>

  private constructor(port: number, path: string) {
    const options = ['-i', 'lo', '-nn', '-l', '--immediate-mode', '-B', '8192', '-U', '--print']
    this.#tcpdump = spawn('tcpdump', [...options, '-w', path, 'tcp', 'port', String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#ended = this.#awaitEnd(port)
  }

  static async start(port: number, path: string): Promise<PacketFile> {
    const capture = new PacketFile(port, path)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.includes('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  /** Resolves when every packet of the connection is in the file. */
  async complete(): Promise<void> {
    await this.#ended
    await this[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#tcpdump.exitCode !== null || this.#tcpdump.signalCode !== null) return
    const exited = once(this.#tcpdump, 'exit')
    this.#tcpdump.kill('SIGINT')
    await exited
  }

  async #awaitEnd(port: number): Promise<void> {
    const finished = new Set<string>()
    const lines = createInterface({ input: this.#tcpdump.stdout as NodeJS.ReadableStream })
    for await (const line of lines) {
      const [, to = '', flags = ''] = /> [\d.]+\.(\d+): Flags \[([^\]]+)\]/.exec(line) ?? []
      if (flags.includes('R')) return
      if (flags.includes('F')) finished.add(to === String(port) ? 'up' : 'down')
      if (finished.size === 2) return
    }
  }
}
