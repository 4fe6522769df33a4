import { InstrumentError, saidOf } from '../model/errors.ts'
import type { ProgressStep } from '../model/progress-step.ts'
import type { LinkResult } from '../model/report/link-result.ts'
import type { RawMessage } from '../model/report/raw.ts'
import type { BytesResult, CellIdentity, HeaderSetResult, Report } from '../model/report/report.ts'
import { quoted, said } from '../model/said/said.ts'
import type { WireRecording } from '../model/wire/recording.ts'
import type { LoadPlan } from '../plan/load-plan.ts'
import type { Plan, PlannedScenario } from '../plan/plan.ts'
import { nowNs, wallClock } from '../system/clock.ts'
import { LossyNetwork } from '../system/namespace/lossy-network.ts'
import { choosePinning, type Pinning, unpinned } from '../system/pinning.ts'
import { targetOf, traitsAt } from '../targets/target.ts'
import { ownPorts, type TurnedAway } from '../transports/own-ports/own-ports.ts'
import { loadTransport } from '../transports/registry.ts'
import { optionsFor, traitsFor } from '../transports/run-options.ts'
import type { TransportTraits } from '../transports/transport.ts'
import { askEndpoint } from './ask.ts'
import { type Drafts, draftCells, linkName } from './cells/create-cells.ts'
import type { ServedCell } from './cells/running-cell.ts'
import { Serving } from './cells/serving.ts'
import { watchMachine } from './cells/watch-machine.ts'
import { type EndpointHandle, localEndpoint } from './endpoint-handle.ts'
import { describeEnvironment } from './environment.ts'
import { ProcessPool } from './process-pool.ts'
import { RunProgress, type StepKind, stepsOf } from './run-progress.ts'
import { doesPlacementMatter, reportOf } from './run-report.ts'
import { say } from './run-words.ts'
import { measureBytes } from './stages/bytes.ts'
import { LinkStage } from './stages/link-bytes.ts'
import type { CommonStart } from './stages/load/common-start.ts'
import type { DeviceWay } from './stages/slow-link/network-path.ts'
import { hasLatency } from './targets/latency-limits.ts'

export interface RunHooks {
  /** Aborting it ends the run; its reason names the signal. */
  signal: AbortSignal
  /** Where the run stands; called between measurements only. */
  onProgress(step: ProgressStep): void
  /** Called with everything measured so far: before the first cell, after each, and at the end. */
  onReport?(report: Report): Promise<void>
  /** Called with the bytes of each byte pass; `settled` saves its cell the passes that are left. */
  onBytePass?(
    cell: { scenario: string; transport: string },
    bytes: BytesResult,
  ): 'settled' | undefined
  /** Called with what each byte pass recorded, also one that failed, where the plan asks for it. */
  onRecording?(cell: CellIdentity, recording: WireRecording): void
  /** Called for each measured message when the plan asks for raw values. */
  onMessage?(message: RawMessage): void
}

/**
 * Measures a plan. Never throws for what happens to a cell: that stands in the
 * report.
 * @throws whatever `onReport` throws: a run whose results cannot be kept ends
 */
export async function runPlan(plan: Plan, hooks: RunHooks): Promise<Report> {
  const run = await Run.prepare(plan, hooks)
  return run.execute()
}

class Run {
  readonly #plan: Plan
  readonly #hooks: RunHooks
  readonly #pinning: Pinning
  readonly #traits: ReadonlyMap<string, TransportTraits>
  readonly #drafts: Drafts
  readonly #headerSets: HeaderSetResult[] = []
  readonly #startedAt = wallClock()
  readonly #startedNs = nowNs()
  readonly #environment: Report['environment']
  readonly #stopped: Promise<never>
  #finishedAt: Date | null = null
  #link: LinkResult | null = null
  /** Where packets are lost. */
  #network: LossyNetwork | null = null
  #links: LinkStage | null = null
  readonly #progress: RunProgress
  readonly #serving: Serving
  /** Who came to the endpoints of another process and was not of this run; null where nobody can tell. */
  #turnedAway: readonly TurnedAway[] | null = []
  /** What the first stretch under load waits for. */
  #start: CommonStart | null = null
  /** The endpoint of the byte pass that is under way, or the last one. */
  #local: EndpointHandle | null = null

