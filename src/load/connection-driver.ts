import { setMaxListeners } from 'node:events'
import { type ConnectionShare, emptyTally, type LoadConnection } from './load-connection.ts'
import type {
  ConnectTally,
  LoadDriver,
  LoadObserver,
  LoadShape,
  LoadTally,
  LoadWork,
} from './load-driver.ts'
import { LoadStretch } from './load-stretch.ts'
import { openConnections } from './open-connections.ts'
import { countReason } from './reasons.ts'

export interface ConnectionDriverSettings {
  /** Who speaks for the devices: a library by name, or `bare`. */
  readonly client: string
  readonly shape: LoadShape
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
  /**
   * Opens connection n, from 0.
   * @throws Error in words, which are what the failure is counted under
   */
  readonly open: (index: number, share: ConnectionShare) => Promise<LoadConnection>
  /** Seconds without a packet after which a server ends a connection; 0: it never does. */
  readonly keepAliveS: number
}

const CONNECTING_AT_ONCE = 100
const CLOSE_DEADLINE_MS = 2_000
const NOBODY: LoadObserver = { completed() {} }

/**
 * Load over connections that somebody opens, whatever is spoken on them: what one
 * process can bring about. They share one stretch at a time and one keep-alive
 * timer; a lost one is counted and not opened again.
 */
export class ConnectionDriver implements LoadDriver {
  readonly client: string
  readonly #settings: ConnectionDriverSettings
  readonly #connections: LoadConnection[] = []
  readonly #share: ConnectionShare
  #stretch: LoadStretch | null = null
  /** Connections that were lost between two stretches, by reason. */
  readonly #lostMeanwhile = new Map<string, number>()
  #keepAlive: NodeJS.Timeout | null = null

  constructor(settings: ConnectionDriverSettings) {
    this.client = settings.client
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
        else countReason(this.#lostMeanwhile, reason)
      },
    }
  }

  connect(): Promise<ConnectTally> {
    const { shape, now, signal, open } = this.#settings
    // The first may have to be kept alive while the last are being opened.
    this.#startKeepAlive()
    return openConnections({
      ...{ shape, now, signal, atOnce: CONNECTING_AT_ONCE },
      open: (index) => open(index, this.#share),
      onOpened: (connection) => this.#connections.push(connection),
    })
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

  #startKeepAlive(): void {
    const { keepAliveS } = this.#settings
    if (keepAliveS === 0 || this.#keepAlive !== null) return
    this.#keepAlive = setInterval(() => {
      for (const connection of this.#connections) connection.keepAlive()
    }, keepAliveS * 500)
    this.#keepAlive.unref()
  }
}
