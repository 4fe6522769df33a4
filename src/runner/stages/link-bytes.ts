import { leastLinkBytes } from '../../load/passes/link/network-entries.ts'
import { InstrumentError, saidOf } from '../../model/errors.ts'
import { NO_INJECTION } from '../../model/injection.ts'
import type { Report } from '../../model/report/report.ts'
import { quoted, said } from '../../model/said/said.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import type { NamespaceLink } from '../../system/namespace/namespace-link.ts'
import { wholeWakes } from '../../transports/connections/per-wake.ts'
import { loadTransport } from '../../transports/registry.ts'
import { optionsFor } from '../../transports/run-options.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import type { CellDraft } from '../cells/cell-builder.ts'
import type { Drafts } from '../cells/create-cells.ts'
import { LinkMeter } from './link-meter.ts'

type LinkSource = NonNullable<Report['plan']['linkBytes']>

/** Servers that are processes of their own, at a time: a run is to stay light. */
const MOST_PROGRAMS = 2

interface Task {
  planned: PlannedScenario
  transport: string
  draft: CellDraft
}

/**
 * The link passes of a run, all of them, begun at once and going on beside the
 * byte passes: they wait for delayed acknowledgements most of the time. A cell
 * that cannot be measured keeps what the model says, and says why.
 *
 * Only uplinks are measured; in other flows the model stands. Faults that are
 * put in on purpose are none of the link's.
 */
export class LinkStage implements AsyncDisposable {
  /** Resolves when nothing is left to measure; never rejects. */
  readonly measured: Promise<void>
  readonly #plan: Plan
  readonly #signal: AbortSignal
  readonly #tasks: Task[]
  #source: LinkSource
  #ended = false
  #isDone = false
  readonly #traits: ReadonlyMap<string, TransportTraits>
  #programs = 0

  constructor(
    plan: Plan,
    drafts: Drafts,
    traits: ReadonlyMap<string, TransportTraits>,
    signal: AbortSignal,
  ) {
    this.#traits = traits
    const { linkBytes } = plan
    this.#plan = plan
    this.#signal = signal
    this.#source = { from: linkBytes === 'where-possible' ? 'measured' : linkBytes, reason: null }
    if (linkBytes === 'off') leaveOut(drafts)
    this.#tasks = this.#source.from === 'measured' ? tasksOf(drafts) : []
    const measured = this.#tasks.length === 0 ? Promise.resolve() : this.#measureAll()
    this.measured = measured.then(() => {
      this.#isDone = true
    })
  }

  /** Whether there is nothing to wait for. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Where link bytes come from, as far as it is known by now. */
  get source(): LinkSource {
    return this.#source
  }

  /** Ends what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    await this.measured
  }

  async #measureAll(): Promise<void> {
    let meter: LinkMeter
    try {
      meter = await LinkMeter.open()
    } catch (error) {
      this.#source = { from: 'modelled', reason: saidOf(error) }
      return
    }
    const stop = (): void => void meter[Symbol.asyncDispose]()
    this.#signal.addEventListener('abort', stop, { once: true })
    try {
      await Promise.all(meter.links.map((link) => this.#measureOn(link, meter)))
    } finally {
      this.#signal.removeEventListener('abort', stop)
      await meter[Symbol.asyncDispose]()
    }
  }

  /** One cell after the other, until none is left. */
  async #measureOn(link: NamespaceLink, meter: LinkMeter): Promise<void> {
    for (let task = this.#next(); task !== undefined; task = this.#next()) {
      const { draft, planned } = task
      const programs = this.#needsProgram(task) ? 1 : 0
      this.#programs += programs
      const { options, linkMessages } = this.#plan
      const own = optionsFor(await loadTransport(task.transport), options)
      const messages = Math.min(planned.scenario.messages, wholeWakes(linkMessages, own))
      try {
        const outcome = await meter.measure(task, link, messages, {
          ...{ options, injection: NO_INJECTION },
        })
        if (outcome.failure !== null)
          throw new InstrumentError(outcome.failure.code, outcome.failure.message)
        draft.network = outcome.network?.map((entry) => ({ ...entry, messages })) ?? null
        draft.leastLinkBytes = outcome.readings && leastLinkBytes(outcome.readings)
      } catch (error) {
        if (this.#signal.aborted) return
        draft.warnings.push(said('linkModelled', { why: quoted(saidOf(error)) }))
      } finally {
        this.#programs -= programs
      }
    }
  }

  /** A link that finds nothing it may do ends: those that are at work do what is left. */
  #next(): Task | undefined {
    if (this.#ended || this.#signal.aborted) return undefined
    const next = this.#tasks.findIndex(
      (task) => this.#programs < MOST_PROGRAMS || !this.#needsProgram(task),
    )
    return next === -1 ? undefined : this.#tasks.splice(next, 1)[0]
  }

  #needsProgram({ transport }: Task): boolean {
    return this.#traits.get(transport)?.needs !== undefined
  }
}

function tasksOf(drafts: Drafts): Task[] {
  return [...drafts].flatMap(([planned, cells]) =>
    // A kernel leaves nothing out.
    (planned.scenario.count === undefined ? [...cells] : [])
      .filter(([, { identity }]) => identity.flow === 'uplink' && identity.protocol !== 'none')
      .filter(([, { identity }]) => identity.target === undefined)
      .filter(([, { skipped }]) => !skipped)
      .map(([transport, draft]) => ({ planned, transport, draft })),
  )
}

function leaveOut(drafts: Drafts): void {
  for (const cells of drafts.values()) {
    for (const draft of cells.values()) draft.linkBytes = 'left-out'
  }
}
