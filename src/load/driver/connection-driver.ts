import { setMaxListeners } from 'node:events'
import { countSaid } from '../../model/said/count-said.ts'
import { quoted, type Said, said } from '../../model/said/said.ts'
import { type ConnectionShare, emptyTally, type LoadConnection } from './load-connection.ts'
import type {
  ConnectTally,
  LoadDriver,
  LoadObserver,
  LoadShape,
  LoadTally,
  LoadWork,
} from './load-driver.ts'
import { openConnections } from './open-connections.ts'
import { Reopening } from './reopening.ts'
import { LoadStretch } from './step-runner.ts'

export interface ConnectionDriverSettings {
  readonly shape: LoadShape
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
  /**
   * Opens connection n, from 0; also again, where it was lost.
   * @throws Error in words, which are what the failure is counted under
   */
  readonly open: (
    index: number,
    share: ConnectionShare,
    signal: AbortSignal,
  ) => Promise<LoadConnection>
}

const CONNECTING_AT_ONCE = 100
const CLOSE_DEADLINE_MS = 2_000
const NOBODY: LoadObserver = { completed() {} }

/**
 * Load over connections that somebody opens, whatever is spoken on them: what one
 * process can bring about. They share one stretch at a time and one keep-alive
 * timer. A lost one is counted and opened again, unless it never had an answer.
 */
export class ConnectionDriver implements LoadDriver {
  readonly #settings: ConnectionDriverSettings
  readonly #connections: LoadConnection[] = []
  /** Which connection each of them is: those that could not be opened have none. */
  readonly #indexes: number[] = []
  readonly #reopening: Reopening
  /** Lost ones in whose place another stands, until they are closed. */
  readonly #leaving = new Set<LoadConnection>()
  readonly #share: ConnectionShare
  #stretch: LoadStretch | null = null
  /** Connections that were lost between two stretches, by reason. */
  readonly #lostMeanwhile = new Map<Said, number>()
  #reopenedMeanwhile = 0
  /** Messages of the stretch that were sent again. */
  #repeated = 0
  /** Connections that the server ended in order, until they are open again. */
  readonly #ended = new Set<number>()
  /** Looks as often as the connection needs that is kept alive the shortest. */
  #keepAlive: NodeJS.Timeout | null = null
  #shortestKeepAliveS = Number.POSITIVE_INFINITY

  constructor(settings: ConnectionDriverSettings) {
    this.#settings = settings
    // One for each handshake under way.
    setMaxListeners(0, settings.signal)
    this.#share = {
      now: settings.now,
      observer: NOBODY,
      tally: emptyTally(),
      onRoom: (connection, when) => this.#stretch?.roomOn(connection, when),
      onEnded: (connection) => this.#endedInOrder(connection),
      onLost: (connection, reason) => this.#lost(connection, reason),
    }
    this.#reopening = new Reopening({
      connectPerSecond: settings.shape.connectPerSecond,
      signal: settings.signal,
      open: (index, signal) => settings.open(index, this.#share, signal),
      onOpened: (index, connection) => this.#reopened(index, connection),
      onNotRenewed: (index, reason) => this.#notRenewed(index, reason),
    })
  }

  connect(): Promise<ConnectTally> {
    const { shape, now, signal, open } = this.#settings
    return openConnections({
      ...{ shape, now, signal, atOnce: CONNECTING_AT_ONCE },
      open: (index) => open(index, this.#share, signal),
      onOpened: (index, connection) => {
        this.#quickenKeepAlive(connection)
        this.#indexes.push(index)
        this.#connections.push(connection)
      },
    })
  }

  async drive(work: LoadWork, observer: LoadObserver): Promise<LoadTally> {
    const { tally } = this.#share
    Object.assign(tally, emptyTally())
    this.#share.observer = observer
    const stretch = new LoadStretch({
      connections: this.#connections,
      ...{ tally, work, now: this.#settings.now },
      lostBefore: this.#lostMeanwhile,
      reopenedBefore: this.#reopenedMeanwhile,
      isReopening: () => this.#reopening.isUnderWay,
    })
    this.#lostMeanwhile.clear()
    this.#reopenedMeanwhile = 0
    this.#repeated = 0
    this.#stretch = stretch
    try {
      const told = await stretch.run()
      return { ...told, repeatedMessages: this.#repeated }
    } finally {
      this.#stretch = null
      this.#share.observer = NOBODY
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
    const open = [...this.#connections, ...this.#leaving].filter(({ closed }) => !closed)
    for (const connection of open) connection.close()
    const deadline = setTimeout(() => {
      for (const connection of open) connection.destroy()
    }, CLOSE_DEADLINE_MS)
    await Promise.all([
      this.#reopening[Symbol.asyncDispose](),
      ...open.map((connection) => connection.ended()),
    ])
    clearTimeout(deadline)
  }

  #lost(connection: LoadConnection, reason: Said): void {
    const place = this.#connections.indexOf(connection)
    if (place >= 0 && !connection.isUnanswered) this.#reopening.add(this.#indexes[place] as number)
    if (this.#stretch !== null) this.#stretch.lost(reason)
    else countSaid(this.#lostMeanwhile, reason)
  }

  #endedInOrder(connection: LoadConnection): void {
    const index = this.#indexes[this.#connections.indexOf(connection)]
    if (index === undefined) return
    this.#ended.add(index)
    this.#stretch?.ended()
    this.#reopening.renew(index)
  }

  /** What looked like an end in order was the server's. */
  #notRenewed(index: number, why: Said): void {
    this.#ended.delete(index)
    const ended = this.#connections[this.#indexes.indexOf(index)]
    if (ended?.takeUnanswered() != null) this.#share.tally.unacknowledged += 1
    const reason = said('notRenewed', { why: quoted(why) })
    if (this.#stretch !== null) this.#stretch.notRenewed(reason)
    else countSaid(this.#lostMeanwhile, reason)
  }

  #reopened(index: number, connection: LoadConnection): void {
    this.#quickenKeepAlive(connection)
    const place = this.#indexes.indexOf(index)
    const lost = this.#connections[place] as LoadConnection
    this.#connections[place] = connection
    if (!lost.closed) this.#leave(lost)
    const wasLost = !this.#ended.delete(index)
    // Before anything else gets its room.
    const unanswered = this.#stretch === null ? null : lost.takeUnanswered()
    if (unanswered !== null) {
      this.#repeated += 1
      connection.resend(unanswered)
    }
    if (this.#stretch !== null) this.#stretch.joined(connection, wasLost ? 'reopened' : 'renewed')
    else if (wasLost) this.#reopenedMeanwhile += 1
  }

  #leave(lost: LoadConnection): void {
    this.#leaving.add(lost)
    lost.close()
    void lost.ended().then(() => this.#leaving.delete(lost))
  }

  /** From the first connection on: it may have to be kept alive while the last are being opened. */
  #quickenKeepAlive({ keepAliveS }: LoadConnection): void {
    if (keepAliveS === 0 || keepAliveS >= this.#shortestKeepAliveS) return
    this.#shortestKeepAliveS = keepAliveS
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
    // The next look at the others is not put off by a timer that begins anew.
    this.#lookAtAll()
    this.#keepAlive = setInterval(() => this.#lookAtAll(), keepAliveS * 500)
    this.#keepAlive.unref()
  }

  #lookAtAll(): void {
    for (const connection of this.#connections) connection.keepAlive()
  }
}
