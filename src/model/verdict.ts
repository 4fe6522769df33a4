import type { ClaimVerdict } from './report/report.ts'

export type Evidence = ClaimVerdict['evidence'][number]

/** @param failed how many that it speaks of failed: what holds for the others may not hold for them */
export function verdictOf(evidence: readonly Evidence[], failed = 0): ClaimVerdict['verdict'] {
  const inside = evidence.filter((item) => item.inside).length
  if (evidence.length === 0) return 'untested'
  if (failed > 0) return 'conditional'
  if (inside === evidence.length) return 'holds'
  return inside === 0 ? 'refuted' : 'conditional'
}
