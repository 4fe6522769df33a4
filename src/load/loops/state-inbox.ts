/** A state that reached the app. */
export interface ArrivedState {
  readonly payload: Uint8Array
  readonly atNs: bigint
}

/** The app's memory of states, each with the instant at which it came. */
export class StateInbox {
  readonly #now: () => bigint
  #arrived: ArrivedState[] = []
  #tell: (() => void) | null = null

  constructor(now: () => bigint) {
    this.#now = now
  }

  readonly take = (payload: Uint8Array): void => {
    this.#arrived.push({ payload, atNs: this.#now() })
    this.#tell?.()
  }

  /** Forgets what an earlier command brought. */
  clear(): void {
    this.#arrived = []
  }

  /**
   * The first state that is these bytes, of those that came since `clear`.
   * @returns null where none came in time
   */
  async find(payload: Uint8Array, deadlineMs: number): Promise<ArrivedState | null> {
    const expected = Buffer.from(payload)
    const look = (): ArrivedState | null =>
      this.#arrived.find((state) => expected.equals(state.payload)) ?? null
    const already = look()
    if (already !== null) return already
    return new Promise((resolve) => {
      const settle = (found: ArrivedState | null): void => {
        clearTimeout(timer)
        this.#tell = null
        resolve(found)
      }
      const timer = setTimeout(() => settle(null), deadlineMs)
      this.#tell = () => {
        const found = look()
        if (found !== null) settle(found)
      }
    })
  }
}
