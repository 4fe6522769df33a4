import type { LatencyAmounts } from '../model/latency-amounts.ts'
import type { ProgressStep } from '../model/progress-step.ts'
import { subscribersOf } from '../model/scenario/fan-out-family.ts'
import type { Plan, PlannedScenario } from '../plan/plan.ts'
import { nowNs } from '../system/clock.ts'
import type { TransportTraits } from '../transports/transport.ts'
import type { CellDraft } from './cells/cell-builder.ts'
import type { Drafts } from './cells/create-cells.ts'
import { fanoutAmounts } from './stages/amounts.ts'

export type StepKind =
  | 'link'
  | 'bytes'
  | 'headers'
  | 'serve'
  | 'packets'
  | 'warm-up'
  | 'round'
  | 'over'
  | 'load'

/** A piece of a run that is told of when it begins. */
interface Step {
  readonly kind: StepKind
  /** Null: of the whole run. */
  readonly planned: PlannedScenario | null
  /** Of one cell. */
  readonly transport?: string
  /** What it takes on an ordinary machine: only how steps of a kind compare matters once one was timed. */
  readonly guessMs: number
}

/** What a message takes on an ordinary machine: with a dissector behind it, and on its own. */
const GUESS = { byteMs: 0.3, messageMs: 0.15, commandMs: 0.5, servedMs: 40, packetMs: 45 }

/**
 * How many times as long a message takes that opens a connection first: some 5 ms
 * in the clear, 15 with TLS, where one on a kept connection takes 0.2 to 2.
 */
const OWN_CONNECTION = { clear: 8, tls: 25 }

/** A time left that is this much longer than what was told is told; less is within its “about”. */
const MUCH_LONGER = 1.5

/**
 * How much of a run is done and how long the rest will take: the steps that its
 * plan has, each weighed by what steps of its kind have taken so far. It looks at
 * the clock when it is told of a step, between measurements, and at no other time.
 */
export class RunProgress {
  readonly #steps: readonly Step[]
  readonly #tell: (step: ProgressStep) => void
  readonly #nowMs: () => number
  readonly #timed = new Map<StepKind, { guessMs: number; tookMs: number }>()
  #beganMs: number
  #at = -1
  #told = { atMs: 0, share: 0, leftMs: Number.POSITIVE_INFINITY }

  constructor(
    steps: readonly Step[],
    tell: (step: ProgressStep) => void,
    nowMs: () => number = () => Number(nowNs()) / 1e6,
  ) {
    this.#steps = steps
    this.#tell = tell
    this.#nowMs = nowMs
    this.#beganMs = nowMs()
    this.#told.atMs = this.#beganMs
  }

