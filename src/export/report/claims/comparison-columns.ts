import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { wordsOf } from '../../../model/text/wording.ts'

/** The columns of the published comparison. */
export const SIDES = ['http', 'mqtt', 'ratio'] as const
export type Side = (typeof SIDES)[number]

/**
 * The column that a claim belongs to: by the protocol of the transports that it
 * was held against; untested, by those that it names. Null where it speaks of
 * neither protocol, or of both at once.
 */
export function sideOf(verdict: ClaimVerdict, report: Report): Side | null {
  if (verdict.subject === 'ratio') return 'ratio'
  const tested = verdict.evidence.map((item) => item.transport)
  const transports = tested.length > 0 ? tested : namedTransports(verdict, report)
  const sides = new Set(transports.map((id) => sideOfTransport(id, report)))
  const [side] = sides
  return sides.size === 1 ? (side ?? null) : null
}

function namedTransports(verdict: ClaimVerdict, { plan }: Report): string[] {
  const claim = plan.scenarios
    .filter((scenario) => verdict.scenario === null || scenario.name === verdict.scenario)
    .flatMap((scenario) => scenario.claims)
    .find(
      ({ says, metric }) => wordsOf(says) === wordsOf(verdict.says) && metric === verdict.metric,
    )
  return [claim?.transport ?? []].flat()
}

function sideOfTransport(id: string, { cells }: Report): Side | null {
  // A transport that the run left out has no cell; its id begins with its protocol.
  const name = cells.find((cell) => cell.transport === id)?.protocol ?? id
  if (name.startsWith('http')) return 'http'
  return name.startsWith('mqtt') ? 'mqtt' : null
}
