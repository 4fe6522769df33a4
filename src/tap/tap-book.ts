import { InstrumentError } from '../model/errors.ts'
import type { MeterFigures } from '../model/report/tap/meter-figures.ts'
import { speaks } from '../model/report/tap/speaks.ts'
import type { TapProtocol, TapReport } from '../model/report/tap/tap-report.ts'
import { type Said, said } from '../model/said/said.ts'
import { parseHostPort } from '../model/text/host-port.ts'
import { DIRECTIONS } from '../model/vocabulary.ts'
import type { ByteTotals } from '../model/wire/ledger.ts'
import type { FrameListener } from '../wire/detection/detected-connection.ts'
import { KeptSessions } from '../wire/detection/kept-sessions.ts'
import type { SocketPlace } from '../wire/relay/tcp-relay.ts'
import { OTHERS } from './metering/connection-meter.ts'
import { type MeterOptions, TapMeter } from './metering/tap-meter.ts'
import { NotableConnections } from './notable-connections.ts'
import { type Settled, toldBytes } from './periods/periods.ts'
import { ProtocolTotals } from './protocol-totals.ts'
import { describeFault, TappedConnection } from './tapped-connection.ts'

export interface TapBookOptions {
  /** Nanoseconds since the tap began. */
  nowNs: () => bigint
  /** What should be said at once; the book bounds how often. */
  onRemark(remark: Said): void
  /** After a connection has ended. */
  onEnded?(): void
  /** Is told every frame of every connection. */
  onFrame?: FrameListener | undefined
  only?: TapFilter
  /** How it crosses; a stream if left out. */
  carrier?: 'datagrams' | undefined
  /** What is told while it runs; nothing if left out. */
  meter?: MeterOptions | null | undefined
}

/** What is told of; the bytes of the rest are counted, and no more. */
export interface TapFilter {
  /** Of clients, as they are written in the report. */
  host: string | null
  protocol: string | null
}

/** The figures of a tap, as far as they come from its connections. */
export type TapFigures = Pick<TapReport, 'connections' | 'protocols' | 'notable'>

/** The same where a report is cut. */
export interface CutFigures extends TapFigures {
  /** What is read to its end, and stays as it is. */
  settled: Settled
}

/** Of each kind; then it is only counted, and the report has it. */
const MOST_REMARKS = 10

/**
 * Everything that crossed a tap. Connections that have ended are folded into
 * totals: the book grows with those that are open, and with nothing else.
 */
export class TapBook {
  readonly #options: TapBookOptions
  readonly #open = new Set<TappedConnection>()
  readonly #ended = new Map<string, ProtocolTotals>()
  /** The same by what it was told of first. */
  readonly #settled = new Map<string, ProtocolTotals>()
  readonly #notable = new NotableConnections()
  readonly #memory = new KeptSessions()
  readonly #counts = { accepted: 0, closed: 0, broken: 0, unreachable: 0, lost: 0 }
  readonly #remarks = new Map<string, number>()
  readonly #meter: TapMeter | null
  #peakConcurrent = 0

