import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const MARK_AGAIN_MS = 500

/** Records what goes over loopback on one port, as tcpdump writes it. */
export class LoopbackCapture {
  readonly #tcpdump: ChildProcess
  readonly #port: number
  readonly #chunks: Buffer[] = []
  /** A datagram that closes the capture: when it is in the file, all before it is. */
  readonly #mark = randomUUID()
  #onData = (): void => {}

  private constructor(port: number, options: readonly string[]) {
    this.#port = port
    this.#tcpdump = spawn(
      'tcpdump',
      [
        // Whole packets of loopback; by itself it keeps room for four times as much of each.
        ...['-i', 'lo', '-U', '--immediate-mode', '-B', '16384', '-s', '65550', '-w', '-'],
        ...options,
        ...['port', String(port)],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#tcpdump.stdout?.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#onData()
    })
  }

  /** @param options further ones of tcpdump: `-s 100`, `-y LINUX_SLL2` */
  static async start(port: number, options: readonly string[] = []): Promise<LoopbackCapture> {
    const capture = new LoopbackCapture(port, options)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.includes('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  /** @returns the capture file */
  async stop(): Promise<Buffer> {
    const marked = new Promise<void>((resolve) => {
      this.#onData = () => {
        if (Buffer.concat(this.#chunks).includes(this.#mark)) resolve()
      }
    })
    const socket = createSocket('udp4')
    const mark = (): void => socket.send(this.#mark, this.#port, '127.0.0.1')
    mark()
    // It is lost where tcpdump has no room left for it.
    const again = setInterval(mark, MARK_AGAIN_MS)
    await marked
    clearInterval(again)
    socket.close()
    this.#tcpdump.kill('SIGINT')
    await once(this.#tcpdump, 'close')
    return Buffer.concat(this.#chunks)
  }
}
