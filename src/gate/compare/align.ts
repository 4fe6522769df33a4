/** One step through two lists side by side; a missing side was removed or inserted. */
export interface Aligned<A, B> {
  readonly was: A | null
  readonly is: B | null
}

/**
 * Pairs two lists up, in order, so that the sum of the likenesses is greatest;
 * what has no partner stands alone. Time and memory are the product of the lengths.
 * @param likeness 0 where the two are no pair
 */
export function align<A, B>(
  was: readonly A[],
  is: readonly B[],
  likeness: (a: A, b: B) => number,
): Aligned<A, B>[] {
  // best[i][j]: the greatest sum for what begins at was[i] and is[j].
  const best = Array.from({ length: was.length + 1 }, () => new Float64Array(is.length + 1))
  const bestAt = (i: number, j: number): number => best[i]?.[j] ?? 0
  for (let i = was.length - 1; i >= 0; i -= 1) {
    const row = best[i] as Float64Array
    for (let j = is.length - 1; j >= 0; j -= 1) {
      const pair = likeness(was[i] as A, is[j] as B)
      const paired = pair > 0 ? pair + bestAt(i + 1, j + 1) : 0
      row[j] = Math.max(paired, bestAt(i + 1, j), bestAt(i, j + 1))
    }
  }
  const steps: Aligned<A, B>[] = []
  let [i, j] = [0, 0]
  while (i < was.length || j < is.length) {
    const pair = i < was.length && j < is.length ? likeness(was[i] as A, is[j] as B) : 0
    if (pair > 0 && pair + bestAt(i + 1, j + 1) === bestAt(i, j)) {
      steps.push({ was: was[i] as A, is: is[j] as B })
      i += 1
      j += 1
    } else if (i < was.length && (j >= is.length || bestAt(i + 1, j) === bestAt(i, j))) {
      steps.push({ was: was[i] as A, is: null })
      i += 1
    } else {
      steps.push({ was: null, is: is[j] as B })
      j += 1
    }
  }
  return steps
}
