import { findMetric } from '../model/report/metric.ts'
import type { Cell, ClaimVerdict, TransportCost } from '../model/report/report.ts'
import type { Claim, Scenario } from '../model/scenario/scenario.ts'
import { judgeAllPairs } from './all-pairs.ts'
import { type ClaimTerms, describeCondition, describeOverall } from './condition.ts'
import { collectEvidence, verdictOf } from './evidence.ts'

/**
 * Holds every claim of every scenario against what was measured: it `holds`
 * where every value lies in its range (ends included), is `refuted` where none
 * does, `conditional` where some do, `untested` without a value. Then, for each
 * claim that two or more of the scenarios make, one verdict over all of them
 * (`scenario` null).
 *
 * Every verdict has its evidence, so that a reader can judge again.
 * @param costs what a message costs on each transport, for claims on ratios
 */
export function judgeClaims(
  scenarios: readonly Scenario[],
  cells: readonly Cell[],
  costs: readonly TransportCost[] = [],
): ClaimVerdict[] {
  const verdicts = scenarios.flatMap((scenario) =>
    scenario.claims.map((claim) => judge(claim, scenario.name, cells, costs)),
  )
  return [...verdicts, ...judgeOverall(verdicts)]
}

function judge(
  claim: Claim,
  scenario: string,
  cells: readonly Cell[],
  costs: readonly TransportCost[],
): ClaimVerdict {
  const metric = findMetric(claim.metric)
  // Validation refuses an unknown metric; a stored report may be older than a rename.
  const evidence = metric === undefined ? [] : collectEvidence(claim, metric, scenario, cells)
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
    verdict: verdictOf(evidence),
    evidence,
    ...(allPairs !== null && { allPairs }),
    condition:
      metric === undefined
        ? `there is no metric ${claim.metric}`
        : describeCondition(evidence, termsOf(claim.metric, subject, claim.between)),
  }
}

/** Claims are the same where they say the same of the same figure. */
function judgeOverall(verdicts: readonly ClaimVerdict[]): ClaimVerdict[] {
  const groups = new Map<string, ClaimVerdict[]>()
  for (const verdict of verdicts) {
    const { says, metric, subject, between } = verdict
    const key = JSON.stringify([says, metric, subject, between])
    groups.set(key, [...(groups.get(key) ?? []), verdict])
  }
  const overall: ClaimVerdict[] = []
  for (const group of groups.values()) {
    const scenarios = [...new Set(group.flatMap((verdict) => verdict.scenario ?? []))]
    const [first] = group
    if (first === undefined || scenarios.length < 2) continue
    const evidence = scenarios.flatMap((scenario) => distinctEvidence(group, scenario))
    const { allPairs: _ofOneScenario, ...shared } = first
    overall.push({
      ...shared,
      scenario: null,
      source: group.find((verdict) => verdict.source !== null)?.source ?? null,
      verdict: verdictOf(evidence),
      evidence,
      condition: describeOverall(
        scenarios,
        evidence,
        termsOf(first.metric, first.subject, first.between),
      ),
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
      .map((item) => [JSON.stringify([item.transport, item.comparedTo]), item]),
  )
  return [...distinct.values()]
}

function termsOf(
  metric: string,
  subject: ClaimVerdict['subject'],
  between: readonly [number, number],
): ClaimTerms {
  return { between, unit: subject === 'ratio' ? 'ratio' : (findMetric(metric)?.unit ?? 'messages') }
}
