import type { Socket as UdpSocket } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** One client socket of this run, as the listener that it is connected to sees it. */
export interface OwnPort {
  readonly protocol: 'tcp' | 'udp'
  /** Where it comes from. */
  readonly address: string
  readonly port: number
  /** The port that it is connected to. */
  readonly to: number
}

/** What came to one listening port and was not this run's. */
export interface TurnedAway {
  readonly protocol: 'tcp' | 'udp'
  /** The port that was listening. */
  readonly port: number
  readonly strangers: number
  /** Where the first few came from: `127.0.0.1:40312`. */
  readonly first: readonly string[]
}

/** What a relay asks about whoever comes to it. */
export interface Door {
  /** @param port the relay's own */
  admit(client: Place, port: number): boolean | Promise<boolean>
  onStranger(client: Place, port: number): void
}

interface Place {
  readonly address: string
  readonly port: number
}

/** How long somebody unknown is held while who he is may still become known. */
const HOLD_MS = 2_000
/** How long a closed socket stays known: what it sent last may not have been read yet. */
const LATE_MS = 5_000
/** As many as there are ports; what is in excess was never asked for. */
const MAX_KNOWN = 65_536
const FIRST_FEW = 5

/**
 * Tells the connections of this run from all others: each is known by the port
 * that it comes from and the one that it goes to. Every connection that this
 * process opens is known before its listener can see it: the kernel has chosen
 * its port when `connect` returns, and the listener hears of it by a later turn.
 * Those of other processes have to be told by `add`.
 *
 * Until it is told to guard, everybody is admitted and nothing is watched.
 */
export class OwnPorts {
  #isGuarding = false
  #announcers = 0
  readonly #known = new Set<string>()
  /** Sockets that have no port yet: their name is being looked up. */
  readonly #pending = new Set<object>()
  readonly #waiting = new Map<string, Set<(isOwn: boolean) => void>>()
  readonly #listeners = new Set<(own: OwnPort) => void>()
  readonly #turnedAway = new Map<string, TurnedAway & { strangers: number; first: string[] }>()
  #stopWatching: (() => void) | null = null
  readonly #learns: 'by-itself' | 'when-told'

  /** @param learns `when-told`: what this process opens is not its own, but what `add` says */
  constructor(learns: 'by-itself' | 'when-told' = 'by-itself') {
    this.#learns = learns
  }

