import { findMetric, type Metric } from '../model/report/metric.ts'
import type { Cell, ClaimVerdict } from '../model/report/report.ts'
import type { Claim } from '../model/scenario/scenario.ts'

export type Evidence = ClaimVerdict['evidence'][number]

/** The measured values that a claim is held against, in the order in which it names its transports. */
export function collectEvidence(
  claim: Claim,
  metric: Metric,
  scenario: string,
  cells: readonly Cell[],
): Evidence[] {
  const measuredOn = (transport: string): number | null => {
    const cell = cells.find((each) => each.scenario === scenario && each.transport === transport)
    // A failed cell may have figures; they are shown, but nothing is judged by them.
    return cell?.status === 'measured' ? wholeOf(metric, cell).of(cell) : null
  }
  const [low, high] = claim.between
  const evidence: Evidence[] = []
  const add = (transport: string, comparedTo: string | null, value: number): void => {
    const inside = low <= value && value <= high
    evidence.push({ scenario, transport, comparedTo, value, inside })
  }
  if (claim.ratio === undefined) {
    for (const transport of listOf(claim.transport)) {
      const value = measuredOn(transport)
      if (value !== null) add(transport, null, value)
    }
    return evidence
  }
  for (const divisorTransport of listOf(claim.ratio.to)) {
    const divisor = measuredOn(divisorTransport)
    // Nothing divided by nothing is no evidence, and infinity has no JSON.
    if (divisor === null || divisor === 0) continue
    for (const transport of listOf(claim.ratio.of)) {
      const value = measuredOn(transport)
      if (value !== null) add(transport, divisorTransport, value / divisor)
    }
  }
  return evidence
}

/**
 * What a message costs that opens its own connection is the whole of it: its
 * steady bytes alone are a figure that nobody pays.
 */
function wholeOf(metric: Metric, cell: Cell): Metric {
  const isOwn = cell.status === 'measured' && cell.bytes?.firstMessage?.connection === 'own'
  return (isOwn && findMetric(WHOLE[metric.name] ?? '')) || metric
}

const WHOLE: Readonly<Record<string, string>> = {
  wire_bytes_per_message: 'total_wire_bytes_per_message',
  link_bytes_per_message: 'total_link_bytes_per_message',
}

function listOf(ids: string | readonly string[] | undefined): string[] {
  return ids === undefined ? [] : [...new Set(typeof ids === 'string' ? [ids] : ids)]
}

export function verdictOf(evidence: readonly Evidence[]): ClaimVerdict['verdict'] {
  const inside = evidence.filter((item) => item.inside).length
  if (evidence.length === 0) return 'untested'
  if (inside === evidence.length) return 'holds'
  return inside === 0 ? 'refuted' : 'conditional'
}
