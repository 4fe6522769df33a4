import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { saidOf } from '../../model/errors.ts'
import type { Said } from '../../model/said/said.ts'
import type { LoadConnection } from './load-connection.ts'

export interface ReopeningSettings {
  /** Connections opened a second, at most; null: as many as an attempt takes at once. */
  readonly connectPerSecond: number | null
  /** @throws Error where the server is not back yet */
  readonly open: (index: number, signal: AbortSignal) => Promise<LoadConnection>
  readonly onOpened: (index: number, connection: LoadConnection) => void
  /** A connection could not be renewed at once: from now on it is like a lost one. */
  readonly onNotRenewed: (index: number, reason: Said) => void
  /** Ends it as disposing does. */
  readonly signal: AbortSignal
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
    // Every attempt under way listens to it.
    setMaxListeners(0, this.#abort.signal)
    const { signal } = settings
    if (signal.aborted) this.#stop()
    else signal.addEventListener('abort', this.#stop, { once: true })
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

  /** Of a server that has just answered: at once, as clients do. */
  renew(index: number): void {
    if (this.#abort.signal.aborted) return
    this.#begin(index, (reason) => this.#settings.onNotRenewed(index, reason))
  }

  async #attempt(): Promise<void> {
    const { signal } = this.#abort
    const { atOnce, pauseMs } = paceOf(this.#settings.connectPerSecond)
    while (this.#waiting.size > 0 && !signal.aborted) {
      // It rejects when it is stopped, and the loop sees why.
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) break
      // Not awaited: one that hangs holds up no other, and takes no more than its own place.
      const free = Math.max(0, MOST_AT_ONCE - this.#opening.size)
      for (const index of [...this.#waiting].slice(0, Math.min(atOnce, free))) this.#begin(index)
    }
    this.#attempts = null
  }

  /** @param onFailed is told why, before it is tried again; the loss itself has been counted where it is left out */
  #begin(index: number, onFailed: (reason: Said) => void = () => {}): void {
    this.#waiting.delete(index)
    this.#opening.set(index, this.#open(index, onFailed))
  }

  async #open(index: number, onFailed: (reason: Said) => void): Promise<void> {
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
    } catch (error) {
      this.#opening.delete(index)
      this.add(index)
      if (!signal.aborted) onFailed(saidOf(error))
    }
  }

  readonly #stop = (): void => this.#abort.abort()

  /** Resolves when no attempt is under way any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#settings.signal.removeEventListener('abort', this.#stop)
    this.#stop()
    await Promise.all([this.#attempts, ...this.#opening.values()])
  }
}

function paceOf(connectPerSecond: number | null): { atOnce: number; pauseMs: number } {
  if (connectPerSecond === null) return { atOnce: MOST_AT_ONCE, pauseMs: PAUSE_MS }
  const atOnce = Math.max(1, Math.floor((connectPerSecond * PAUSE_MS) / 1_000))
  return { atOnce, pauseMs: Math.max(PAUSE_MS, 1_000 / connectPerSecond) }
}