  /** `on`: from now on strangers are turned away, and counted anew. */
  guard(state: 'on' | 'off'): void {
    this.#isGuarding = state === 'on'
    if (this.#isGuarding) this.#turnedAway.clear()
    this.#watchAsNeeded()
    if (this.#isGuarding) return
    this.#known.clear()
    for (const key of [...this.#waiting.keys()]) this.#settle(key, true)
  }

  get isGuarding(): boolean {
    return this.#isGuarding
  }

  /** A client socket of this run in another process. */
  add(own: OwnPort): void {
    if (!this.#isGuarding) return
    const key = keyOf(own)
    const isAwaited = this.#waiting.has(key)
    this.#settle(key, true)
    if (isAwaited && own.protocol === 'tcp') return
    this.#known.delete(key)
    this.#known.add(key)
    if (this.#known.size > MAX_KNOWN)
      for (const oldest of this.#known) {
        this.#known.delete(oldest)
        break
      }
  }

  /** Is told every client socket that this process opens from now on, as soon as it has a port. */
  onOwnPort(tell: (own: OwnPort) => void): Disposable {
    this.#listeners.add(tell)
    this.#watchAsNeeded()
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(tell)
        this.#watchAsNeeded()
      },
    }
  }

  /** Others tell of their ports, until it is disposed of: who is not known may become so. */
  expectAnnouncements(): Disposable {
    this.#announcers += 1
    let isOpen = true
    return {
      [Symbol.dispose]: () => {
        if (!isOpen) return
        isOpen = false
        this.#announcers -= 1
        this.#settleStrangers()
      },
    }
  }

  /**
   * Whether it is this run's. A TCP connection is admitted once: whoever has its
   * port later is somebody else. At once, but where the answer may still change.
   */
  admit(connection: OwnPort): boolean | Promise<boolean> {
    if (!this.#isGuarding) return true
    const key = keyOf(connection)
    if (this.#known.has(key)) {
      if (connection.protocol === 'tcp') this.#known.delete(key)
      return true
    }
    if (!this.#mayBecomeKnown()) return false
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, waiting)
      const settle = (isOwn: boolean): void => {
        clearTimeout(deadline)
        waiting.delete(settle)
        if (waiting.size === 0) this.#waiting.delete(key)
        resolve(isOwn)
      }
      const deadline = setTimeout(() => settle(false), HOLD_MS)
      waiting.add(settle)
    })
  }

  /** Counts somebody who was turned away. */
  turnAway({ protocol, address, port, to }: OwnPort): void {
    const listener = `${protocol} ${to}`
    const seen = this.#turnedAway.get(listener) ?? { protocol, port: to, strangers: 0, first: [] }
    this.#turnedAway.set(listener, seen)
    seen.strangers += 1
    if (seen.first.length < FIRST_FEW) seen.first.push(placeText({ address, port }))
  }

  /** Who was turned away since the guard is on, one entry a listening port. */
  turnedAway(): readonly TurnedAway[] {
    return Array.from(this.#turnedAway.values(), (each) => ({ ...each, first: [...each.first] }))
  }

  /** For a relay of this run. */
  door(protocol: OwnPort['protocol']): Door {
    return {
      admit: (client, to) => this.admit({ ...client, protocol, to }),
      onStranger: (client, to) => this.turnAway({ ...client, protocol, to }),
    }
  }

  /** A socket that is about to connect and of which Node tells nobody: that of `tls.connect`. */
  watch(socket: Socket): void {
    if (this.#stopWatching !== null) this.#watchTcp(socket)
  }

  #watchAsNeeded(): void {
    const isGuarding = this.#isGuarding && this.#learns === 'by-itself'
    const isNeeded = isGuarding || this.#listeners.size > 0
    if (isNeeded === (this.#stopWatching !== null)) return
    if (!isNeeded) {
      this.#stopWatching?.()
      this.#stopWatching = null
      this.#pending.clear()
      return
    }
    const onTcp = (message: unknown): void => this.#watchTcp((message as { socket: Socket }).socket)
    const onUdp = (message: unknown): void =>
      this.#watchUdp((message as { socket: UdpSocket }).socket)
    subscribe('net.client.socket', onTcp)
    subscribe('udp.socket', onUdp)
    this.#stopWatching = () => {
      unsubscribe('net.client.socket', onTcp)
      unsubscribe('udp.socket', onUdp)
    }
  }

  #watchTcp(socket: Socket): void {
    this.#pending.add(socket)
    const owned: OwnPort[] = []
    const learn = (place: Place | null, to: number | undefined): void => {
      if (place === null || to === undefined) return
      const own = { protocol: 'tcp', ...place, to } as const
      if (owned.some((known) => keyOf(known) === keyOf(own))) return
      owned.push(own)
      this.#open(own, socket)
    }
    // It is told just before the kernel is asked.
    socket.on('connectionAttempt', (_address: string, to: number) => {
      process.nextTick(() => learn(boundPlace(socket), to))
    })
    socket.once('connect', () => {
      const { localAddress: address, localPort: port } = socket
      learn(
        address === undefined || port === undefined ? null : { address, port },
        socket.remotePort,
      )
      this.#isSettled(socket)
    })
    socket.once('close', () => {
      this.#isSettled(socket)
      this.#forgetLater(owned)
    })
  }

  #watchUdp(socket: UdpSocket): void {
    socket.once('connect', () => {
      const { address, port } = socket.address()
      const own = { protocol: 'udp', address, port, to: socket.remoteAddress().port } as const
      this.#open(own, socket)
      socket.once('close', () => this.#forgetLater([own]))
    })
  }

  #open(own: OwnPort, socket: object): void {
    for (const tell of this.#listeners) tell(own)
    this.add(own)
    this.#isSettled(socket)
  }

  #isSettled(socket: object): void {
    if (this.#pending.delete(socket)) this.#settleStrangers()
  }

  #forgetLater(owned: readonly OwnPort[]): void {
    const left = owned.map(keyOf).filter((key) => this.#known.has(key))
    if (left.length === 0) return
    const forget = (): void => {
      for (const key of left) this.#known.delete(key)
    }
    setTimeout(forget, LATE_MS).unref()
  }

  #mayBecomeKnown(): boolean {
    return this.#announcers > 0 || this.#pending.size > 0
  }

  #settleStrangers(): void {
    if (this.#mayBecomeKnown()) return
    for (const key of [...this.#waiting.keys()]) this.#settle(key, false)
  }

  #settle(key: string, isOwn: boolean): void {
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return
    for (const settle of [...waiting]) settle(isOwn)
  }
}

/** Those of this process. */
export const ownPorts = new OwnPorts()

/** An IPv4 address is the same to a listener of both families. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '')

const keyOf = ({ protocol, address, port, to }: OwnPort): string =>
  `${protocol} ${plain(address)} ${port} ${to}`

function placeText({ address, port }: Place): string {
  const shown = plain(address)
  return shown.includes(':') ? `[${shown}]:${port}` : `${shown}:${port}`
}

/**
 * What `localPort` says once a socket is connected, and here before: it would
 * keep what it has seen too early. Null where Node does not tell; then the port
 * is known at `connect`.
 */
function boundPlace(socket: Socket): Place | null {
  const { _handle: handle } = socket as unknown as {
    _handle?: { getsockname?(into: Partial<Place>): number } | null
  }
  const place: Partial<Place> = {}
  handle?.getsockname?.(place)
  const { address, port } = place
  return address === undefined || port === undefined || port === 0 ? null : { address, port }
}
