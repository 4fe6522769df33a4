import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Namespace } from '../../src/system/namespace/namespace.ts'

/** Per packet: its direction and the total length of its IPv4 header. */
export interface CapturedPacket {
  direction: 'up' | 'down'
  ipBytes: number
}

const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
const ETHERNET_HEADER_BYTES = 14

/** tcpdump on an interface inside a namespace, from its first packet on. */
export class NamespaceCapture {
  readonly #tcpdump: ChildProcess
  readonly #deviceAddress: string
  #file = Buffer.alloc(0)
  #onData = (): void => {}

  private constructor(tcpdump: ChildProcess, deviceAddress: string) {
    this.#tcpdump = tcpdump
    this.#deviceAddress = deviceAddress
    tcpdump.stdout?.on('data', (chunk: Buffer) => {
      this.#file = Buffer.concat([this.#file, chunk])
      this.#onData()
    })
  }

  static async start(
    namespace: Namespace,
    link: { deviceInterface: string; deviceAddress: string },
  ): Promise<NamespaceCapture> {
    const [nsenter = '', ...enter] = namespace.enter
    // Only the start of each packet is kept: its header says how long it was. `-Z root`: there is no other user inside.
    const options = ['-Z', 'root', '-i', link.deviceInterface, '-U', '--immediate-mode']
    const tcpdump = spawn(
      nsenter,
      [...enter, 'tcpdump', ...options, '-B', '16384', '-s', '64', '-w', '-'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const capture = new NamespaceCapture(tcpdump, link.deviceAddress)
    const stderr = createInterface({ input: tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.includes('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  /** Waits until so many packets are in the file, ends tcpdump, and gives them. */
  async stop(packets: number): Promise<CapturedPacket[]> {
    await new Promise<void>((resolve) => {
      this.#onData = () => {
        if (this.#packets().length >= packets) resolve()
      }
      this.#onData()
    })
    this.#tcpdump.kill('SIGINT')
    await once(this.#tcpdump, 'close')
    return this.#packets()
  }

  #packets(): CapturedPacket[] {
    const packets: CapturedPacket[] = []
    for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= this.#file.length; ) {
      const ip = at + RECORD_HEADER_BYTES + ETHERNET_HEADER_BYTES
      at += RECORD_HEADER_BYTES + this.#file.readUInt32LE(at + 8)
      if (at > this.#file.length) break
      const source = [...this.#file.subarray(ip + 12, ip + 16)].join('.')
      const direction = source === this.#deviceAddress ? 'up' : 'down'
      packets.push({ direction, ipBytes: this.#file.readUInt16BE(ip + 2) })
    }
    return packets
  }
}
