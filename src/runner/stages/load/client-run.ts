import { payloadCycle } from '../../../delivery/numbered.ts'
import type { DriverChoice } from '../../../load/driver/drivers.ts'
import type { DriveOutcome } from '../../../load/driver/session.ts'
import { saidOf } from '../../../model/errors.ts'
import { meanPerS, type Pace } from '../../../model/pace.ts'
import type { LoadRun, LoadStretch } from '../../../model/report/load-result.ts'
import { quoted, type Said, said } from '../../../model/said/said.ts'
import { type LoadPlan, ownConnections, rankOf } from '../../../plan/load-plan.ts'
import { shareOf } from '../../../plan/part.ts'
import { createPayloads } from '../../../scenario/payload.ts'
import { epochOffsetNs, nowNs } from '../../../system/clock.ts'
import { usageBetween } from '../../../system/resource-usage.ts'
import { askEndpoint, askLoad } from '../../ask.ts'
import type { ServedCell } from '../../cells/running-cell.ts'
import { connectFailure, stretchFailure } from './failures.ts'
import type { LoadStage } from './load-stage.ts'
import { assembleStretch, countBefallen } from './step-result.ts'

/** What one stretch is to do. */
export interface Work {
  pace: { pace: Pace; text: string } | null
  durationMs: number
  /** Ends it earlier; null: the duration alone does. */
  messages: number | null
}

const CONNECT_DEADLINE_MS = 15_000
const PER_CONNECTION_MS = 20
/** Without a duration of its own, a number of messages has this long. */
const MOST_FOR_MESSAGES_MS = 60_000
/** Beyond the work itself: starting, and what the process is late by. */
export const WORK_SLACK_MS = 10_000
const CLOSE_DEADLINE_MS = 10_000
/** All workers start this long after they were told to. */
const START_AFTER_NS = 20_000_000n
/** What has not arrived after so long a silence does not arrive any more. */
const SILENCE_MS = 1_000
const ARRIVAL_DEADLINE_MS = 20_000
/** Payloads repeat after so many, and after so many bytes. */
const MOST_PAYLOADS = 1_000
const MOST_PAYLOAD_BYTES = 8 * 1024 * 1024

/** One client of one cell: its workers, its connections, its stretches. */
export class LoadRunner implements AsyncDisposable {
  readonly #cell: ServedCell
  readonly #driver: DriverChoice
  readonly #stage: LoadStage
  readonly #run: LoadRun
  readonly #payloads: readonly Uint8Array[]

  constructor(cell: ServedCell, driver: DriverChoice, stage: LoadStage, run: LoadRun) {
    this.#cell = cell
    this.#driver = driver
    this.#stage = stage
    this.#run = run
    const { planned } = cell
    this.#payloads =
      stage.load.role === null
        ? payloadsOf(cell)
        : payloadCycle(planned.scenario, planned.fileBytes).payloads
  }

