import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { describeError, InstrumentError, systemSaid } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { shapeConnection, shapeReset } from '../shaping/shaped-connection.ts'
import { type LinkShape, ShapedLink } from '../shaping/shaped-link.ts'
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
  /** The connection did not end in order: the first thing that went wrong. */
  broken?(fault: ConnectionFault): void
  /** Once, after the last byte of both directions. */
  end(): void
}

/** Where a connection broke: at its client, at the target, or before the target was reached. */
export interface ConnectionFault {
  side: 'client' | 'target' | 'unreachable'
  /** A code of the system (`ECONNRESET`), or what it said. */
  reason: string
}

/** One end of a connection as its socket tells it. */
export interface SocketPlace {
  /** Empty where the connection was gone before it could be asked. */
  address: string
  port: number
}

/** A fault for testing: one byte that nobody sent; a datagram of one byte where there are datagrams. */
export interface StrayByte {
  direction: Direction
  /** Bytes of that direction, over all connections, after which it is put in. */
  afterBytes: number
}

export interface RelayOptions {
  target: { host: string; port: number }
  /** Left out: a loopback port of five digits. */
  listen?: { host: string; port: number }
  /** Where it listens on a port that is free; loopback if left out. */
  host?: string
  /** Once aborted, no more connections are accepted; those that are there go on. */
  accepting?: AbortSignal
  /** One for each accepted connection. */
  openTap(client: SocketPlace): ConnectionTap
  /**
   * Whether a client may be relayed; everybody if left out. Until it is known
   * nothing is connected, tapped or counted for it, and what it sends is not read.
   * @param port the relay's own
   */
  admit?(client: SocketPlace, port: number): boolean | Promise<boolean>
  /** A client that may not; its connection is destroyed, its datagrams are dropped. Once for each. */
  onStranger?(client: SocketPlace, port: number): void
  /** A connection that could not be accepted: no file descriptor was left, as a rule. */
  onLost?(reason: string): void
  /** Ends every connection and stops listening. */
  signal: AbortSignal
  /** It is tapped, counted and forwarded like any other byte. */
  strayByte?: StrayByte
  /** Of datagrams: for so long nothing may cross before the relay ends, in milliseconds. At once if left out. */
  lingerMs?: number
  /**
   * Of datagrams, where a relay is to stand for weeks: a client of whom nothing crossed
   * for so long is over, in milliseconds, and a target that is not there ends that
   * client's way alone. Left out: nothing is over before the relay, and it ends with
   * the first thing that goes wrong.
   */
  forgetAfterMs?: number
  /** What all connections share on their way; nothing is held back if left out. A tap is told at the far end. */
  link?: LinkShape
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
 * target. The relay adds and changes nothing, and without a link holds nothing
 * back: half-closes and back-pressure are passed on.
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
  readonly #link: ShapedLink | null
  readonly #totals: ByteTotals = { up: 0, down: 0 }
  readonly #sockets = new Set<Socket>()
  readonly #connections = new Set<Promise<void>>()
  #server: Server | null = null
  #port = 0
  #failure: InstrumentError | null = null
  #stray: StrayByte | null
  #closed = false
  readonly #abort = (): void => {
    this.#fail(said('relayStopped'), this.#options.signal.reason)
    this.#close()
  }

  constructor(options: RelayOptions) {
    this.#options = options
    this.#link = options.link === undefined ? null : new ShapedLink(options.link)
    this.#stray = options.strayByte ?? null
  }

  async listen(): Promise<void> {
    const { signal } = this.#options
    if (signal.aborted) {
      throw new InstrumentError('connection', said('relayStoppedEarly'))
    }
    const { listen, accepting } = this.#options
    const server = await (listen === undefined
      ? bindFiveDigitPort(() => this.#bind(this.address.host, 0))
      : this.#bind(listen.host, listen.port))
    this.#server = server
    this.#port = portOf(server)
    // Unheard, it would end the process.
    server.on('error', (error) => {
      this.#fail(said('relayNotAccepted'), error)
      this.#options.onLost?.(reasonOf(error))
    })
    accepting?.addEventListener('abort', () => server.close(), { once: true })
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort, { once: true })
  }

  async #bind(host: string, port: number): Promise<Server> {
    const server = createServer(SOCKET_OPTIONS, (client) => this.#receive(client))
    try {
      server.listen(port, host)
      await once(server, 'listening')
    } catch (error) {
      const why = said('relayCannotListen', { host, why: systemSaid(error) })
      throw new InstrumentError('connection', why, { cause: error })
    }
    return server
  }

  get address(): { host: string; port: number } {
    const { listen, host = HOST } = this.#options
    return { host: listen?.host ?? host, port: this.#port }
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
    this.#link?.stop()
    for (const socket of this.#sockets) cutOff(socket)
  }

  #receive(client: Socket): void {
    const { remoteAddress: address = '', remotePort: port = 0 } = client
    const place = { address, port }
    const isWelcome = this.#closed ? false : (this.#options.admit?.(place, this.#port) ?? true)
    if (isWelcome === true) this.#accept(client, place)
    else if (isWelcome === false) this.#refuse(client, place)
    else this.#hold(client, place, isWelcome)
  }

  #refuse(client: Socket, place: SocketPlace): void {
    // A port of 0: it was gone before it could be asked, and may have been anybody.
    if (!this.#closed && place.port !== 0) this.#options.onStranger?.(place, this.#port)
    client.destroy()
  }

  #hold(client: Socket, place: SocketPlace, isWelcome: Promise<boolean>): void {
    const ignore = (): void => {}
    client.on('error', ignore)
    this.#sockets.add(client)
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
    const decided = isWelcome.then((welcome) => {
      this.#sockets.delete(client)
      client.off('error', ignore)
      if (this.#closed || !welcome) this.#refuse(client, place)
      else if (!client.destroyed) this.#accept(client, place)
    })
    // Whoever has left is not waited for.
    const over = Promise.race([decided, gone]).then(() => {
      this.#connections.delete(over)
    })
    this.#connections.add(over)
  }

  #accept(client: Socket, place: SocketPlace): void {
    const { target } = this.#options
    const tap = this.#options.openTap(place)
    const upstream = connect({ ...SOCKET_OPTIONS, ...target })
    if (this.#link === null) {
      // What cannot be passed on yet is left where it is: with the client.
      client.pause()
      upstream.once('connect', () => client.resume())
      this.#pump('up', client, upstream, tap)
      this.#pump('down', upstream, client, tap)
    } else {
      shapeConnection(
        this.#link,
        { client, upstream },
        {
          pass: (direction, bytes, to) => this.#pass(direction, bytes, to, tap),
          finish: (direction, to) => this.#finish(direction, to, tap),
        },
      )
    }
    const over = Promise.all([
      this.#watch('up', client, upstream, (error) => {
        this.#fail(said('relayClientBroke'), error)
        tap.broken?.({ side: 'client', reason: reasonOf(error) })
      }),
      this.#watch('down', upstream, client, (error, wasReached) => {
        const place = `${target.host}:${target.port}`
        this.#fail(said(wasReached ? 'relayTargetBroke' : 'relayCannotConnect', { place }), error)
        tap.broken?.({ side: wasReached ? 'target' : 'unreachable', reason: reasonOf(error) })
      }),
    ]).then(() => {
      tap.end()
      this.#connections.delete(over)
    })
    this.#connections.add(over)
  }

  #pump(direction: Direction, from: Socket, to: Socket, tap: ConnectionTap): void {
    from.on('data', (chunk: Buffer) => {
      if (!this.#pass(direction, chunk, to, tap)) from.pause()
    })
    to.on('drain', () => from.resume())
    from.on('end', () => this.#finish(direction, to, tap))
  }

  /** @returns false where the receiver takes no more for now */
  #pass(direction: Direction, chunk: Uint8Array, to: Socket, tap: ConnectionTap): boolean {
    if (this.#stray?.direction !== direction) return this.#passOn(direction, chunk, to, tap)
    let flowing = true
    for (const bytes of this.#insertStray(this.#stray, chunk)) {
      flowing = this.#passOn(direction, bytes, to, tap)
    }
    return flowing
  }

  #passOn(direction: Direction, bytes: Uint8Array, to: Socket, tap: ConnectionTap): boolean {
    this.#totals[direction] += bytes.length
    // On its way first: reading it costs the receiver nothing then. An answer
    // cannot be tapped earlier all the same, since it comes by another turn.
    const flowing = to.write(bytes)
    tap.bytes(direction, bytes)
    return flowing
  }

  #finish(direction: Direction, to: Socket, tap: ConnectionTap): void {
    tap.finished?.(direction)
    to.end()
  }

  #insertStray(stray: StrayByte, chunk: Uint8Array): Uint8Array[] {
    const at = stray.afterBytes - this.#totals[stray.direction]
    if (at > chunk.length) return [chunk]
    this.#stray = null
    return [chunk.subarray(0, at), STRAY, chunk.subarray(at)].filter((bytes) => bytes.length > 0)
  }

  /** Resolves when the socket is closed. An error takes the other side with it. */
  #watch(
    direction: Direction,
    socket: Socket,
    other: Socket,
    onBroken: (error: Error, wasReached: boolean) => void,
  ): Promise<void> {
    this.#sockets.add(socket)
    let wasReached = false
    socket.on('connect', () => {
      wasReached = true
    })
    const reset = (): void => cutOff(other)
    socket.on('error', (error) => {
      onBroken(error, wasReached)
      if (this.#link === null) reset()
      else shapeReset(this.#link, direction, reset)
    })
    return new Promise((resolve) => {
      socket.on('close', () => {
        this.#sockets.delete(socket)
        resolve()
      })
    })
  }

  #fail(what: Said, cause: unknown): void {
    const why = said('because', { what, why: systemSaid(cause) })
    this.#failure ??= new InstrumentError('connection', why, { cause })
  }
}

/**
 * Closes a connection by a reset, since an orderly end would make what was cut
 * off look complete, and at once. `resetAndDestroy` alone says the end first and
 * waits until everything is written: for ever where nobody reads; and where the
 * socket is destroyed while that end is on its way, its handle is never closed
 * (uv_tcp_close_reset refuses then). Where Node does not know the flag any more,
 * the connection is closed all the same.
 */
function cutOff(socket: Socket): void {
  const { connecting, writableEnded, writableFinished, writableLength } = socket
  const isEnding = writableEnded && !writableFinished && writableLength === 0
  if (!connecting && !isEnding) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}

/** The code says it shorter; several addresses tried in vain have one between them (RFC 8305). */
const reasonOf = (error: Error): string =>
  (error as NodeJS.ErrnoException).code ?? describeError(error)
