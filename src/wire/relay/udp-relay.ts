import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describeError, InstrumentError, systemSaid } from '../../model/errors.ts'
import { udpHeaderBytes } from '../../model/link/packets.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { ShapedLink } from '../shaping/shaped-link.ts'
import { bindFiveDigitPort, portOf } from './five-digit-port.ts'
import {
  type ConnectionTap,
  type Relay,
  type RelayOptions,
  type SocketPlace,
  STRAY,
  type StrayByte,
} from './tcp-relay.ts'

/**
 * The relay of datagrams: a loopback port of five digits, and for each client
 * that sends to it a socket of its own towards the target. A datagram is passed
 * on whole, unchanged, in the order in which it came; `tap.bytes` is called once
 * a datagram.
 *
 * UDP knows no end of a connection, so `drained` has to be asked for: it is for
 * the moment when every client is gone that had been answered all it waited
 * for. What came down was counted before the client got it. What went up is in
 * the kernel's queue at the latest when the client's socket is closed, and that
 * queue is read in order: the relay puts a datagram to itself behind it, and
 * when that comes out, all before it has. Nothing more can be owed then: each
 * side has said all it had to, and what the endpoint still sent would be a
 * repetition of what the client has acknowledged. Over a link that delays, what
 * is still on its way then is lost: its relay is not asked for an account.
 * @throws InstrumentError `connection` when it cannot listen
 */
export async function openUdpRelay(options: RelayOptions): Promise<Relay> {
  const relay = new UdpRelay(options)
  await relay.listen()
  return relay
}

const HOST = '127.0.0.1'
/** As much as the system gives: what does not fit the queue of a socket is lost. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
const NOTHING = new Uint8Array(0)

class UdpRelay implements Relay {
  readonly #options: RelayOptions
  readonly #link: ShapedLink | null
  readonly #totals: ByteTotals = { up: 0, down: 0 }
  readonly #routes = new Map<string, Route>()
  /** Datagrams of clients of which it is not known yet whether they may be relayed. */
  readonly #held = new Map<string, Uint8Array[]>()
  readonly #refused = new Set<string>()
  /** Towards the clients; null once it is closed. */
  #front: Socket | null = null
  #port = 0
  #forgetting: NodeJS.Timeout | undefined
  #failure: InstrumentError | null = null
  #stray: StrayByte | null
  /** Called when the datagram to itself has come back. */
  #reached: (() => void)[] = []
  readonly #abort = (): void => {
    this.#fail(said('relayStopped'), this.#options.signal.reason)
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
    const { listen, forgetAfterMs } = this.#options
    const front =
      listen === undefined
        ? await bindFiveDigitPort(() => bind(this.address.host))
        : await bind(listen.host, listen.port)
    if (forgetAfterMs !== undefined) {
      this.#forgetting = setInterval(() => this.#forget(), forgetAfterMs / 2)
    }
    this.#front = front
    this.#port = portOf(front)
    front.on('message', (datagram, from) => this.#receive(datagram, from))
    front.on('error', (error) => this.#fail(said('relaySocketBroke'), error))
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort, { once: true })
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
    await new Promise<void>((resolve) => {
      if (this.#front === null) {
        resolve()
        return
      }
      this.#reached.push(resolve)
      this.#front.send(NOTHING, this.#port, this.#own)
    })
    await this.#quiet()
    this.#link?.stop()
    const routes = [...this.#routes.values()]
    this.#routes.clear()
    await Promise.all(routes.map((route) => route.end()))
  }

  /** Until nothing has crossed for as long as is asked for: a server may still answer a goodbye. */
  async #quiet(): Promise<void> {
    const { lingerMs = 0 } = this.#options
    for (let seen = -1; lingerMs > 0 && this.#front !== null && seen !== this.#crossed; ) {
      seen = this.#crossed
      await delay(lingerMs)
    }
  }

  get #crossed(): number {
    return this.#totals.up + this.#totals.down
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
    await this.drained()
  }

  /** Where a datagram to itself comes from, and goes to. */
  get #own(): string {
    const { host } = this.address
    return host === '0.0.0.0' ? HOST : host === '::' ? '::1' : host
  }

  /** Twice within the time, so that none stays for longer than half of it more. */
  #forget(): void {
    const silent = [...this.#routes].filter(([, route]) => !route.hasSpoken())
    for (const [client] of silent) this.#drop(client)
  }

  #drop(client: string): void {
    const route = this.#routes.get(client)
    this.#routes.delete(client)
    void route?.end()
  }

  #receive(datagram: Uint8Array, { address, port }: RemoteInfo): void {
    if (port === this.#port && address === this.#own) {
      for (const reach of this.#reached.splice(0)) reach()
      return
    }
    const client = `${address}:${port}`
    const route = this.#routes.get(client)
    if (route !== undefined) {
      this.#passUp(route, datagram)
      return
    }
    const held = this.#held.get(client)
    if (held !== undefined) {
      held.push(datagram)
      return
    }
    const place = { address, port }
    const isWelcome = this.#options.admit?.(place, this.#port) ?? true
    if (typeof isWelcome === 'boolean') this.#decide(client, place, isWelcome, [datagram])
    else this.#hold(client, place, isWelcome, datagram)
  }

  #hold(
    client: string,
    place: SocketPlace,
    isWelcome: Promise<boolean>,
    datagram: Uint8Array,
  ): void {
    const datagrams = [datagram]
    this.#held.set(client, datagrams)
    void isWelcome.then((welcome) => {
      this.#held.delete(client)
      if (this.#front !== null) this.#decide(client, place, welcome, datagrams)
    })
  }

  #decide(
    client: string,
    place: SocketPlace,
    isWelcome: boolean,
    datagrams: readonly Uint8Array[],
  ): void {
    if (!isWelcome) {
      if (!this.#refused.has(client)) this.#options.onStranger?.(place, this.#port)
      this.#refused.add(client)
      return
    }
    const route = this.#openRoute(place.address, place.port)
    this.#routes.set(client, route)
    for (const datagram of datagrams) this.#passUp(route, datagram)
  }

  #passUp(route: Route, datagram: Uint8Array): void {
    route.speak()
    this.#travel('up', datagram, () => {
      for (const each of this.#count('up', datagram, route.tap)) route.send(each)
    })
  }

  /** Over the link where there is one; a datagram for which its queue has no room is lost, as on any. */
  #travel(direction: Direction, datagram: Uint8Array, arrive: () => void): void {
    if (this.#link === null) arrive()
    else this.#link[direction].sendOrDrop(datagram.length + udpHeaderBytes(datagram.length), arrive)
  }

  #openRoute(address: string, port: number): Route {
    const { target, openTap } = this.#options
    const tap = openTap({ address, port })
    const stays = this.#options.forgetAfterMs !== undefined
    return new Route(target, tap, {
      receive: (datagram) =>
        this.#travel('down', datagram, () => {
          for (const each of this.#count('down', datagram, tap)) {
            this.#front?.send(each, port, address, (error) => {
              if (error && !stays) this.#fail(said('relaySocketBroke'), error)
            })
          }
        }),
      fail: (error) => {
        if (!stays) {
          this.#fail(said('relayUnreachable', { place: `${target.host}:${target.port}` }), error)
          return
        }
        tap.broken?.({ side: 'target', reason: describeError(error) })
        this.#drop(`${address}:${port}`)
      },
    })
  }

  /** Counts and taps what is passed on, before it is, so that no answer can be tapped earlier. */
  #count(direction: Direction, datagram: Uint8Array, tap: ConnectionTap): Uint8Array[] {
    const datagrams = this.#insertStray(direction, datagram)
    for (const each of datagrams) {
      this.#totals[direction] += each.length
      tap.bytes(direction, each)
    }
    return datagrams
  }

  /** A datagram of its own, between two others: at the first such place at or after the wanted byte. */
  #insertStray(direction: Direction, datagram: Uint8Array): Uint8Array[] {
    const stray = this.#stray
    if (stray?.direction !== direction) return [datagram]
    const before = this.#totals[direction]
    if (before + datagram.length < stray.afterBytes) return [datagram]
    this.#stray = null
    return before >= stray.afterBytes ? [STRAY, datagram] : [datagram, STRAY]
  }

  /** Ends everything: with the port closed, whatever a client sends next is refused. */
  #fail(what: Said, cause: unknown): void {
    const why = said('because', { what, why: systemSaid(cause) })
    this.#failure ??= new InstrumentError('connection', why, { cause })
    this.#close()
  }

  #close(): void {
    this.#options.signal.removeEventListener('abort', this.#abort)
    this.#link?.stop()
    clearInterval(this.#forgetting)
    this.#front?.close()
    this.#front = null
    for (const reach of this.#reached.splice(0)) reach()
  }
}

