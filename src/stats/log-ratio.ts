import type { ForkEstimate } from '../model/report/check/latency-check.ts'
import { type Sorted, sortValues } from './percentile.ts'
import { median } from './summary.ts'

/** What may lie beyond a one-sided 95 % bound. */
const ONE_SIDED_TAIL = 0.05
/** Makes the median distance of two draws the standard deviation, for normal draws: 1 / (√2 · Φ⁻¹(¾)). */
const SHAMOS = 1.0483

/**
 * Where the figures of some forks are centred, and how far that is known.
 *
 * The bounds are those of Wilcoxon's signed-rank test turned round (Hodges and
 * Lehmann 1963): the k-th least and the k-th greatest of all pairwise means.
 * They are exact for any distribution that is symmetric about its centre, and
 * the log ratio of two arms is: swap two like arms and its sign turns.
 *
 * The rivals, for 5, 10 and 20 forks, with and without one in ten off by 30 to
 * 60 % (`npm run simulate-gate -- --compare`): Student's t on the mean is a
 * little narrower on clean forks, and twice as wide at 20 forks when some are
 * off. Yuen's t on the trimmed mean is the narrowest then, but keeps its promise
 * of 95 % only in 93 to 95 of 100 cases with 5 and 10 forks. Order statistics of
 * the median keep 98 to 99 and so waste forks. Signed ranks keep 95 or more
 * everywhere, and cost what the t costs from 10 forks on.
 *
 * With 5 forks the bounds are the least and the greatest of them (1 in 32), so
 * that one fork that is off sends a check on to 10. Below 5 there are none.
 * @param figures natural logarithms of ratios, one a fork
 * @throws RangeError without figures, or on one that is not finite
 */
export function estimateForks(figures: readonly number[]): ForkEstimate {
  const means = pairwiseMeans(figures)
  const depth = signedRankDepth(figures.length, ONE_SIDED_TAIL)
  return {
    median: median(figures),
    lower: means[depth - 1] ?? null,
    upper: depth === 0 ? null : (means[means.length - depth] ?? null),
  }
}

/**
 * How far forks scatter: an estimate of the standard deviation of one fork's
 * figure from the median distance of two forks (Shamos 1976). Taken over the
 * control arm it is the machine's own A/A spread. One fork in ten that is far
 * off raises it by a third; the usual standard deviation it would multiply.
 * @returns null below 2 figures
 * @throws RangeError on a figure that is not finite
 */
export function spreadOf(figures: readonly number[]): number | null {
  requireFinite(figures)
  const distances: number[] = []
  for (const [index, figure] of figures.entries()) {
    for (const other of figures.slice(0, index)) distances.push(Math.abs(figure - other))
  }
  return distances.length === 0 ? null : SHAMOS * median(distances)
}

/** The means of all pairs, each figure paired with itself too (Walsh averages). */
function pairwiseMeans(figures: readonly number[]): Sorted {
  requireFinite(figures)
  const means: number[] = []
  for (const [index, figure] of figures.entries()) {
    for (const other of figures.slice(0, index + 1)) means.push((figure + other) / 2)
  }
  return sortValues(means)
}

/** By n and tail: the same few are asked for again and again. */
const depths = new Map<string, number>()

/**
 * How deep into the sorted pairwise means a bound may reach: the greatest k
 * with P(W < k) ≤ tail, where W is the sum of those ranks 1…n that a fair coin
 * picks. 0 where even the outermost mean is not safe enough.
 */
export function signedRankDepth(n: number, tail: number): number {
  const key = `${n} ${tail}`
  const depth = depths.get(key) ?? computeDepth(n, tail)
  depths.set(key, depth)
  return depth
}

function computeDepth(n: number, tail: number): number {
  // Probabilities, not counts: 2ⁿ leaves the floating point range, these do not.
  let probabilities = Float64Array.of(1)
  for (let rank = 1; rank <= n; rank += 1) {
    const next = new Float64Array(probabilities.length + rank)
    for (const [sum, probability] of probabilities.entries()) {
      next[sum] = (next[sum] ?? 0) + probability / 2
      next[sum + rank] = (next[sum + rank] ?? 0) + probability / 2
    }
    probabilities = next
  }
  let below = 0
  let depth = 0
  for (const probability of probabilities) {
    below += probability
    if (below > tail) break
    depth += 1
  }
  return depth
}

function requireFinite(figures: readonly number[]): void {
  const index = figures.findIndex((figure) => !Number.isFinite(figure))
  if (index !== -1) throw new RangeError(`the figure of fork ${index + 1} is not finite`)
}
