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
  const logs = [a.p50, b.p50, ...a.interval, ...b.interval].map(Math.log)
  if (!logs.every(Number.isFinite)) return null
  const [midA, midB, lowA, highA, lowB, highB] = logs as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const ratio = midB - midA
  return [
    Math.exp(ratio - Math.hypot(midB - lowB, highA - midA)),
    Math.exp(ratio + Math.hypot(highB - midB, midA - lowA)),
  ]
}
