import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { describeError, InstrumentError } from '../model/errors.ts'
import type { ByteTotals } from '../model/ledger.ts'
import type { Direction } from '../model/words.ts'
import { bindFiveDigitPort, portOf } from './five-digit-port.ts'

/** Is told everything that crosses one connection. */
export interface ConnectionTap {
  /**
   * In the order in which the relay saw it: an answer comes after what it answers.
   * A relay of datagrams tells each of them whole, in one call.
   */
  bytes(direction: Direction, chunk: Uint8Array): void
  /** A direction has ended in order, after its last byte. Not called where the connection broke. */
  finished?(direction: Direction): void
  /** Once, after the last byte of both directions. */
  end(): void
}

/** A fault for testing: one byte that nobody sent; a datagram of one byte where there are datagrams. */
export interface StrayByte {
  direction: Direction
  /** Bytes of that direction, over all connections, after which it is put in. */
  afterBytes: number
}

export interface RelayOptions {
  target: { host: string; port: number }
  /** One for each accepted connection. */
  openTap(): ConnectionTap
  /** Ends every connection and stops listening. */
  signal: AbortSignal
  /** It is tapped, counted and forwarded like any other byte. */
  strayByte?: StrayByte
}

export interface Relay extends AsyncDisposable {
  readonly address: { host: string; port: number }
  /** What was seen and passed on, in bytes, counted apart from any tap. */
  totals(): ByteTotals
  /** Resolves when every connection has ended on both sides, also by an error. */
  drained(): Promise<void>
  /** The first thing that went wrong on either side of any connection. */
  failure(): InstrumentError | null
}

/** No protocol has it where a frame begins: it is no HTTP token, type 15 of MQTT is reserved, and so is version 3 of CoAP. */
export const STRAY = Uint8Array.of(0xff)

/**
 * Listens on a loopback port of five digits and connects each client to the
 * target. The relay adds, holds back and changes nothing: half-closes and
 * back-pressure are passed on.
 * @throws InstrumentError `connection` when it cannot listen
 */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const relay = new TcpRelay(options)
  await relay.listen()
  return relay
}

const HOST = '127.0.0.1'
// TCP_NODELAY on both sides, as on every socket of the instrument: a relay that
// gathers small writes would change what a message costs on the link.
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true }

class TcpRelay implements Relay {
  readonly #options: RelayOptions
  readonly #totals: ByteTotals = { up: 0, down: 0 }
  readonly #sockets = new Set<Socket>()
  readonly #connections = new Set<Promise<void>>()
  #server: Server | null = null
  #port = 0
  #failure: InstrumentError | null = null
  #stray: StrayByte | null
  #closed = false
  readonly #abort = (): void => {
    this.#fail('the relay was stopped', this.#options.signal.reason)
    this.#close()
  }

  constructor(options: RelayOptions) {
    this.#options = options
    this.#stray = options.strayByte ?? null
  }

  async listen(): Promise<void> {
    const { signal } = this.#options
    if (signal.aborted) {
      throw new InstrumentError('connection', 'the relay was stopped before it could listen')
    }
    this.#server = await bindFiveDigitPort(() => this.#bind())
    this.#port = portOf(this.#server)
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort, { once: true })
  }

  async #bind(): Promise<Server> {
    const server = createServer(SOCKET_OPTIONS, (client) => this.#accept(client))
    try {
      server.listen(0, HOST)
      await once(server, 'listening')
    } catch (error) {
      throw new InstrumentError(
        'connection',
        `the relay cannot listen on ${HOST}: ${describeError(error)}`,
        { cause: error },
      )
    }
    return server
  }

  get address(): { host: string; port: number } {
    return { host: HOST, port: this.#port }
  }

  totals(): ByteTotals {
    return { ...this.#totals }
  }

  failure(): InstrumentError | null {
    return this.#failure
  }

  async drained(): Promise<void> {
    while (this.#connections.size > 0) await Promise.all(this.#connections)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server
    const ended = server?.listening ? once(server, 'close') : null
    this.#close()
    await ended
    await this.drained()
  }

  #close(): void {
    this.#closed = true
    this.#options.signal.removeEventListener('abort', this.#abort)
    this.#server?.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(client: Socket): void {
    if (this.#closed) {
      client.destroy()
      return
    }
    const { target } = this.#options
    const tap = this.#options.openTap()
    const upstream = connect({ ...SOCKET_OPTIONS, ...target })
    let isUnconnected = true
    upstream.once('connect', () => {
      isUnconnected = false
    })
    this.#pump('up', client, upstream, tap)
    this.#pump('down', upstream, client, tap)
    const over = Promise.all([
      this.#watch(client, upstream, () => 'the connection from the client broke'),
      this.#watch(upstream, client, () =>
        isUnconnected
          ? `cannot connect to ${target.host}:${target.port}`
          : `the connection to ${target.host}:${target.port} broke`,
      ),
    ]).then(() => {
      tap.end()
      this.#connections.delete(over)
    })
    this.#connections.add(over)
  }

  #pump(direction: Direction, from: Socket, to: Socket, tap: ConnectionTap): void {
    from.on('data', (chunk: Buffer) => {
      let flowing = true
      for (const bytes of this.#insertStray(direction, chunk)) {
        this.#totals[direction] += bytes.length
        // Before it is forwarded, so that no answer can be tapped earlier.
        tap.bytes(direction, bytes)
        flowing = to.write(bytes)
      }
      if (!flowing) from.pause()
    })
    to.on('drain', () => from.resume())
    from.on('end', () => {
      tap.finished?.(direction)
      to.end()
    })
  }

  #insertStray(direction: Direction, chunk: Uint8Array): Uint8Array[] {
    const stray = this.#stray
    if (stray?.direction !== direction) return [chunk]
    const at = stray.afterBytes - this.#totals[direction]
    if (at > chunk.length) return [chunk]
    this.#stray = null
    return [chunk.subarray(0, at), STRAY, chunk.subarray(at)].filter((bytes) => bytes.length > 0)
  }

  /**
   * Resolves when the socket is closed. An error takes the other side with it, as
   * a reset: an orderly end would make a cut-off answer look complete.
   */
  #watch(socket: Socket, other: Socket, describe: () => string): Promise<void> {
    this.#sockets.add(socket)
    socket.on('error', (error) => {
      this.#fail(describe(), error)
      if (other.connecting) other.destroy()
      else other.resetAndDestroy()
    })
    return new Promise((resolve) => {
      socket.on('close', () => {
        this.#sockets.delete(socket)
        resolve()
      })
    })
  }

  #fail(what: string, cause: unknown): void {
    this.#failure ??= new InstrumentError('connection', `${what}: ${describeError(cause)}`, {
      cause,
    })
  }
}
