declare const sorted: unique symbol

/** Values in ascending order. Only `sortValues` makes one, so that no percentile is read off unsorted data. */
export type Sorted = readonly number[] & { readonly [sorted]: true }

/** What may lie outside a 95 % interval on each side. */
export const TAIL_PROBABILITY = 0.025

/** A sorted copy. */
export function sortValues(values: readonly number[]): Sorted {
  return Array.from(Float64Array.from(values).sort()) as unknown as Sorted
}

/**
 * Nearest rank: the smallest value that at least the share `p` of all values
 * does not exceed. Always one of the values, never between two.
 * @param p from 0, the least value, to 1, the greatest
 * @throws RangeError without values
 */
export function percentile(values: Sorted, p: number): number {
  // 0.07 × 100 is 7.000000000000001 in binary; that is still the 7th of 100.
  const rank = Math.max(1, Math.ceil(p * values.length - 1e-9))
  const value = values[rank - 1]
  if (value === undefined) throw new RangeError('there is no percentile of no values')
  return value
}

/**
 * The fewest values of which a distribution-free, two-sided 95 % interval for
 * the percentile exists. The widest interval that order statistics can give is
 * from the least to the greatest value. All n values lie below the percentile
 * with probability pⁿ, and all above with (1−p)ⁿ; each must be rare.
 * 6 for p50, 36 for p90, 368 for p99, 3,688 for p99.9.
 */
export function requiredSamples(p: number): number {
  return Math.ceil(Math.log(TAIL_PROBABILITY) / Math.log(Math.max(p, 1 - p)))
}

/** The percentile, or null where the sample is too small to say anything about it. */
export function supportedPercentile(values: Sorted, p: number): number | null {
  return values.length < requiredSamples(p) ? null : percentile(values, p)
}
