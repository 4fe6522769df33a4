import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadConnection } from './load-connection.ts'

export interface ReopeningSettings {
  /** Connections opened a second, at most; null: as many as an attempt takes at once. */
  readonly connectPerSecond: number | null
  /** @throws Error where the server is not back yet */
  readonly open: (index: number, signal: AbortSignal) => Promise<LoadConnection>
  readonly onOpened: (index: number, connection: LoadConnection) => void
}

/** Between one attempt and the next. */
const PAUSE_MS = 200
const MOST_AT_ONCE = 100

/**
 * Opens lost connections again, as devices do: over and over, with a pause, until
 * the server takes them or nobody waits for it any more.
 */
export class Reopening implements AsyncDisposable {
  readonly #settings: ReopeningSettings
  readonly #abort = new AbortController()
  readonly #waiting = new Set<number>()
  readonly #opening = new Map<number, Promise<void>>()
  #attempts: Promise<void> | null = null

  constructor(settings: ReopeningSettings) {
    this.#settings = settings
  }

  /** Whether anything is still to come of it. */
  get isUnderWay(): boolean {
    return this.#waiting.size + this.#opening.size > 0
  }

  /** Of a server that may be gone: after a pause. */
  add(index: number): void {
    if (this.#abort.signal.aborted) return
    this.#waiting.add(index)
    this.#attempts ??= this.#attempt()
  }

  /** Of a server that is known to be there. */
  addAtOnce(index: number): void {
    if (!this.#abort.signal.aborted) void this.#openAgain(index)
  }

  async #attempt(): Promise<void> {
    const { signal } = this.#abort
    const { atOnce, pauseMs } = paceOf(this.#settings.connectPerSecond)
    while (this.#waiting.size > 0 && !signal.aborted) {
      // It rejects when it is stopped, and the loop sees why.
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) break
      const batch = [...this.#waiting].slice(0, atOnce)
      await Promise.all(batch.map((index) => this.#openAgain(index)))
    }
    this.#attempts = null
  }

  #openAgain(index: number): Promise<void> {
    this.#waiting.delete(index)
    const opening = this.#open(index)
    this.#opening.set(index, opening)
    return opening
  }

  async #open(index: number): Promise<void> {
    const { open, onOpened } = this.#settings
    const { signal } = this.#abort
    try {
      const connection = await open(index, signal)
      this.#opening.delete(index)
      if (!signal.aborted) {
        onOpened(index, connection)
        return
      }
      connection.close()
      await connection.ended()
    } catch {
      // The server is not back, or does not want it yet: the loss itself has been counted.
      this.#opening.delete(index)
      this.add(index)
    }
  }

  /** Resolves when no attempt is under way any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await Promise.all([this.#attempts, ...this.#opening.values()])
  }
}

function paceOf(connectPerSecond: number | null): { atOnce: number; pauseMs: number } {
  if (connectPerSecond === null) return { atOnce: MOST_AT_ONCE, pauseMs: PAUSE_MS }
  const atOnce = Math.max(1, Math.floor((connectPerSecond * PAUSE_MS) / 1_000))
  return { atOnce, pauseMs: Math.max(PAUSE_MS, 1_000 / connectPerSecond) }
}
