import { countSaid } from '../../model/said/count-said.ts'
import type { Said } from '../../model/said/said.ts'
import { BatchedRefill } from './batched-refill.ts'
import { Fifo } from './fifo.ts'
import type { LoadConnection, StretchTally } from './load-connection.ts'
import type { LoadTally, LoadWork } from './load-driver.ts'

export interface StretchSettings {
  /** One that is lost makes room for one that was opened again. */
  readonly connections: readonly LoadConnection[]
  readonly tally: StretchTally
  readonly work: LoadWork
  readonly now: () => number
  /** What befell connections since the last stretch. */
  readonly lostBefore: ReadonlyMap<Said, number>
  readonly reopenedBefore: number
  /** Whether lost connections are being opened again. */
  readonly isReopening: () => boolean
}

/** How long a stretch without a connection waits for one to be opened again. */
const ALONE_MS = 3_000

/** Node fires a longer one at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A timer may be late by this much, and by a millisecond that it rounds away; the rest is waited for in turns of the event loop. */
const TIMER_SLACK_NS = 2_000_000

/**
 * One stretch of load over connections that stand: sends until the work is done,
 * then waits for what is in flight. Without a pacer every window is kept full;
 * with one, messages go out when they are due, to the connections in turn, and
 * wait for room where there is none.
 */
export class LoadStretch {
  readonly #connections: readonly LoadConnection[]
  readonly #tally: StretchTally
  readonly #work: LoadWork
  readonly #now: () => number
  readonly #isReopening: () => boolean
  readonly #lost: Map<Said, number>
  #reopened: number
  #renewed = 0
  #standing: number
  #aloneTimer: NodeJS.Timeout | null = null
  readonly #backlog = new Fifo<number>()
  readonly #touched = new Set<LoadConnection>()
  #startedNs = 0
  #offered = 0
  #isSending = true
  /** The pacer has no further message; some may still wait for room. */
  #isPacedOut = false
  #turn = 0
  #pumpTimer: NodeJS.Timeout | null = null
  #pumpTurn: NodeJS.Immediate | null = null
  #drainTimer: NodeJS.Timeout | null = null
  readonly #refill = new BatchedRefill((connection) => this.#fill(connection))
  readonly #refillNext = new Set<LoadConnection>()
  #refillTurn: NodeJS.Immediate | null = null
  #finish: () => void = () => {}

  constructor(settings: StretchSettings) {
    this.#connections = settings.connections
    this.#tally = settings.tally
    this.#work = settings.work
    this.#now = settings.now
    this.#isReopening = settings.isReopening
    this.#lost = new Map(settings.lostBefore)
    this.#reopened = settings.reopenedBefore
    this.#standing = this.#connections.filter(({ lost }) => !lost).length
  }

