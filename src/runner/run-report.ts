import { judgeBudgets } from '../gate/budgets.ts'
import { judgeClaims } from '../gate/claims.ts'
import { saidOf } from '../model/errors.ts'
import { type LossResult, lossName } from '../model/link/loss.ts'
import type { LinkResult } from '../model/report/link-result.ts'
import type { HeaderSetResult, Report } from '../model/report/report.ts'
import { REPORT_SCHEMA_VERSION } from '../model/report/schema-versions.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
import { asSentBy, differsByProtocol } from '../model/scenario/as-sent.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { Protocol } from '../model/vocabulary.ts'
import { readPackageVersion } from '../package-root.ts'
import { type LoadPlan, settingsOf } from '../plan/load-plan.ts'
import type { Plan, PlannedLoss, PlannedScenario } from '../plan/plan.ts'
import { createPayloads } from '../scenario/payload.ts'
import { breakEvenOf } from '../stats/break-even.ts'
import { withoutSecrets } from '../targets/scenario-secrets.ts'
import type { TurnedAway } from '../transports/own-ports/own-ports.ts'
import type { TransportTraits } from '../transports/transport.ts'
import { type Drafts, LOOPBACK, linkName } from './cells/create-cells.ts'
import { reportTargets, warnOfTargets } from './targets/report-targets.ts'

/** A run as it stands at some moment. */
export interface RunState {
  readonly plan: Plan
  readonly traits: ReadonlyMap<string, TransportTraits>
  readonly drafts: Drafts
  readonly environment: Report['environment']
  readonly startedAt: Date
  readonly finishedAt: Date | null
  /** Why it was stopped; null where it was not. */
  readonly stopped: Error | null
  readonly headerSets: readonly HeaderSetResult[]
  /** As it was read; null where nothing is shaped. */
  readonly link: LinkResult | null
  /** Null before it is known. */
  readonly linkBytes: NonNullable<Report['plan']['linkBytes']> | null
  /** Who came to a port of this run and was not of it. */
  readonly turnedAway: readonly TurnedAway[]
  /** False where a process of endpoints ended before it could tell. */
  readonly isTurnedAwayKnown: boolean
}

/** What a run has found by then: valid and marked as partial where it is not over. */
export function reportOf(state: RunState): Report {
  const { plan, drafts, startedAt, finishedAt, stopped, headerSets, link } = state
  const isFinished = finishedAt !== null && stopped === null
  const unreached =
    stopped === null
      ? said('notMeasuredYet')
      : said('stoppedBefore', { why: quoted(saidOf(stopped)) })
  const cells = [...drafts.values()].flatMap((ofScenario) =>
    [...ofScenario.values()].map((draft) => draft.toCell(unreached)),
  )
  const scenarios = plan.scenarios.map(({ scenario }) => scenario)
  const breakEven = breakEvenOf(cells)
  const budgets = judgeBudgets(scenarios, cells)
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'mqtt-vs-http', version: readPackageVersion() },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    partial: !isFinished,
    partialReason: isFinished ? null : stopped === null ? said('stillRunning') : saidOf(stopped),
    environment: state.environment,
    plan: planOf(state),
    cells,
    verdicts: judgeClaims(scenarios, cells, { costs: breakEven.costs, headerSets }),
    ...(budgets.length > 0 && { budgets }),
    ...(plan.headerSets.length > 0 && { headerSets: [...headerSets] }),
    breakEven,
    ...(link !== null && { link }),
    ...(plan.loss !== undefined && { loss: describeLoss(plan.loss) }),
    warnings: warningsOf(state),
  }
}

function planOf({ plan, linkBytes }: RunState): Report['plan'] {
  const options = Object.entries(plan.options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)])
  return {
    scenarios: plan.scenarios.map(({ scenario }) => withoutSecrets(scenario)),
    transports: [...new Set(plan.scenarios.flatMap(({ transports }) => transports))],
    measures: [...plan.measures],
    mode: plan.mode,
    link: linkName(plan),
    ...(linkBytes !== null && { linkBytes }),
    ...(options.length > 0 && { options: Object.fromEntries(options) }),
    ...(plan.load !== undefined && { load: settingsOf(plan.load), ...partOf(plan.load) }),
    injected: [...plan.injected],
    ...reportTargets(plan.targets),
  }
}

function partOf({
  part,
  role,
  startAtMs,
}: LoadPlan): Pick<Report['plan'], 'part' | 'role' | 'startAt'> {
  return {
    ...(part !== null && { part: { number: part.index + 1, of: part.of } }),
    ...(role !== null && { role }),
    ...(startAtMs !== null && { startAt: new Date(startAtMs).toISOString() }),
  }
}

function warningsOf(state: RunState): Said[] {
  const { plan, traits, environment, turnedAway, isTurnedAwayKnown } = state
  const warnings = warnOfTargets(plan, [...traits.values()])
  const { pinned, reason } = environment.pinning
  if (plan.injected.length > 0) {
    warnings.push(said('faultsPutIn', { faults: plan.injected }))
  }
  if (doesPlacementMatter(plan) && !pinned) {
    warnings.push(said('notPinned', { why: quoted(reason) }))
  }
  for (const { scenario, fileBytes } of plan.scenarios) {
    if (differsByProtocol(scenario)) warnings.push(describeDifference(scenario, fileBytes))
  }
  const count = turnedAway.reduce((sum, { strangers }) => sum + strangers, 0)
  if (count > 0) {
    const [from] = turnedAway.flatMap(({ first }) => first)
    warnings.push(said('strangers', { count, from: String(from) }))
  }
  if (!isTurnedAwayKnown) {
    warnings.push(said('strangersUnknown'))
  }
  return warnings
}

/** What nobody must overlook who compares the two. */
function describeDifference(scenario: Scenario, fileBytes: PlannedScenario['fileBytes']): Said {
  const bytesOver = (protocol: Protocol): number =>
    createPayloads(asSentBy(scenario, protocol), fileBytes ?? undefined).payload(0).length
  return said('differentPayloads', {
    name: scenario.name,
    http: bytesOver('http/1.1'),
    mqtt: bytesOver('mqtt/3.1.1'),
  })
}

/** Bytes depend on no placement, and links and lost packets move latencies by far more. */
export const doesPlacementMatter = (plan: Plan): boolean =>
  plan.measures.some((measure) => measure !== 'bytes') && linkName(plan) === LOOPBACK

const describeLoss = ({ probability }: PlannedLoss): LossResult => ({
  name: lossName(probability),
  probability,
  how: said('lossHow'),
})
