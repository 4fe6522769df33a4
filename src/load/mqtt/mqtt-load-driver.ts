import { setTimeout as sleep } from 'node:timers/promises'
import type {
  ConnectTally,
  LoadDriver,
  LoadObserver,
  LoadShape,
  LoadTally,
  LoadWork,
} from '../load-driver.ts'
import { type ConnectionShare, LoadConnection, type StretchTally } from './load-connection.ts'
import { openLoadSocket } from './load-socket.ts'
import { LoadStretch } from './load-stretch.ts'
import {
  encodePublishFrames,
  type ProtocolVersion,
  type PublishFrames,
  type Qos,
} from './publish-frames.ts'

export interface MqttLoadSettings {
  readonly address: URL
  /** PEM of the certificate to trust; null where there is no TLS. */
  readonly certificate: string | null
  readonly protocolVersion: ProtocolVersion
  readonly qos: Qos
  readonly topic: string
  readonly keepAliveS: number
  /** Of connection n, from 0: no two may have the same. */
  readonly clientId: (index: number) => string
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  readonly shape: LoadShape
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** Handshakes under way at once, so that a listener's backlog does not overflow. */
const CONNECTING_AT_ONCE = 100
const CONNECT_DEADLINE_MS = 10_000
const CLOSE_DEADLINE_MS = 2_000
/** §3.14, in both versions: without a reason code it is a normal one. */
const DISCONNECT = Uint8Array.of(0xe0, 0)
const NOBODY: LoadObserver = { completed() {} }

/**
 * Load on an MQTT broker from pre-encoded packets: what one process can bring
 * about. Connections share the packets, the read buffer and one keep-alive timer;
 * a lost one is counted and not opened again.
 */
export class MqttLoadDriver implements LoadDriver {
  readonly client = 'bare'
  readonly #settings: MqttLoadSettings
  readonly #connections: LoadConnection[] = []
  readonly #share: ConnectionShare
  #stretch: LoadStretch | null = null
  /** Of connections that were lost between two stretches. */
  readonly #lostMeanwhile = new Map<string, number>()
  #keepAlive: NodeJS.Timeout | null = null

  private constructor(settings: MqttLoadSettings, frames: PublishFrames) {
    this.#settings = settings
    const tally = emptyTally()
    this.#share = {
      frames,
      tally,
      ...{ qos: settings.qos, now: settings.now, observer: NOBODY },
      onRoom: (connection, when) => this.#stretch?.roomOn(connection, when),
      onLost: (_connection, reason) => {
        if (this.#stretch !== null) this.#stretch.lost(reason)
        else this.#lostMeanwhile.set(reason, (this.#lostMeanwhile.get(reason) ?? 0) + 1)
      },
    }
  }

  static async open(settings: MqttLoadSettings): Promise<MqttLoadDriver> {
    return new MqttLoadDriver(settings, await encodePublishFrames(settings))
  }

  async connect(): Promise<ConnectTally> {
    const { shape, now, signal } = this.#settings
    const startedNs = now()
    const failed = new Map<string, number>()
    let next = 0
    const connectInTurn = async (): Promise<void> => {
      while (next < shape.connections && !signal.aborted) {
        const index = next
        next += 1
        await this.#untilTurn(index, startedNs)
        try {
          this.#connections.push(await this.#open(index))
        } catch (error) {
          const what = (error as Error).message
          failed.set(what, (failed.get(what) ?? 0) + 1)
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectInTurn))
    this.#startKeepAlive()
    return { opened: this.#connections.length, failed, elapsedNs: now() - startedNs }
  }

  async drive(work: LoadWork, observer: LoadObserver): Promise<LoadTally> {
    const { tally } = this.#share
    Object.assign(tally, emptyTally())
    this.#share.observer = observer
    const stretch = new LoadStretch({
      connections: this.#connections.filter(({ lost }) => !lost),
      ...{ tally, work, now: this.#settings.now },
      lostBefore: this.#lostMeanwhile,
    })
    this.#lostMeanwhile.clear()
    this.#stretch = stretch
    try {
      return await stretch.run()
    } finally {
      this.#stretch = null
      this.#share.observer = NOBODY
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
    const open = this.#connections.filter(({ socket }) => !socket.closed)
    for (const connection of open) connection.close(DISCONNECT)
    const deadline = setTimeout(() => {
      for (const { socket } of open) socket.destroy()
    }, CLOSE_DEADLINE_MS)
    await Promise.all(
      open.map(({ socket }) =>
        socket.closed ? null : new Promise<void>((done) => socket.once('close', () => done())),
      ),
    )
    clearTimeout(deadline)
  }

  async #open(index: number): Promise<LoadConnection> {
    const { address, certificate, protocolVersion, keepAliveS, clientId, shape, signal } =
      this.#settings
    const { socket, receiveMaximum, readTo } = await openLoadSocket({
      ...{ address, certificate, protocolVersion, keepAliveS, signal },
      clientId: clientId(index),
      deadlineMs: CONNECT_DEADLINE_MS,
    })
    const window = Math.min(shape.inFlight, receiveMaximum)
    const connection = new LoadConnection(socket, window, this.#share)
    readTo((bytes, length) => connection.feed(bytes, length))
    return connection
  }

  async #untilTurn(index: number, startedNs: number): Promise<void> {
    const { shape, now, signal } = this.#settings
    if (shape.connectPerSecond === null) return
    const dueNs = startedNs + (index * 1e9) / shape.connectPerSecond
    const waitMs = (dueNs - now()) / 1e6
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {})
  }

  /** [MQTT-3.1.2-23]: looked at twice in the time, one timer for all. */
  #startKeepAlive(): void {
    const { keepAliveS } = this.#settings
    if (keepAliveS === 0 || this.#keepAlive !== null) return
    this.#keepAlive = setInterval(() => {
      for (const connection of this.#connections) {
        if (!connection.hasSent) connection.ping()
        connection.hasSent = false
      }
    }, keepAliveS * 500)
    this.#keepAlive.unref()
  }
}

const emptyTally = (): StretchTally => ({
  ...{ sent: 0, completed: 0, unacknowledged: 0, refused: 0, lastCompletionNs: 0 },
})