  private constructor(plan: Plan, hooks: RunHooks, traits: ReadonlyMap<string, TransportTraits>) {
    this.#plan = plan
    this.#hooks = hooks
    this.#traits = traits
    // Bytes do not depend on placement, and start sooner without it.
    this.#pinning = doesPlacementMatter(plan) ? choosePinning() : unpinned(said('pinningNotNeeded'))
    this.#environment = describeEnvironment(this.#pinning)
    this.#drafts = draftCells(plan, traits)
    this.#serving = new Serving(plan, traits, hooks.signal)
    this.#progress = new RunProgress(stepsOf(plan, this.#drafts, traits), hooks.onProgress)
    this.#stopped = new Promise((_, reject) => {
      const stop = (): void => reject(stopReason(hooks.signal))
      if (hooks.signal.aborted) stop()
      else hooks.signal.addEventListener('abort', stop, { once: true })
    })
    this.#stopped.catch(() => {})
  }

  static async prepare(plan: Plan, hooks: RunHooks): Promise<Run> {
    const ids = new Set(plan.scenarios.flatMap(({ transports }) => transports))
    const traits = new Map<string, TransportTraits>()
    for (const id of ids) {
      const own = traitsFor(await loadTransport(id), plan.options)
      traits.set(id, traitsAt(targetOf(plan.targets, own), own))
    }
    const run = new Run(plan, hooks, traits)
    await run.#skipUnavailable()
    return run
  }

  /** What a transport needs and this machine lacks is no failure: the cell says how to mend it. */
  async #skipUnavailable(): Promise<void> {
    for (const id of new Set(this.#plan.scenarios.flatMap(({ transports }) => transports))) {
      if (this.#serving.targetOf(id) !== undefined) continue
      const transport = await loadTransport(id)
      const options = optionsFor(transport, this.#plan.options)
      const missing = (await transport.availability?.(options)) ?? null
      for (const drafts of this.#drafts.values()) {
        if (missing !== null) drafts.get(id)?.skip(quoted(missing))
      }
      // Its version decides what crosses the wire, like those of the libraries.
      Object.assign(this.#environment.libraries, await transport.programs?.(options))
    }
  }

  async execute(): Promise<Report> {
    ownPorts.guard('on')
    try {
      return await this.#execute()
    } finally {
      ownPorts.guard('off')
      await this.#removeLeftovers()
    }
  }

  /** A process that was killed could not tidy up behind the programs that it had started. */
  async #removeLeftovers(): Promise<void> {
    if ([...this.#traits.values()].every(({ needs }) => needs === undefined)) return
    const { removeLeftBrokers } = await import('../transports/mqtt/mosquitto-process.ts')
    await removeLeftBrokers()
  }

  async #execute(): Promise<Report> {
    await this.#publish()
    await using network = this.#plan.loss === undefined ? null : await LossyNetwork.open()
    this.#network = network
    this.#serving.network = network
    const ways = network && { load: network.enterDevice, endpoints: network.enterEndpoint }
    await using pool = new ProcessPool(this.#pinning, ways ?? {})
    await using links = new LinkStage(this.#plan, this.#drafts, this.#traits, this.#hooks.signal)
    this.#links = links
    try {
      await this.#checkLink(pool)
      for (const planned of this.#plan.scenarios) {
        this.#hooks.signal.throwIfAborted()
        await this.#measureScenario(planned, pool)
      }
      await this.#linksMeasured()
    } catch (error) {
      if (!this.#hooks.signal.aborted) throw error
    }
    this.#turnedAway = await pool.turnedAway()
    this.#finishedAt = wallClock()
    // Before anything is ended: what a cell suffers from that is no finding.
    const report = this.#report()
    await this.#hooks.onReport?.(report)
    if (this.#local !== null) await askEndpoint({ endpoint: this.#local }, 'stop', undefined)
    return report
  }

  async #checkLink(pool: ProcessPool): Promise<void> {
    const { link } = this.#plan
    if (link === undefined) return
    this.#progress.begin('link', say.readingLink(link.profile.name))
    const { checkLink } = await import('./stages/slow-link/check-link.ts')
    this.#link = await this.#orStopped(checkLink(link.profile, pool.load(), pool.links()))
    await this.#publish()
  }

  async #measureScenario(planned: PlannedScenario, pool: ProcessPool): Promise<void> {
    if (this.#plan.measures.includes('bytes')) await this.#measureScenarioBytes(planned)
    if (this.#plan.measures.every((measure) => measure === 'bytes')) return
    const cells = await this.#serveAll(planned, pool)
    if (this.#plan.measures.includes('latency')) {
      await this.#linksMeasured()
      const standing = cells.filter((cell) => !cell.draft.failed && hasLatency(cell, this.#traits))
      await watchMachine(standing, 'latency', () =>
        this.#orStopped(this.#measureScenarioLatency(planned, standing, pool)),
      )
    }
    const { load } = this.#plan
    const left = load === undefined ? cells : await this.#measureLoad(load, planned, cells, pool)
    for (const cell of left) {
      cell.draft.done = true
      await this.#stop(cell)
    }
    await this.#publish()
  }

  /** One cell after the other, in this process: each is served, measured and stopped. */
  async #measureScenarioBytes(planned: PlannedScenario): Promise<void> {
    const isAll = this.#plan.measures.every((measure) => measure === 'bytes')
    for (const [transport, draft] of this.#drafts.get(planned) ?? []) {
      if (draft.skipped) continue
      this.#tell('bytes', planned, say.bytes(transport), transport)
      if (draft.identity.protocol === 'none') {
        draft.warnings.push(said('noWire'))
      } else {
        const endpoint = localEndpoint(transport)
        this.#local = endpoint
        const cell = await this.#orStopped(this.#serving.serve(planned, transport, draft, endpoint))
        if (cell !== null) {
          await watchMachine([cell], 'bytes', () => this.#measureCellBytes(cell))
          await this.#stop(cell)
        }
      }
      if (isAll) draft.done = true
      await this.#publish()
    }
    await this.#measureHeaderSets(planned)
  }

  async #stop(cell: ServedCell): Promise<void> {
    await this.#orStopped(askEndpoint(cell, 'stop', undefined)).catch((error: unknown) =>
      cell.draft.warnings.push(said('stopping', { why: quoted(saidOf(error)) })),
    )
  }

  async #measureLoad(
    load: LoadPlan,
    planned: PlannedScenario,
    cells: readonly ServedCell[],
    pool: ProcessPool,
  ): Promise<ServedCell[]> {
    const { measureLoad } = await import('./stages/load/stage.ts')
    const { CommonStart } = await import('./stages/load/common-start.ts')
    this.#start ??= new CommonStart(load.startAtMs, this.#hooks.signal)
    const start = this.#start
    const measured = cells.filter(({ draft }) => draft.failed)
    for (const served of cells.filter(({ draft }) => !draft.failed)) {
      const cell = await this.#orStopped(this.#serving.stillServed(served, pool))
      if (cell === null) continue
      measured.push(cell)
      await this.#orStopped(this.#serving.guardEndpoints(pool))
      const measuring = measureLoad(cell, this.#traits.get(cell.transport) as TransportTraits, {
        ...{ plan: this.#plan, load, start },
        // Who only subscribes sends nothing.
        workers: load.role === 'subscribe' ? [] : pool.loadWorkers(load.workers),
        endpointCpu: this.#pinning.endpointCpu,
        checkpoint: () => this.#hooks.signal.throwIfAborted(),
        onProgress: (what) => this.#tell('load', planned, what, cell.transport),
        onMeasured: async () => {
          await this.#publish()
        },
      })
      await this.#orStopped(measuring)
    }
    return measured
  }

  async #measureScenarioLatency(
    planned: PlannedScenario,
    cells: readonly ServedCell[],
    pool: ProcessPool,
  ): Promise<void> {
    const stage = {
      plan: this.#plan,
      load: pool.load(),
      startedNs: this.#startedNs,
      checkpoint: () => this.#hooks.signal.throwIfAborted(),
      onRound: (round: number, rounds: number) =>
        this.#tell('round', planned, say.round(round + 1, rounds)),
      onMessage: (message: RawMessage) => this.#hooks.onMessage?.(message),
    }
    const way = await this.#wayOfDevices(pool)
    if (way !== null) {
      const { measureOverLink } = await import('./stages/slow-link/stage.ts')
      const onCell = ({ transport }: ServedCell, what: string): void =>
        this.#tell('over', planned, say.over(linkName(this.#plan), transport, what), transport)
      return measureOverLink(cells, { ...stage, way, onCell })
    }
    const { measureLatency } = await import('./stages/latency.ts')
    this.#tell('warm-up', planned, say.warmUp)
    return measureLatency(cells, stage)
  }

  /** Null: straight to the endpoint on loopback. */
  async #wayOfDevices(pool: ProcessPool): Promise<DeviceWay | null> {
    const { link, loss } = this.#plan
    if (link !== undefined) {
      const { relayWay } = await import('./stages/slow-link/shaped-path.ts')
      return relayWay(link, pool.links())
    }
    if (loss === undefined || this.#network === null) return null
    const { lossyWay } = await import('./stages/slow-link/lossy-path.ts')
    return lossyWay(loss, this.#network)
  }

  /** Link passes go on beside the byte passes; beside a latency pass they would be in its figures. */
  async #linksMeasured(): Promise<void> {
    if (this.#links === null || this.#links.isDone) return
    this.#progress.begin('packets', say.packets)
    await this.#orStopped(this.#links.measured)
  }

  async #measureHeaderSets(planned: PlannedScenario): Promise<void> {
    // Heads of clients that post: there is nobody to replay who waits.
    if (planned.scenario.flow !== 'uplink' || this.#plan.headerSets.length === 0) return
    const { measureHeaderSet } = await import('./stages/header-sets.ts')
    for (const pair of this.#plan.headerSets) {
      this.#tell('headers', planned, say.headerSet(pair.headerSet, pair.answerSet))
      this.#headerSets.push(
        await this.#orStopped(measureHeaderSet(planned, pair, this.#plan, this.#hooks.signal)),
      )
      await this.#publish()
    }
  }

  async #measureCellBytes(cell: ServedCell): Promise<void> {
    const name = { scenario: cell.planned.scenario.name, transport: cell.transport }
    let left = this.#plan.bytePasses
    while (left > 0 && !cell.draft.failed) {
      left -= 1
      await this.#orStopped(
        measureBytes(
          cell,
          this.#plan,
          (bytes, recording) => {
            if (bytes !== null && this.#hooks.onBytePass?.(name, bytes) === 'settled') left = 0
            if (recording !== null) this.#hooks.onRecording?.(cell.draft.identity, recording)
          },
          this.#hooks.signal,
        ),
      )
    }
  }

  /** Starts every endpoint of a scenario that still stands, for what depends on placement. */
  async #serveAll(planned: PlannedScenario, pool: ProcessPool): Promise<ServedCell[]> {
    this.#tell('serve', planned, say.starting)
    const cells: ServedCell[] = []
    for (const [transport, draft] of this.#drafts.get(planned) ?? []) {
      if (draft.skipped || draft.failed) continue
      const serving = this.#serving.serveIn(pool, planned, transport, draft)
      const cell = await this.#orStopped(serving)
      if (cell !== null) cells.push(cell)
    }
    return cells
  }

  async #orStopped<T>(work: Promise<T>): Promise<T> {
    // The loser of the race may still reject; that is then nobody's news.
    work.catch(() => {})
    return Promise.race([work, this.#stopped])
  }

  /** @param transport where the step is of one cell */
  #tell(kind: StepKind, planned: PlannedScenario, what: string, transport?: string): void {
    const told = say.scenario(planned.scenario.name, what)
    this.#progress.begin(kind, told, { planned, ...(transport !== undefined && { transport }) })
  }

  /** Where nobody wants to have it none is made: claims are judged anew for each. */
  async #publish(): Promise<void> {
    await this.#hooks.onReport?.(this.#report())
  }

  #report(): Report {
    const { signal } = this.#hooks
    return reportOf({
      plan: this.#plan,
      traits: this.#traits,
      drafts: this.#drafts,
      environment: this.#environment,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
      stopped: signal.aborted ? stopReason(signal) : null,
      headerSets: this.#headerSets,
      link: this.#link,
      linkBytes: this.#links?.source ?? null,
      turnedAway: [...ownPorts.turnedAway(), ...(this.#turnedAway ?? [])],
      isTurnedAwayKnown: this.#turnedAway !== null,
    })
  }
}

function stopReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new InstrumentError('stopped', said('runStopped'))
}
