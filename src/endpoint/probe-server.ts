import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { InstrumentError, systemSaid } from '../model/errors.ts'
import { said } from '../model/said/said.ts'
import { median } from '../stats/summary.ts'
import { nowNs } from '../system/clock.ts'
import { addressOf, portOf } from '../transports/sockets.ts'

/** Instants become small enough for a number to hold every nanosecond. */
const STARTED_NS = nowNs()

/** What the first byte of a connection asks for. */
export const PROBE = {
  /** Gives every byte back. */
  echo: 0x65,
  /** Takes everything; at its end it says how fast it came. */
  swallow: 0x73,
  /** Four bytes say how many to send. */
  pour: 0x70,
} as const

/**
 * How fast the bytes of one direction came, as their receiver saw them. The
 * median of the rate over each half of the way: what a busy machine did to one
 * reading, be it the first or the last, does not move it.
 */
export class PaceMeter {
  readonly #atNs: number[] = []
  readonly #bytes: number[] = []
  #total = 0

  take(length: number): void {
    this.#total += length
    this.#atNs.push(Number(nowNs() - STARTED_NS))
    this.#bytes.push(this.#total)
  }

  /** Bytes a second; null where they came in too few readings to tell. */
  get bytesPerS(): number | null {
    const [atNs, bytes] = [this.#atNs, this.#bytes]
    const half = Math.floor(atNs.length / 2)
    if (half < 2) return null
    const rates = Array.from({ length: atNs.length - half }, (_, from) => {
      const elapsedNs = (atNs[from + half] as number) - (atNs[from] as number)
      return (((bytes[from + half] as number) - (bytes[from] as number)) * 1e9) / elapsedNs
    })
    return median(rates)
  }
}

const HOST = '127.0.0.1'
const NAME_BYTES = 1
const LENGTH_BYTES = 4
const POURED_AT_ONCE = Buffer.alloc(64 * 1024, 0x2e)

/** The far end of a probe: a raw TCP server, with no protocol of ours that could hide what the link does. */
export class ProbeServer implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
      answer(socket)
    })
  }

  /** @throws InstrumentError `connection` */
  static async open(): Promise<ProbeServer> {
    const probe = new ProbeServer()
    try {
      probe.#server.listen(0, HOST)
      await once(probe.#server, 'listening')
    } catch (cause) {
      const why = said('probeCannotListen', { host: HOST, why: systemSaid(cause) })
      throw new InstrumentError('connection', why, { cause })
    }
    return probe
  }

  get address(): URL {
    return addressOf('tcp:', HOST, portOf(this.#server))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

function answer(socket: Socket): void {
  socket.once('data', (first: Buffer) => {
    const rest = first.subarray(NAME_BYTES)
    if (first[0] === PROBE.echo) echo(socket, rest)
    else if (first[0] === PROBE.swallow) swallow(socket, rest)
    else if (first[0] === PROBE.pour) pour(socket, rest)
    else socket.destroy()
  })
}

function echo(socket: Socket, first: Buffer): void {
  if (first.length > 0) socket.write(first)
  socket.pipe(socket)
}

function swallow(socket: Socket, first: Buffer): void {
  const meter = new PaceMeter()
  if (first.length > 0) meter.take(first.length)
  socket.on('data', (bytes: Buffer) => meter.take(bytes.length))
  socket.once('end', () => socket.end(JSON.stringify(meter.bytesPerS)))
}

function pour(socket: Socket, length: Buffer): void {
  let left = length.length < LENGTH_BYTES ? 0 : length.readUInt32BE()
  const more = (): void => {
    while (left > 0) {
      const bytes = POURED_AT_ONCE.subarray(0, left)
      left -= bytes.length
      if (!socket.write(bytes)) return
    }
    socket.end()
  }
  socket.on('drain', more)
  socket.resume()
  more()
}
