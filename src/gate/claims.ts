import { groupBy } from '../model/group-by.ts'
import { findMetric } from '../model/report/metric.ts'
import type { Cell, ClaimVerdict, HeaderSetResult, TransportCost } from '../model/report/report.ts'
import type { Claim, Scenario } from '../model/scenario/scenario.ts'
import { tlsFamilyOf } from '../model/tls/profile-family.ts'
import { tlsProfileOf } from '../model/tls/profiles.ts'
import { verdictOf } from '../model/verdict.ts'
import { judgeAllPairs } from './all-pairs.ts'
import { collectEvidence, failedOf } from './evidence.ts'

/** What claims are held against besides the cells. */
interface FurtherFindings {
  /** What a message costs on each transport, for claims on ratios. */
  readonly costs?: readonly TransportCost[]
  /** HTTP with the heads of other programs. */
  readonly headerSets?: readonly HeaderSetResult[]
}

/**
 * Holds every claim of every scenario against what was measured: it `holds`
 * where every value lies in its range (ends included), is `refuted` where none
 * does, `conditional` where some do, `untested` without a value. Then, for each
 * claim that two or more of the scenarios make, one verdict over all of them
 * (`scenario` null).
 *
 * Every verdict has its evidence, so that a reader can judge again.
 */
export function judgeClaims(
  scenarios: readonly Scenario[],
  cells: readonly Cell[],
  { costs = [], headerSets = [] }: FurtherFindings = {},
): ClaimVerdict[] {
  const verdicts = scenarios.flatMap((scenario) =>
    scenario.claims
      .filter((claim) => isAbout(claim, scenario))
      .map((claim) => {
        const divisorScenario = divisorScenarioOf(claim, scenario, scenarios)
        return judge(claim, scenario.name, cells, { costs, headerSets, divisorScenario })
      }),
  )
  return [...verdicts, ...judgeOverall(verdicts)]
}

const isAbout = ({ tls }: Claim, scenario: Scenario): boolean =>
  tls === undefined || [tls].flat().includes(tlsProfileOf(scenario).id)

/** Where the divisor of a ratio was measured: under another TLS profile, in another scenario of the same file. */
function divisorScenarioOf(
  { ratio }: Claim,
  scenario: Scenario,
  scenarios: readonly Scenario[],
): string | null {
  if (ratio?.toTls === undefined) return scenario.name
  const family = tlsFamilyOf(scenario).name
  const sibling = scenarios.find(
    (each) => each.tls === ratio.toTls && tlsFamilyOf(each).name === family,
  )
  return sibling?.name ?? null
}

function judge(
  claim: Claim,
  scenario: string,
  cells: readonly Cell[],
  {
    costs,
    headerSets,
    divisorScenario,
  }: Required<FurtherFindings> & { divisorScenario: string | null },
): ClaimVerdict {
  const metric = findMetric(claim.metric)
  // Validation refuses an unknown metric; a stored report may be older than a rename.
  const evidence =
    metric === undefined
      ? []
      : collectEvidence(claim, metric, scenario, cells, { headerSets, divisorScenario })
  const failed = failedOf(claim, scenario, cells)
  const subject = claim.ratio === undefined ? 'value' : 'ratio'
  const [low, high] = claim.between
  const allPairs = judgeAllPairs(claim, evidence, scenario, cells, costs)
  return {
    scenario,
    says: claim.says,
    metric: claim.metric,
    subject,
    between: [low, high],
    source: claim.source ?? null,
    verdict: verdictOf(evidence, failed.length),
    evidence,
    ...(failed.length > 0 && { failed }),
    ...(allPairs !== null && { allPairs }),
  }
}

/** Claims are the same where they say the same of the same figure. */
function judgeOverall(verdicts: readonly ClaimVerdict[]): ClaimVerdict[] {
  const groups = groupBy(verdicts, ({ says, metric, subject, between }) =>
    JSON.stringify([says, metric, subject, between]),
  )
  const overall: ClaimVerdict[] = []
  for (const group of groups.values()) {
    const scenarios = [...new Set(group.flatMap((verdict) => verdict.scenario ?? []))]
    const [first] = group
    if (first === undefined || scenarios.length < 2) continue
    const evidence = scenarios.flatMap((scenario) => distinctEvidence(group, scenario))
    const failed = [...new Set(group.flatMap((verdict) => verdict.failed ?? []))]
    const { allPairs: _ofOneScenario, failed: _too, ...shared } = first
    overall.push({
      ...shared,
      scenario: null,
      source: group.find((verdict) => verdict.source !== null)?.source ?? null,
      verdict: verdictOf(evidence, failed.length),
      evidence,
      ...(failed.length > 0 && { failed }),
      scenarios,
    })
  }
  return overall
}

/** A scenario that makes the same claim twice, of different transports, is one scenario. */
function distinctEvidence(
  group: readonly ClaimVerdict[],
  scenario: string,
): ClaimVerdict['evidence'] {
  const items = group.filter((verdict) => verdict.scenario === scenario)
  const distinct = new Map(
    items
      .flatMap((verdict) => verdict.evidence)
      .map((item) => [JSON.stringify([item.transport, item.comparedTo, item.headerSet]), item]),
  )
  return [...distinct.values()]
}