interface RouteEvents {
  receive(datagram: Uint8Array): void
  fail(error: Error): void
}

/** The way of one client's datagrams to the target: a connected socket, which hears when nobody is there. */
class Route {
  readonly tap: ConnectionTap
  readonly #socket: Socket
  readonly #events: RouteEvents
  /** What came before the socket was connected; null since then. */
  #early: Uint8Array[] | null = []
  /** Datagrams that the kernel does not have yet. */
  #sending = 0
  #onSent: (() => void) | null = null
  #isBroken = false
  /** Of the present and the last half of the time after which it is forgotten. */
  #spoke: [now: boolean, before: boolean] = [true, true]

  constructor(target: RelayOptions['target'], tap: ConnectionTap, events: RouteEvents) {
    this.tap = tap
    this.#events = events
    this.#socket = openSocket(target.host)
    this.#socket.on('message', (datagram) => {
      this.speak()
      events.receive(datagram)
    })
    this.#socket.on('error', (error) => this.#break(error))
    this.#socket.once('connect', () => {
      const early = this.#early ?? []
      this.#early = null
      for (const datagram of early) this.#hand(datagram)
    })
    this.#socket.connect(target.port, target.host)
  }

  speak(): void {
    this.#spoke[0] = true
  }

  /** Whether anything crossed since the call before the last one. */
  hasSpoken(): boolean {
    const [now, before] = this.#spoke
    this.#spoke = [false, now]
    return now || before
  }

  send(datagram: Uint8Array): void {
    this.#sending += 1
    if (this.#early === null) this.#hand(datagram)
    else this.#early.push(datagram)
  }

  /** Closes it once everything was handed to the kernel, or cannot be any more. */
  async end(): Promise<void> {
    if (this.#sending > 0 && !this.#isBroken) {
      await new Promise<void>((resolve) => {
        this.#onSent = resolve
      })
    }
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
    this.tap.end()
  }

  #hand(datagram: Uint8Array): void {
    this.#socket.send(datagram, (error) => {
      this.#sending -= 1
      if (error) this.#break(error)
      else if (this.#sending === 0) this.#onSent?.()
    })
  }

  #break(error: Error): void {
    this.#isBroken = true
    this.#onSent?.()
    this.#events.fail(error)
  }
}

const openSocket = (host: string): Socket =>
  createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  })

async function bind(host = HOST, port = 0): Promise<Socket> {
  const socket = openSocket(host)
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
  } catch (error) {
    const why = said('relayCannotListen', { host, why: systemSaid(error) })
    throw new InstrumentError('connection', why, { cause: error })
  }
  return socket
}
