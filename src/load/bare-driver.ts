import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BareConnection, type ConnectionShare, emptyTally } from './bare-connection.ts'
import type {
  ConnectTally,
  LoadDriver,
  LoadObserver,
  LoadShape,
  LoadTally,
  LoadWork,
} from './load-driver.ts'
import { LoadStretch } from './load-stretch.ts'

export interface BareDriverSettings {
  readonly shape: LoadShape
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
  /**
   * Opens connection n, from 0.
   * @throws Error in words, which are what the failure is counted under
   */
  readonly open: (index: number, share: ConnectionShare) => Promise<BareConnection>
  /** Seconds without a packet after which a server ends a connection; 0: it never does. */
  readonly keepAliveS: number
}

/** Handshakes under way at once, so that a listener's backlog does not overflow. */
const CONNECTING_AT_ONCE = 100
const CLOSE_DEADLINE_MS = 2_000
const NOBODY: LoadObserver = { completed() {} }

/**
 * Load from pre-encoded bytes on sockets: what one process can bring about.
 * Connections share bytes, read buffer and one keep-alive timer; a lost one is
 * counted and not opened again.
 */
export class BareDriver implements LoadDriver {
  readonly client = 'bare'
  readonly #settings: BareDriverSettings
  readonly #connections: BareConnection[] = []
  readonly #share: ConnectionShare
  #stretch: LoadStretch | null = null
  /** Connections that were lost between two stretches, by reason. */
  readonly #lostMeanwhile = new Map<string, number>()
  #keepAlive: NodeJS.Timeout | null = null

  constructor(settings: BareDriverSettings) {
    this.#settings = settings
    // One for each handshake under way.
    setMaxListeners(0, settings.signal)
    this.#share = {
      now: settings.now,
      observer: NOBODY,
      tally: emptyTally(),
      onRoom: (connection, when) => this.#stretch?.roomOn(connection, when),
      onLost: (reason) => {
        if (this.#stretch !== null) this.#stretch.lost(reason)
        else this.#lostMeanwhile.set(reason, (this.#lostMeanwhile.get(reason) ?? 0) + 1)
      },
    }
  }

  async connect(): Promise<ConnectTally> {
    const { shape, now, signal, open } = this.#settings
    const startedNs = now()
    const failed = new Map<string, number>()
    // The first may have to be kept alive while the last are being opened.
    this.#startKeepAlive()
    let next = 0
    const connectInTurn = async (): Promise<void> => {
      while (next < shape.connections && !signal.aborted) {
        const index = next
        next += 1
        await this.#untilTurn(index, startedNs)
        try {
          this.#connections.push(await open(index, this.#share))
        } catch (error) {
          const what = (error as Error).message
          failed.set(what, (failed.get(what) ?? 0) + 1)
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectInTurn))
    const notBegun = shape.connections - next
    if (notBegun > 0) failed.set('stopped before it was opened', notBegun)
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
    const open = this.#connections.filter(({ closed }) => !closed)
    for (const connection of open) connection.close()
    const deadline = setTimeout(() => {
      for (const connection of open) connection.destroy()
    }, CLOSE_DEADLINE_MS)
    await Promise.all(open.map((connection) => connection.ended()))
    clearTimeout(deadline)
  }

  async #untilTurn(index: number, startedNs: number): Promise<void> {
    const { shape, now, signal } = this.#settings
    if (shape.connectPerSecond === null) return
    const dueNs = startedNs + (index * 1e9) / shape.connectPerSecond
    const waitMs = (dueNs - now()) / 1e6
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {})
  }

  #startKeepAlive(): void {
    const { keepAliveS } = this.#settings
    if (keepAliveS === 0 || this.#keepAlive !== null) return
    this.#keepAlive = setInterval(() => {
      for (const connection of this.#connections) connection.keepAlive()
    }, keepAliveS * 500)
    this.#keepAlive.unref()
  }
}