  /** A step of the plan begins, the next one of its kind; or goes on, where there is none. */
  begin(
    kind: StepKind,
    what: string,
    of: { planned: PlannedScenario; transport?: string } | null = null,
  ): void {
    const nowMs = this.#nowMs()
    const next = this.#steps.findIndex(
      (step, index) =>
        index > this.#at &&
        step.kind === kind &&
        step.planned === (of?.planned ?? null) &&
        step.transport === of?.transport,
    )
    if (next !== -1) {
      this.#end(nowMs)
      this.#at = next
      this.#beganMs = nowMs
    }
    const told = this.#told
    const leftMs = this.#leftMs(nowMs)
    const sinceMs = nowMs - told.atMs
    // Of what was left then, so that it never falls, whatever turns out to take longer than was thought.
    const share = told.share + (1 - told.share) * (sinceMs / Math.max(1, sinceMs + leftMs))
    const isTimed = this.#timed.size > 0
    const steadyMs = leftMs > told.leftMs * MUCH_LONGER ? leftMs : Math.min(leftMs, told.leftMs)
    this.#told = { atMs: nowMs, share, leftMs: isTimed ? steadyMs : told.leftMs }
    this.#tell({ what, share, leftMs: isTimed ? steadyMs : null })
  }

  #end(nowMs: number): void {
    const step = this.#steps[this.#at]
    if (step === undefined) return
    const before = this.#timed.get(step.kind) ?? { guessMs: 0, tookMs: 0 }
    this.#timed.set(step.kind, {
      guessMs: before.guessMs + step.guessMs,
      tookMs: before.tookMs + nowMs - this.#beganMs,
    })
  }

  #leftMs(nowMs: number): number {
    const all = [...this.#timed.values()]
    const sum = (key: 'guessMs' | 'tookMs'): number => all.reduce((ms, each) => ms + each[key], 0)
    // A kind that was not timed yet: what this machine has shown by the others.
    const slowness = all.length === 0 ? 1 : sum('tookMs') / sum('guessMs')
    const expected = ({ kind, guessMs }: Step): number => {
      const timed = this.#timed.get(kind)
      return guessMs * (timed === undefined ? slowness : timed.tookMs / timed.guessMs)
    }
    const current = this.#steps[this.#at]
    const ofCurrent = current === undefined ? 0 : expected(current) - (nowMs - this.#beganMs)
    return this.#steps
      .slice(this.#at + 1)
      .reduce((sum, step) => sum + expected(step), Math.max(0, ofCurrent))
  }
}

/** A cell, and how many times as long one of its messages takes. */
interface Weighed {
  readonly transport: string
  readonly weight: number
}

/** The steps of a plan, in the order in which they are taken. */
export function stepsOf(
  plan: Plan,
  drafts: Drafts,
  traits: ReadonlyMap<string, TransportTraits>,
): Step[] {
  const weightOf = ({ identity }: CellDraft): number => {
    const { connections, secure } = traits.get(identity.transport) ?? {}
    return connections === 'own' ? OWN_CONNECTION[secure ? 'tls' : 'clear'] : 1
  }
  const { link, measures } = plan
  const steps: Step[] = []
  if (link !== undefined) steps.push({ kind: 'link', planned: null, guessMs: 3_000 })
  const isTimed = measures.some((measure) => measure !== 'bytes')
  const packets = packetStep(plan, drafts)
  for (const [planned, cells] of drafts) {
    const standing = [...cells.values()]
      .filter(({ skipped }) => !skipped)
      .map((cell) => ({ transport: cell.identity.transport, weight: weightOf(cell) }))
    if (measures.includes('bytes')) steps.push(...byteSteps(plan, planned, standing))
    if (!isTimed) continue
    steps.push({ kind: 'serve', planned, guessMs: GUESS.servedMs * standing.length })
    if (measures.includes('latency')) {
      steps.push(...packets.splice(0), ...latencySteps(plan, planned, standing))
    }
    steps.push(...loadSteps(plan, planned, standing))
  }
  return [...steps, ...packets]
}

/** What is left of the link passes, which go on beside the byte passes. */
function packetStep({ linkBytes, linkMessages }: Plan, drafts: Drafts): Step[] {
  if (linkBytes !== 'measured' && linkBytes !== 'where-possible') return []
  const cells = [...drafts.values()].reduce((sum, each) => sum + each.size, 0)
  return [{ kind: 'packets', planned: null, guessMs: (cells * linkMessages * GUESS.packetMs) / 4 }]
}

function byteSteps(plan: Plan, planned: PlannedScenario, cells: readonly Weighed[]): Step[] {
  const { scenario } = planned
  const messages = scenario.messages * (subscribersOf(scenario) ?? 1)
  const guess = (weight: number): number =>
    plan.bytePasses * (GUESS.servedMs + messages * GUESS.byteMs * weight)
  const own = cells.map(({ transport, weight }) => ({
    ...{ kind: 'bytes' as const, planned, transport, guessMs: guess(weight) },
  }))
  if (scenario.flow !== 'uplink') return own
  return [
    ...own,
    ...plan.headerSets.map(() => ({ kind: 'headers' as const, planned, guessMs: guess(1) })),
  ]
}

function latencySteps(plan: Plan, planned: PlannedScenario, cells: readonly Weighed[]): Step[] {
  const { link, loss } = plan
  const budgetMs = link?.budgetMs ?? loss?.budgetMs
  if (budgetMs !== undefined) {
    return cells.map(({ transport }) => ({
      ...{ kind: 'over' as const, planned, transport, guessMs: budgetMs },
    }))
  }
  const { amounts, messageMs } = amountsOfFlow(plan, planned)
  const weights = cells.reduce((sum, { weight }) => sum + weight, 0)
  const ofMessages = (count: number): number => count * messageMs * weights
  const round = { kind: 'round' as const, planned, guessMs: ofMessages(amounts.messagesPerRound) }
  return [
    { kind: 'warm-up', planned, guessMs: ofMessages(amounts.warmupMessages) },
    ...Array.from({ length: amounts.rounds }, () => round),
  ]
}

function amountsOfFlow(
  { latency, commands }: Plan,
  { scenario }: PlannedScenario,
): { amounts: LatencyAmounts; messageMs: number } {
  if (scenario.flow === 'roundtrip') return { amounts: commands.most, messageMs: GUESS.commandMs }
  if (scenario.flow !== 'fanout') return { amounts: latency, messageMs: GUESS.messageMs }
  const subscribers = subscribersOf(scenario) ?? 1
  return {
    amounts: fanoutAmounts(latency, subscribers),
    messageMs: GUESS.messageMs * subscribers,
  }
}

function loadSteps({ load }: Plan, planned: PlannedScenario, cells: readonly Weighed[]): Step[] {
  if (load === undefined) return []
  const { sweep, durationMs, warmupMs, clients } = load
  const stretches =
    sweep === null ? 1 : sweep.kind === 'rates' ? sweep.rates.length : sweep.shares.length + 1
  const guessMs = (clients === 'all' ? 2 : 1) * (warmupMs + stretches * durationMs)
  return cells.map(({ transport }) => ({
    ...{ kind: 'load' as const, planned, transport, guessMs },
  }))
}