  constructor(options: TapBookOptions) {
    this.#options = options
    this.#meter = options.meter
      ? new TapMeter(options.meter, (connection) => this.#isWanted(connection))
      : null
  }

  get accepted(): number {
    return this.#counts.accepted
  }

  get openCount(): number {
    return this.#open.size
  }

  /** For one more connection. */
  openConnection(client: SocketPlace): TappedConnection {
    this.#counts.accepted += 1
    const { nowNs, onFrame, carrier } = this.#options
    const metered = this.#meter?.openConnection(onFrame)
    const connection = new TappedConnection(this.#counts.accepted, client, {
      nowNs,
      memory: this.#memory,
      onFrame: metered?.onFrame ?? onFrame,
      onChunk: metered?.onChunk ?? null,
      carrier,
      watcher: {
        ended: (ended) => this.#close(ended),
        unexplained: (its, { direction, reason }) =>
          this.#remark(
            'unexplained',
            said('tapUnexplained', { ...named(its), protocol: its.protocol, direction, reason }),
          ),
      },
    })
    metered?.begin(connection)
    this.#open.add(connection)
    this.#peakConcurrent = Math.max(this.#peakConcurrent, this.#open.size)
    return connection
  }

  /** One that could not even be accepted. */
  lose(reason: string): void {
    this.#counts.lost += 1
    this.#remark('lost', said('tapLost', { reason }))
  }

  figures(): TapFigures {
    const totals = new Map([...this.#ended].map(([name, ended]) => [name, ended.copy()]))
    const notable = this.#notable.copy()
    for (const connection of this.#open) {
      this.#addTo(totals, connection)
      if (this.#isWanted(connection)) notable.add(connection)
    }
    return {
      connections: this.connections(),
      protocols: [...totals.values()]
        .map((each) => each.describe())
        .sort((a, b) => isOthers(a) - isOthers(b) || wireBytesOf(b) - wireBytesOf(a)),
      notable: notable.list(),
    }
  }

  connections(): TapFigures['connections'] {
    return { ...this.#counts, open: this.#open.size, peakConcurrent: this.#peakConcurrent }
  }

  /** What is told while it runs; null where that was not asked for. */
  meterFigures(): MeterFigures | null {
    return this.#meter?.figures() ?? null
  }

  cut(): CutFigures {
    return { ...this.figures(), settled: this.#settledProtocols() }
  }

  #settledProtocols(): TapProtocol[] {
    const totals = new Map([...this.#settled].map(([name, ended]) => [name, ended.copy()]))
    for (const connection of this.#open) {
      const its = this.#meter?.settled(connection)
      if (its) this.#addTo(totals, connection, its.protocol, its.told)
    }
    return Array.from(totals.values(), (each) => each.describe())
  }

  #close(connection: TappedConnection): void {
    this.#open.delete(connection)
    const label = this.#meter?.close(connection)
    const { state, fault } = connection
    this.#counts[state === 'open' ? 'closed' : state] += 1
    // What never reached the target has crossed nothing.
    if (state !== 'unreachable') {
      this.#addTo(this.#ended, connection)
      if (label && this.#options.meter?.periods) {
        this.#addTo(this.#settled, connection, label.protocol)
      }
    }
    if (this.#isWanted(connection)) this.#notable.add(connection)
    if (state === 'unreachable' && fault !== null) {
      const remark = said('tapUnreachable', { ...named(connection), fault: describeFault(fault) })
      this.#remark('unreachable', remark)
    }
    this.#options.onEnded?.()
  }

  /** @param told of one that goes on, the bytes that are certain */
  #addTo(
    totals: Map<string, ProtocolTotals>,
    connection: TappedConnection,
    name = this.#isWanted(connection) ? connection.protocol : OTHERS,
    told?: ByteTotals,
  ): void {
    let its = totals.get(name)
    if (its === undefined) {
      its = new ProtocolTotals(name)
      totals.set(name, its)
    }
    if (name === OTHERS) its.count(connection, 'of what was not asked for')
    else its.add(connection, told)
  }

  #isWanted({ client, protocol }: TappedConnection): boolean {
    const { host = null, protocol: asked = null } = this.#options.only ?? {}
    return (
      (host === null || parseHostPort(client)?.host === host) &&
      (asked === null || speaks(protocol, asked))
    )
  }

  #remark(kind: string, remark: Said): void {
    const times = (this.#remarks.get(kind) ?? 0) + 1
    this.#remarks.set(kind, times)
    if (times > MOST_REMARKS) return
    this.#options.onRemark(times === MOST_REMARKS ? said('tapMoreOfKind', { remark }) : remark)
  }
}

const named = ({ number, client }: TappedConnection) => ({ number, client })

const isOthers = ({ protocol }: TapProtocol): number => Number(protocol === OTHERS)
const wireBytesOf = ({ wireBytes }: TapProtocol): number => wireBytes.up + wireBytes.down

/**
 * Holds the ledgers against what the relay counted by itself.
 * @throws InstrumentError `ledger-mismatch`
 */
export function checkAgainst(relayTotals: ByteTotals, protocols: readonly TapProtocol[]): void {
  for (const direction of DIRECTIONS) {
    const [summed, passed] = [toldBytes(protocols, direction), relayTotals[direction]]
    if (summed === passed) continue
    throw new InstrumentError(
      'ledger-mismatch',
      said('otherLedgerBytes', { direction, summed, passed }),
    )
  }
}