  /** Opens the connections of all workers; a failure stands in the run. */
  async connect(): Promise<void> {
    const { load, plan, workers } = this.#stage
    const { planned, transport, address, certificate, target } = this.#cell
    const parts = rankOf(load, 0).of
    const deadlineMs = connectDeadlineMs(load)
    const tallies = await Promise.all(
      workers.map(({ process }, worker) =>
        askLoad(
          process,
          'openLoad',
          {
            ...{ transport, kind: this.#driver.kind, scenario: planned.scenario },
            ...{ options: plan.options, payloads: this.#payloads, address, certificate },
            worker: rankOf(load, worker).index,
            ...(target !== undefined && { target }),
            ...(load.role !== null && { ownTopics: { workers: parts } }),
            shape: {
              connections: shareOf(load.connections, rankOf(load, worker).index, parts),
              inFlight: this.#run.inFlight,
              connectPerSecond: load.connectPerS && load.connectPerS / parts,
            },
            busyUs: plan.injection.generatorBusyUs,
            deadlineMs,
          },
          deadlineMs,
        ),
      ),
    )
    this.#run.opened = tallies.reduce((sum, { opened }) => sum + opened, 0)
    this.#run.failedConnections = countBefallen(tallies.map(({ failed }) => failed))
    const { connections, opened, failedConnections } = this.#run
    this.#run.failure = connectFailure(connections, opened, failedConnections)
  }

  /** As much as goes, for the compilers and buffers on both sides; excluded from every figure. */
  async warmUp(): Promise<void> {
    const durationMs = this.#stage.load.warmupMs
    if (durationMs === 0 || this.#run.opened === 0 || this.#run.failure !== null) return
    const { stretch, untold } = await this.#drive(
      { pace: null, durationMs, messages: null },
      'unarmed',
    )
    const { sent, completed } = stretch
    this.#run.warmUp = { sent, completed }
    const failure = stretchFailure(stretch, this.#run.opened) ?? untold
    if (failure !== null) this.#run.failure = said('inWarmUp', { why: quoted(failure) })
  }

  async measure(work: Work): Promise<void> {
    const { stretch, untold } = await this.#drive(work, 'armed')
    this.#run.stretches.push(stretch)
    this.#run.failure = stretchFailure(stretch, this.#run.opened) ?? untold
    const { sent, completed, arrivals } = stretch
    if (arrivals !== null) this.#cell.draft.count(sent, completed, arrivals)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(
      this.#stage.workers.map(({ process }) =>
        askLoad(process, 'closeLoad', undefined, CLOSE_DEADLINE_MS),
      ),
    )
  }

  /** @returns with the stretch, why arrivals are not known that should be; null where they are */
  async #drive(
    work: Work,
    faults: 'armed' | 'unarmed',
  ): Promise<{ stretch: LoadStretch; untold: Said | null }> {
    const { draft, target } = this.#cell
    const { workers, endpointCpu, load } = this.#stage
    const isFlushed = draft.identity.completion === 'flushed'
    const counting = { payloads: this.#payloads, faults }
    const commonNs = faults === 'armed' ? await this.#stage.start.take() : null
    await askEndpoint(this.#cell, 'startCounting', counting)
    // What a server used that is not ours nobody tells us.
    const usage = async () =>
      target === undefined ? await askEndpoint(this.#cell, 'usage', undefined) : null
    const before = await usage()
    const startNs = laterOf(commonNs, nowNs() + START_AFTER_NS)
    const startedAt = new Date(Number((startNs + epochOffsetNs()) / 1_000_000n))
    const outcomes = await this.#driveWorkers(work, startNs)
    const sent = outcomes.reduce((sum, { tally }) => sum + tally.sent, 0)
    if (faults === 'armed') {
      this.#warnOfRenewals(outcomes.map(({ tally }) => tally))
      this.#countRedirects(outcomes)
    }
    const collect = async () =>
      this.#cell.arrivals === 'untold'
        ? null
        : await askEndpoint(
            this.#cell,
            'collectCount',
            { expected: sent, silenceMs: SILENCE_MS, deadlineMs: ARRIVAL_DEADLINE_MS },
            ARRIVAL_DEADLINE_MS + SILENCE_MS,
          )
    // What was only flushed is still being worked on; the interval ends when it has arrived.
    const early = isFlushed ? await orReason(collect()) : null
    // An endpoint that is gone tells nothing; what the load saw of it stands all the same.
    const after = await usage().catch(() => null)
    const { value: arrivals, reason } = early ?? (await orReason(collect()))
    const name = (index: number): string => (index === 0 ? 'load' : `load ${index + 1}`)
    // The end of an endpoint of ours is told apart from this.
    const untold = target === undefined ? null : reason
    const stretch = assembleStretch({
      ...{ startedAt, outcomes, arrivals, pace: work.pace },
      durationNs: work.durationMs * 1e6,
      ...(load.part !== null && { share: { ...load.part, workers: load.workers } }),
      completion: draft.identity.completion,
      capacity: this.#run.opened * this.#run.inFlight,
      generator: outcomes.flatMap(({ usage }, index) =>
        usageBetween(name(index), workers[index]?.cpu ?? null, usage.from, usage.to),
      ),
      server:
        before === null || after === null
          ? []
          : usageBetween('endpoint', endpointCpu, before, after),
    })
    return { stretch: { ...stretch, ...this.#clockOf(outcomes) }, untold }
  }

  /** A handshake each: they are in the figures, of the client that makes them as of any. */
  #warnOfRenewals(tallies: readonly DriveOutcome['tally'][]): void {
    const renewed = tallies.reduce((sum, { renewedConnections }) => sum + renewedConnections, 0)
    const repeated = tallies.reduce((sum, { repeatedMessages }) => sum + repeatedMessages, 0)
    if (renewed === 0) return
    this.#run.warnings.push(said('renewed', { connections: renewed, repeated }))
  }

  /** Of several generators alone: whether they were at one time depends on their clocks. */
  #clockOf(outcomes: readonly DriveOutcome[]): Pick<LoadStretch, 'aheadOfServerMs'> {
    const all = outcomes.flatMap(({ aheadOfServerMs }) => aheadOfServerMs ?? [])
    return this.#stage.load.part === null || all.length === 0
      ? {}
      : { aheadOfServerMs: Math.round(Math.min(...all)) }
  }

  #countRedirects(outcomes: readonly DriveOutcome[]): void {
    const { draft, planned } = this.#cell
    for (const { redirects, tally } of outcomes) {
      draft.redirects.add(redirects, tally.completed, planned.scenario.http.request.method)
    }
  }

  #driveWorkers({ pace, durationMs, messages }: Work, startNs: bigint): Promise<DriveOutcome[]> {
    const { workers, load } = this.#stage
    const most = messages ?? Number.MAX_SAFE_INTEGER
    const elapsedMs =
      messages === null ? durationMs : Math.max(durationMs, patienceMs(pace, messages))
    const deadlineMs = elapsedMs + load.drainMs + WORK_SLACK_MS
    return Promise.all(
      workers.map(({ process }, local) => {
        const { index: worker, of } = rankOf(load, local)
        return askLoad(
          process,
          'driveLoad',
          {
            pace: pace?.pace ?? null,
            durationNs: durationMs * 1e6,
            ...{ worker, workers: of, startNs, deadlineMs, drainMs: load.drainMs },
            until: {
              messages: shareOf(most, worker, of),
              elapsedNs: elapsedMs * 1e6,
            },
          },
          deadlineMs,
        )
      }),
    )
  }
}

const orReason = <T>(answer: Promise<T>): Promise<{ value: T | null; reason: Said | null }> =>
  answer.then(
    (value) => ({ value, reason: null }),
    (error: unknown) => ({ value: null, reason: saidOf(error) }),
  )

/** How long the connections of this generator may take to open. */
export function connectDeadlineMs(load: LoadPlan): number {
  const pacedMs = load.connectPerS === null ? 0 : (load.connections / load.connectPerS) * 1_000
  return CONNECT_DEADLINE_MS + ownConnections(load) * PER_CONNECTION_MS + pacedMs
}

const laterOf = (a: bigint | null, b: bigint): bigint => (a !== null && a > b ? a : b)

/** A number of messages ends by itself; at a rate it takes as long as that takes, and what was held up with it. */
export const patienceMs = (pace: Work['pace'], messages: number): number =>
  pace === null
    ? MOST_FOR_MESSAGES_MS
    : (messages / meanPerS(pace.pace)) * 2_000 + MOST_FOR_MESSAGES_MS / 4

/** What is sent in turn: all that differ, up to a limit. */
function payloadsOf({ planned }: ServedCell): Uint8Array[] {
  const source = createPayloads(planned.scenario, planned.fileBytes ?? undefined)
  const payloads: Uint8Array[] = []
  let bytes = 0
  while (payloads.length < MOST_PAYLOADS && bytes < MOST_PAYLOAD_BYTES) {
    const payload = source.payload(payloads.length)
    // A constant payload is one array for all messages.
    if (payloads[0] === payload) break
    payloads.push(payload)
    bytes += payload.length
  }
  return payloads
}
