/** A median with the interval that encloses it with 95 %. */
export interface MedianWithInterval {
  p50: number
  interval: readonly [number, number]
}

/**
 * 95 % interval of the ratio of two independent medians, `b` to `a`, from the
 * interval of each: on the logarithms, the distances of the two limits that
 * count are added in quadrature (MOVER: Donner and Zou, Statistical Methods in
 * Medical Research 21, 2012). It is as good as the two intervals are, and
 * covers what they cover: the noise inside of each run.
 * @returns null where a limit is not positive
 */
export function ratioInterval(
  a: MedianWithInterval,
  b: MedianWithInterval,
): [number, number] | null {
  const [midA, lowA, highA] = logarithms(a)
  const [midB, lowB, highB] = logarithms(b)
  if (![midA, lowA, highA, midB, lowB, highB].every(Number.isFinite)) return null
  const ratio = midB - midA
  return [
    Math.exp(ratio - Math.hypot(midB - lowB, highA - midA)),
    Math.exp(ratio + Math.hypot(highB - midB, midA - lowA)),
  ]
}

const logarithms = ({ p50, interval: [low, high] }: MedianWithInterval) =>
  [Math.log(p50), Math.log(low), Math.log(high)] as const
