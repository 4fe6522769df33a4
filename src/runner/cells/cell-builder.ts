import type { DeliveryCounts } from '../../delivery/match-arrivals.ts'
import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import type { OverLinkResult } from '../../model/report/link-result.ts'
import type { LoadRun } from '../../model/report/load-result.ts'
import type { MachineLoad } from '../../model/report/machine.ts'
import { totalLinkBytesOf } from '../../model/report/metric.ts'
import type { Received } from '../../model/report/reception.ts'
import type {
  BytesResult,
  Cell,
  CellIdentity,
  Counts,
  LatencyResult,
  TimedRenewals,
} from '../../model/report/report.ts'
import { type Said, said } from '../../model/said/said.ts'
import { type LedgerEntry, withNetwork } from '../../model/wire/ledger.ts'
import type { summariseRounds } from '../../stats/summary.ts'
import { RedirectTally } from './redirect-tally.ts'

/** The latencies of one round, in nanoseconds. */
export interface RoundLatencies {
  response: number[]
  delivery: number[]
  sendDelay: number[]
  /** Of a fan-out: of each message, until the first and until the last subscriber had it. */
  fanout?: { first: number[]; last: number[] }
}

/** The generator is called late when its own delay is this share of the latency it should measure. */
const LATE_SHARE = 0.1

const NO_COUNTS: Counts = {
  sent: 0,
  completed: 0,
  delivered: 0,
  lost: 0,
  duplicated: 0,
  corrupted: 0,
}

const sumKnown = (sum: number | null, more: number | undefined): number | null =>
  sum === null || more === undefined ? null : sum + more

/** A cell while it is being measured: at any moment it can be read as a finished one. */
export class CellDraft {
  readonly identity: CellIdentity
  readonly warnings: Said[] = []
  bytes: BytesResult | null = null
  /** Of a run over a link. */
  overLink: OverLinkResult | null = null
  /** The `network` layer as it was measured on a link; null where the model stands. */
  network: readonly LedgerEntry[] | null = null
  /** Of the message that took the fewest there. */
  leastLinkBytes: number | null = null
  /** Whether link bytes are part of the cell. */
  linkBytes: 'kept' | 'left-out' = 'kept'
  /** While each pass was measured. */
  readonly machine: { bytes?: MachineLoad; latency?: MachineLoad } = {}
  /** Under load: one of each client, filled as it is measured. */
  readonly load: LoadRun[] = []
  /** Of a part that subscribes: what came so far. */
  received: Received | null = null
  readonly redirects = new RedirectTally()
  /** Every pass that was asked for has ended. */
  done = false
  #counts: Counts = { ...NO_COUNTS }
  #failure: Said | null = null
  #skipped: Said | null = null
  #amounts: LatencyAmounts | null = null
  /** Of whoever measures latency: a byte pass has no use for histograms, which are large. */
  #summarise: typeof summariseRounds = () => null
  readonly #rounds: RoundLatencies[] = []
  readonly #renewals: TimedRenewals = { connections: 0, repeated: 0 }

  constructor(identity: CellIdentity) {
    this.identity = identity
  }

  get failed(): boolean {
    return this.#failure !== null
  }

  get skipped(): boolean {
    return this.#skipped !== null
  }

  /** The first reason stands: what follows is its consequence. */
  fail(reason: Said): void {
    this.#failure ??= reason
  }

  skip(reason: Said): void {
    this.#skipped = reason
  }

