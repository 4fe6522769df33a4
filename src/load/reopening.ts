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
  readonly #indexes = new Set<number>()
  #attempts: Promise<void> | null = null

  constructor(settings: ReopeningSettings) {
    this.#settings = settings
  }

  /** Whether anything is still to come of it. */
  get isUnderWay(): boolean {
    return this.#indexes.size > 0
  }

  add(index: number): void {
    if (this.#abort.signal.aborted) return
    this.#indexes.add(index)
    this.#attempts ??= this.#attempt()
  }

  async #attempt(): Promise<void> {
    const { signal } = this.#abort
    const { atOnce, pauseMs } = paceOf(this.#settings.connectPerSecond)
    while (this.#indexes.size > 0 && !signal.aborted) {
      // It rejects when it is stopped, and the loop sees why.
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) break
      const batch = [...this.#indexes].slice(0, atOnce)
      await Promise.all(batch.map((index) => this.#openAgain(index)))
    }
    this.#attempts = null
  }

  async #openAgain(index: number): Promise<void> {
    const { open, onOpened } = this.#settings
    // What fails waits behind the others for its next turn.
    this.#indexes.delete(index)
    this.#indexes.add(index)
    try {
      const connection = await open(index, this.#abort.signal)
      this.#indexes.delete(index)
      if (!this.#abort.signal.aborted) {
        onOpened(index, connection)
        return
      }
      connection.close()
      await connection.ended()
    } catch {
      // The server is not back, or does not want it yet: the loss itself has been counted.
    }
  }

  /** Resolves when no attempt is under way any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#attempts
  }
}

function paceOf(connectPerSecond: number | null): { atOnce: number; pauseMs: number } {
  if (connectPerSecond === null) return { atOnce: MOST_AT_ONCE, pauseMs: PAUSE_MS }
  const atOnce = Math.max(1, Math.floor((connectPerSecond * PAUSE_MS) / 1_000))
  return { atOnce, pauseMs: Math.max(PAUSE_MS, 1_000 / connectPerSecond) }
}
