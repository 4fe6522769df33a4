/**
 * Shares a whole number out in proportion, in whole numbers that sum to it: by
 * the largest remainder. A single share gets all of it, also where it weighs nothing.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  if (whole === 0) return weights.map((_, at) => (at === 0 ? total : 0))
  const exact = weights.map((weight) => (total * weight) / whole)
  const shares = exact.map(Math.floor)
  const left = total - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact
    .map((share, at) => ({ at, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder)
  for (const { at } of byRemainder.slice(0, Math.round(left))) shares[at] = (shares[at] ?? 0) + 1
  return shares
}