  async run(): Promise<Omit<LoadTally, 'repeatedMessages'>> {
    const { signal, until } = this.#work
    this.#startedNs = this.#now()
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    const stop = (): void => this.#finish()
    signal.addEventListener('abort', stop, { once: true })
    const end = setTimeout(
      () => this.#timeIsUp(),
      Math.min(LONGEST_TIMER_MS, Math.ceil(until.elapsedNs / 1e6)),
    )
    try {
      if (signal.aborted) this.#finish()
      else {
        this.#begin()
        this.#endIfAlone()
      }
      await finished
    } finally {
      signal.removeEventListener('abort', stop)
      clearTimeout(end)
      this.#endSending()
      if (this.#drainTimer !== null) clearTimeout(this.#drainTimer)
    }
    for (const connection of this.#connections) {
      connection.abandon()
      if (connection.takeUnanswered() !== null) this.#tally.unacknowledged += 1
    }
    const { sent, completed, unacknowledged, refused, lastCompletionNs } = this.#tally
    return {
      ...{ sent, completed, unacknowledged, refused },
      offered: this.#work.pacer === null ? sent : this.#offered,
      lostConnections: this.#lost,
      reopenedConnections: this.#reopened,
      renewedConnections: this.#renewed,
      elapsedNs: completed === 0 ? 0 : lastCompletionNs - this.#startedNs,
    }
  }

  /**
   * A connection has room again, or has lost what was in flight.
   * @param when `next turn` where it was not I/O that made the room: writing at
   *   once would keep the event loop from ever reading
   */
  roomOn(connection: LoadConnection, when: 'now' | 'next turn'): void {
    if (!this.#isSending) this.#endWhenDone()
    else if (when === 'next turn') this.#refillSoon(connection)
    else if (this.#work.pacer !== null) this.#serveFromBacklog(connection)
    else this.#refill.roomOn(connection)
  }

  lost(reason: Said): void {
    countSaid(this.#lost, reason)
    this.#standing -= 1
    this.#endIfAlone()
    this.#endWhenDone()
  }

  /** A connection was ended by the server, in order, and is being opened again. */
  ended(): void {
    this.#standing -= 1
  }

  /** One that was ended could not be: it counts as lost. */
  notRenewed(reason: Said): void {
    countSaid(this.#lost, reason)
    this.#endIfAlone()
  }

  /** It stands among the connections, in the place of one that was lost or ended. */
  joined(connection: LoadConnection, how: 'reopened' | 'renewed'): void {
    if (how === 'reopened') this.#reopened += 1
    else this.#renewed += 1
    this.#standing += 1
    if (this.#aloneTimer !== null) clearTimeout(this.#aloneTimer)
    this.#aloneTimer = null
    if (!this.#isSending) return
    if (this.#work.pacer !== null) this.#serveFromBacklog(connection)
    else this.#fill(connection)
  }

  #endIfAlone(): void {
    if (this.#standing > 0 || !this.#isSending) return
    if (this.#isReopening()) this.#aloneTimer ??= setTimeout(() => this.#endSending(), ALONE_MS)
    else this.#endSending()
  }

  #begin(): void {
    if (this.#work.pacer !== null) this.#pump()
    else this.#refill.start(this.#connections)
  }

  /** Keeps one window full: as many as there is room for, in one write. */
  #fill(connection: LoadConnection): void {
    const { messages } = this.#work.until
    const count = Math.min(connection.room, messages - this.#tally.sent)
    if (count > 0) {
      const nowNs = this.#now()
      for (let index = 0; index < count; index += 1) connection.enqueue(nowNs, nowNs)
      connection.flush()
    }
    if (this.#tally.sent >= messages) this.#endSending()
  }

  #refillSoon(connection: LoadConnection): void {
    this.#refillNext.add(connection)
    this.#refillTurn ??= setImmediate(() => {
      this.#refillTurn = null
      const connections = [...this.#refillNext]
      this.#refillNext.clear()
      for (const each of connections) this.roomOn(each, 'now')
    })
  }

  /** Takes over every message that is due by now, sends what there is room for, and sees to be back for the next. */
  #pump(): void {
    this.#stopPumping()
    const { pacer, until } = this.#work
    const elapsedNs = this.#now() - this.#startedNs
    let dueNs: number | null = null
    while (this.#offered < until.messages) {
      dueNs = pacer?.next(elapsedNs, this.#offered) ?? null
      if (dueNs === null || dueNs > elapsedNs || dueNs >= until.elapsedNs) break
      this.#backlog.push(dueNs)
      this.#offered += 1
    }
    this.#serveBacklog()
    const isOver = this.#offered >= until.messages || dueNs === null || dueNs >= until.elapsedNs
    this.#isPacedOut = isOver
    if (isOver) this.#endSendingWhenServed()
    else this.#pumpAgainIn((dueNs as number) - elapsedNs)
  }

  #pumpAgainIn(waitNs: number): void {
    const pump = (): void => this.#pump()
    if (waitNs > TIMER_SLACK_NS) {
      this.#pumpTimer = setTimeout(pump, Math.floor((waitNs - TIMER_SLACK_NS) / 1e6))
    } else this.#pumpTurn = setImmediate(pump)
  }

  /** A look that was to come would send what waits for room, also when the stretch is over and counted. */
  #stopPumping(): void {
    if (this.#pumpTimer !== null) clearTimeout(this.#pumpTimer)
    if (this.#pumpTurn !== null) clearImmediate(this.#pumpTurn)
    this.#pumpTimer = null
    this.#pumpTurn = null
  }

  /** To the connections in turn; one that has no room is passed over. */
  #serveBacklog(): void {
    const connections = this.#connections
    while (this.#backlog.length > 0 && this.#standing > 0) {
      let asked = 0
      let connection = connections[this.#turn % connections.length] as LoadConnection
      while (connection.room === 0 && asked < connections.length) {
        this.#turn += 1
        asked += 1
        connection = connections[this.#turn % connections.length] as LoadConnection
      }
      if (connection.room === 0) break
      this.#turn += 1
      this.#enqueueDue(connection)
      this.#touched.add(connection)
    }
    for (const connection of this.#touched) connection.flush()
    this.#touched.clear()
  }

  #serveFromBacklog(connection: LoadConnection): void {
    if (this.#backlog.length === 0) return
    while (this.#backlog.length > 0 && connection.room > 0) this.#enqueueDue(connection)
    connection.flush()
    this.#endSendingWhenServed()
  }

  #enqueueDue(connection: LoadConnection): void {
    connection.enqueue(this.#startedNs + (this.#backlog.shift() as number), this.#now())
  }

  /** What was due by now is taken over first, also where this process was late to look. */
  #timeIsUp(): void {
    if (this.#isSending && this.#work.pacer !== null) this.#pump()
    this.#endSending()
  }

  #endSendingWhenServed(): void {
    if (this.#isPacedOut && this.#backlog.length === 0) this.#endSending()
  }

  #endSending(): void {
    if (!this.#isSending) return
    this.#isSending = false
    this.#stopPumping()
    if (this.#refillTurn !== null) clearImmediate(this.#refillTurn)
    if (this.#aloneTimer !== null) clearTimeout(this.#aloneTimer)
    this.#refill.stop()
    this.#drainTimer = setTimeout(() => this.#finish(), this.#work.drainMs)
    this.#endWhenDone()
  }

  #endWhenDone(): void {
    const { sent, completed, unacknowledged } = this.#tally
    if (!this.#isSending && sent === completed + unacknowledged) this.#finish()
  }
}
