import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describeError } from '../model/errors.ts'
import { Fifo } from './fifo.ts'
import type { LibraryConnection } from './library-driver.ts'
import type { LoadObserver, LoadTally, LoadWork } from './load-driver.ts'

interface StretchSettings {
  readonly payloads: readonly Uint8Array[]
  readonly now: () => number
  readonly work: LoadWork
  readonly observer: LoadObserver
}

/** So many sends before the event loop gets a turn, where a library completes them without one. */
const SENDS_A_TURN = 256
/** How often is looked whether the work is over; what is to be sent meanwhile does not wait for it. */
const LOOK_MS = 1
/** A timer may be that late; the rest is waited for by turns of the event loop. */
const TIMER_SLACK_MS = 2

/** One stretch of work of a library driver. */
export class LibraryStretch {
  readonly #settings: StretchSettings
  readonly #connections: readonly LibraryConnection[]
  /** One entry for each message that may still be put in flight. */
  readonly #room = new Fifo<LibraryConnection>()
  /** Due instants of messages that wait for room, from the start. */
  readonly #overdue = new Fifo<number>()
  readonly #lost = new Map<string, number>()
  #startedNs = 0
  #lastCompletionNs = 0
  #offered = 0
  #sent = 0
  #completed = 0
  #inFlight = 0
  /** Connections that are not lost. */
  #standing = 0
  #sendsThisTurn = 0
  #turnIsAwaited = false
  /** Nothing further becomes due. */
  #allDue = false
  /** Nothing further is sent. */
  #ended = false
  #onProgress: () => void = () => {}

  constructor(connections: readonly LibraryConnection[], settings: StretchSettings) {
    this.#connections = connections
    this.#standing = connections.length
    this.#settings = settings
  }

  async run(): Promise<LoadTally> {
    const { now, work } = this.#settings
    this.#startedNs = now()
    this.#lastCompletionNs = this.#startedNs
    this.#fillRoom()
    await (work.pacer === null ? this.#sendAsRoomAllows() : this.#sendWhenDue())
    this.#ended = true
    await this.#drain()
    return {
      offered: work.pacer === null ? this.#sent : this.#offered,
      sent: this.#sent,
      completed: this.#completed,
      unacknowledged: this.#sent - this.#completed,
      // A library rejects what was refused; it is then told as what befell its connection.
      refused: 0,
      lostConnections: this.#lost,
      elapsedNs: this.#lastCompletionNs - this.#startedNs,
    }
  }

  /** Connection by connection in turn, so that the first messages go out on all of them. */
  #fillRoom(): void {
    const widest = this.#connections.reduce((most, { window }) => Math.max(most, window), 0)
    for (let place = 0; place < widest; place += 1) {
      for (const connection of this.#connections) {
        if (place < connection.window) this.#room.push(connection)
      }
    }
  }

  get #isOver(): boolean {
    const { work, now } = this.#settings
    return (
      this.#ended ||
      work.signal.aborted ||
      now() - this.#startedNs >= work.until.elapsedNs ||
      this.#standing === 0
    )
  }

  async #sendAsRoomAllows(): Promise<void> {
    const { work } = this.#settings
    while (!this.#isOver && this.#sent < work.until.messages) {
      this.#pump()
      await sleep(LOOK_MS)
    }
  }

  async #sendWhenDue(): Promise<void> {
    while (!this.#isOver) {
      const nextNs = this.#takeDue()
      this.#pump()
      if (this.#allDue && this.#overdue.length === 0) return
      if (nextNs === null) await sleep(LOOK_MS)
      else await this.#untilDue(nextNs)
    }
  }

  /** Notes what is due by now, and returns when the next one is; null: none is, or the messages are. */
  #takeDue(): number | null {
    const { work, now } = this.#settings
    const { pacer, until } = work
    const elapsedNs = now() - this.#startedNs
    while (!this.#allDue) {
      const dueNs = this.#offered < until.messages ? pacer?.next(elapsedNs, this.#offered) : null
      if (dueNs === null || dueNs === undefined || dueNs >= until.elapsedNs) {
        this.#allDue = true
        break
      }
      if (dueNs > elapsedNs) return dueNs
      this.#overdue.push(dueNs)
      this.#offered += 1
    }
    return null
  }

  /** Sends what may be sent now. */
  #pump(): void {
    const { pacer, until } = this.#settings.work
    while (this.#room.length > 0 && !this.#isOver) {
      if (pacer === null ? this.#sent >= until.messages : this.#overdue.length === 0) return
      if (this.#sendsThisTurn >= SENDS_A_TURN) {
        this.#pumpNextTurn()
        return
      }
      const connection = this.#room.shift() as LibraryConnection
      if (connection.lost) continue
      this.#sendsThisTurn += 1
      this.#send(connection, pacer === null ? null : (this.#overdue.shift() as number))
    }
  }

  /** What completes without the event loop would otherwise keep it from ever turning. */
  #pumpNextTurn(): void {
    if (this.#turnIsAwaited) return
    this.#turnIsAwaited = true
    setImmediate(() => {
      this.#turnIsAwaited = false
      this.#sendsThisTurn = 0
      if (!this.#ended) this.#pump()
    })
  }

  /** @param dueNs from the start; null: due the instant it is sent */
  #send(connection: LibraryConnection, dueNs: number | null): void {
    const { payloads, now, observer } = this.#settings
    const payload = payloads[this.#sent % payloads.length] as Uint8Array
    this.#sent += 1
    this.#inFlight += 1
    const sentNs = now()
    const { producer } = connection
    producer.send(payload).then(
      () => {
        this.#inFlight -= 1
        this.#completed += 1
        this.#lastCompletionNs = now()
        const fromNs = dueNs === null ? sentNs : this.#startedNs + dueNs
        observer.completed(this.#lastCompletionNs - fromNs, sentNs - fromNs)
        if (producer.settled === undefined) this.#makeRoom(connection)
        else {
          const free = (): void => this.#makeRoom(connection)
          producer.settled().then(free, free)
        }
      },
      (error: unknown) => this.#lose(connection, error),
    )
  }

  #makeRoom(connection: LibraryConnection): void {
    this.#room.push(connection)
    if (!this.#ended) this.#pump()
    this.#onProgress()
  }

  /** The first reason of a connection counts; what else was on it rejects too, and follows from it. */
  #lose(connection: LibraryConnection, error: unknown): void {
    this.#inFlight -= 1
    if (!connection.lost) {
      connection.lost = true
      this.#standing -= 1
      const what = describeError(error)
      this.#lost.set(what, (this.#lost.get(what) ?? 0) + 1)
    }
    this.#onProgress()
  }

  /** Waits for what is in flight, at most as long as the work allows. */
  async #drain(): Promise<void> {
    const { drainMs, signal } = this.#settings.work
    if (this.#inFlight === 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        this.#onProgress = () => {}
        resolve()
      }
      const timer = setTimeout(finish, drainMs)
      signal.addEventListener('abort', finish, { once: true })
      this.#onProgress = () => {
        if (this.#inFlight === 0) finish()
      }
    })
  }

  /** Waits by a timer for most of the time, then by turns of the event loop. */
  async #untilDue(dueNs: number): Promise<void> {
    const leftMs = (dueNs + this.#startedNs - this.#settings.now()) / 1e6
    if (leftMs > TIMER_SLACK_MS) await sleep(leftMs - TIMER_SLACK_MS)
    else await turn()
  }
}
