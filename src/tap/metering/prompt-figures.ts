import { setTimeout as delay } from 'node:timers/promises'
import type { MeterFigures } from '../../model/report/tap/meter-figures.ts'
import type { TapReport } from '../../model/report/tap/tap-report.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { nowNs } from '../../system/clock.ts'
import type { Metered, TapReading } from '../reading/tap-reading.ts'

/** What a tap tells while it runs. */
export interface TapSnapshot extends Pick<TapReport, 'listen' | 'wireBytes' | 'connections'> {
  meter: MeterFigures
  /** So long ago all of it was true. */
  ageMs: number
}

/** A tap that is there, for who asks for its figures at times of his own. */
export interface RunningTap {
  /** At once: where the reader is behind, the figures are the last that it gave. */
  snapshot(): Promise<TapSnapshot | null>
}

/** Who asks is answered after so long at the latest, by what is known. */
const PROMPT_MS = 10
/** What is not read by then is counted alone; a scrape shall not be why. */
const PATIENCE_MS = 30_000

/** The figures of a reader, for who does not wait until it has caught up. */
export class PromptFigures implements RunningTap {
  readonly #reading: TapReading
  readonly #totals: () => ByteTotals
  readonly #listen: string
  #latest: (Metered & { wireBytes: ByteTotals; atNs: bigint }) | null = null
  #asking: Promise<void> | null = null
  #state: 'open' | 'closed' = 'open'

  constructor(reading: TapReading, totals: () => ByteTotals, listen: string) {
    this.#reading = reading
    this.#totals = totals
    this.#listen = listen
  }

  /** Before the first byte: there are figures then for who asks first, however much crosses by that time. */
  async begin(): Promise<void> {
    await this.#ask()
  }

  /** Nothing more is asked for. */
  close(): void {
    this.#state = 'closed'
  }

  async snapshot(): Promise<TapSnapshot | null> {
    const asking = this.#ask()
    // Where much waits it is known beforehand that the answer comes too late.
    if (!this.#reading.isBehind) await Promise.race([asking, delay(PROMPT_MS)])
    if (this.#latest === null) return null
    const { connections, meter, wireBytes, atNs } = this.#latest
    if (meter === null) return null
    const ageMs = Math.round(Number(nowNs() - atNs) / 1e6)
    return { listen: this.#listen, wireBytes, connections, meter, ageMs }
  }

  async #ask(): Promise<void> {
    if (this.#state === 'closed') return
    this.#asking ??= this.#renew()
    await this.#asking
  }

  async #renew(): Promise<void> {
    const [wireBytes, atNs] = [this.#totals(), nowNs()]
    const metered = await this.#reading.meter(wireBytes, PATIENCE_MS)
    if (this.#state === 'open') this.#latest = { ...metered, wireBytes, atNs }
    this.#asking = null
  }
}
