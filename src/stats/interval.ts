import { type Sorted, TAIL_PROBABILITY } from './percentile.ts'

/**
 * 95 % interval of the median of whatever the values are drawn from, without
 * assuming a distribution: the number of values below the true median is
 * binomial (n, ½), so the k-th least and the k-th greatest value enclose it
 * with a probability of at least 95 %, for the greatest k that
 * P(X < k) ≤ 2.5 % allows.
 *
 * It holds for independent values. Messages that follow one another are not;
 * the medians of interleaved rounds nearly are, which is why they are used.
 * @returns null below 6 values: no interval exists
 */
export function medianInterval(values: Sorted): [number, number] | null {
  const n = values.length
  let k = 0
  // In logarithms, since ½ⁿ is 0 in floating point from n = 1075 on.
  let logProbability = -n * Math.LN2
  let below = Math.exp(logProbability)
  while (below <= TAIL_PROBABILITY && k < n) {
    logProbability += Math.log((n - k) / (k + 1))
    k += 1
    below += Math.exp(logProbability)
  }
  const low = values[k - 1]
  const high = values[n - k]
  return k === 0 || low === undefined || high === undefined ? null : [low, high]
}