  /** @param match null where nobody knows what arrived; it is then unknown for the cell */
  count(sent: number, completed: number, match: DeliveryCounts | null): void {
    const counts = this.#counts
    this.#counts = {
      sent: counts.sent + sent,
      completed: counts.completed + completed,
      delivered: sumKnown(counts.delivered, match?.delivered),
      lost: sumKnown(counts.lost, match?.lost),
      duplicated: sumKnown(counts.duplicated, match?.duplicated),
      corrupted: sumKnown(counts.corrupted, match?.corrupted),
    }
  }

  addRound(
    round: RoundLatencies,
    amounts: LatencyAmounts,
    summarise: typeof summariseRounds,
  ): void {
    this.#amounts = amounts
    this.#summarise = summarise
    this.#rounds.push(round)
  }

  /** Of measured rounds. */
  addRenewals({ connections, repeated }: TimedRenewals): void {
    this.#renewals.connections += connections
    this.#renewals.repeated += repeated
  }

  /** @param unreached what to say of a cell that the run has not come to */
  toCell(unreached: Said): Cell {
    if (this.#skipped !== null) {
      return { ...this.identity, status: 'skipped', reason: this.#skipped }
    }
    const latency = this.#latency()
    const load = this.load.filter(
      ({ stretches, failure }) => stretches.length > 0 || failure !== null,
    )
    const nothing = [this.bytes, latency, this.overLink, this.received].every(
      (figure) => figure === null,
    )
    const untouched = nothing && load.length === 0 && this.#failure === null
    if (untouched && !this.done) {
      return { ...this.identity, status: 'skipped', reason: unreached }
    }
    const figures = {
      bytes: this.#bytesWithNetwork(),
      latency,
      ...(this.overLink !== null && { overLink: this.overLink }),
      ...(load.length > 0 && { load: structuredClone({ runs: load }) }),
      ...(this.received !== null && { received: this.received }),
      ...(Object.keys(this.machine).length > 0 && { machine: { ...this.machine } }),
      counts: this.#counts.sent === 0 ? null : this.#counts,
      warnings: [
        ...this.warnings,
        ...this.#lateness(latency),
        ...this.#losses(),
        ...this.redirects.warnings(),
      ],
    }
    return this.#failure === null
      ? { ...this.identity, status: 'measured', ...figures }
      : { ...this.identity, status: 'failed', reason: this.#failure, ...figures }
  }

  #bytesWithNetwork(): BytesResult | null {
    const { bytes, network } = this
    if (bytes === null) return null
    if (this.linkBytes === 'kept') {
      if (network === null) return bytes
      return {
        ...bytes,
        ledger: withNetwork(bytes.ledger, network),
        ...this.#linkWitnesses(bytes),
      }
    }
    const { subscriberLinks } = bytes
    return {
      ...bytes,
      ledger: withNetwork(bytes.ledger, []),
      ...(subscriberLinks && { subscriberLinks: withNetwork(subscriberLinks, []) }),
    }
  }

  /** @param modelled with the network layer that the model has */
  #linkWitnesses(modelled: BytesResult): Pick<BytesResult, 'linkWitnesses'> {
    const { leastLinkBytes: leastBytes } = this
    const modelledBytes = totalLinkBytesOf(modelled)
    const isOwn = modelled.firstMessage?.connection === 'own'
    if (!isOwn || leastBytes === null || modelledBytes === null) return {}
    return { linkWitnesses: { leastBytes, modelledBytes } }
  }

  #latency(): LatencyResult | null {
    const amounts = this.#amounts
    if (amounts === null) return null
    return {
      loop: 'closed',
      rounds: this.#rounds.length,
      messagesPerRound: amounts.messagesPerRound,
      warmupMessages: amounts.warmupMessages,
      response:
        this.identity.completion === 'flushed'
          ? null
          : this.#summarise(this.#rounds.map((round) => round.response)),
      delivery: this.#summarise(this.#rounds.map((round) => round.delivery)),
      sendDelay: this.#summarise(this.#rounds.map((round) => round.sendDelay)),
      ...(this.#renewals.connections > 0 && { renewals: { ...this.#renewals } }),
      ...this.#fanout(),
    }
  }

  #fanout(): Pick<LatencyResult, 'fanout'> {
    if (this.identity.subscribers === undefined) return {}
    const of = (end: 'first' | 'last') =>
      this.#summarise(this.#rounds.map(({ fanout }) => fanout?.[end] ?? []))
    return { fanout: { first: of('first'), last: of('last') } }
  }

  #lateness(latency: LatencyResult | null): Said[] {
    const delayUs = latency?.sendDelay?.p50Us ?? null
    const typicalUs = latency?.response?.p50Us ?? latency?.delivery?.p50Us ?? null
    if (delayUs === null || typicalUs === null || delayUs < typicalUs * LATE_SHARE) return []
    return [said('generatorLate', { delayUs, ofUs: typicalUs })]
  }

  #losses(): Said[] {
    const { lost, duplicated, corrupted } = this.#counts
    const found = { lost: lost ?? 0, duplicated: duplicated ?? 0, corrupted: corrupted ?? 0 }
    return Object.values(found).every((count) => count === 0) ? [] : [said('notIntact', found)]
  }
}
