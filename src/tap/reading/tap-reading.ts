import type { MeterFigures } from '../../model/report/tap/meter-figures.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import type { ConnectionTap, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import { type CutFigures, TapBook, type TapBookOptions, type TapFigures } from '../tap-book.ts'

/** A connection that is read, as its relay sees it. */
export interface ReadConnection extends ConnectionTap {
  readonly number: number
  /** `192.0.2.1:49152`. */
  readonly client: string
}

/** Who reads what crosses a tap: here, or in a thread of its own. */
export interface TapReading extends AsyncDisposable {
  readonly accepted: number
  readonly openCount: number
  /** Whether so much waits to be read that an answer takes longer than a moment. */
  readonly isBehind: boolean
  openConnection(client: SocketPlace): ReadConnection
  /** One that could not even be accepted. */
  lose(reason: string): void
  /**
   * Of all that crossed until the call.
   * @param totals what the relay has passed on by then
   * @param patienceMs what is not read after so long is only counted
   */
  figures(totals: ByteTotals, patienceMs: number): Promise<TapFigures>
  /** The same, for a report that is cut here. */
  cut(totals: ByteTotals, patienceMs: number): Promise<CutFigures>
  /** What is told while it runs, which is much less than a report. */
  meter(totals: ByteTotals, patienceMs: number): Promise<Metered>
}

export interface Metered {
  connections: TapFigures['connections']
  /** Null where it was not asked for. */
  meter: MeterFigures | null
}

/** Reads at once, between one chunk and the next. */
export function readHere(options: TapBookOptions): TapReading {
  const book = new TapBook(options)
  return {
    get accepted() {
      return book.accepted
    },
    get openCount() {
      return book.openCount
    },
    isBehind: false,
    openConnection: (client) => book.openConnection(client),
    lose: (reason) => book.lose(reason),
    figures: async () => book.figures(),
    cut: async () => book.cut(),
    meter: async () => ({ connections: book.connections(), meter: book.meterFigures() }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
