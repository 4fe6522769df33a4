import { createWordSource, drawInteger } from './random.ts'

export interface Walk {
  readonly start: number
  readonly step: number
  readonly decimals: number
}

/** Steps are drawn a thousand times finer than what is written of them. */
const FINER = 1_000

/**
 * A random walk: each value lies within a step of the one before, and is rounded
 * as it is written. Computed in whole numbers, so that no machine rounds another way.
 * @param place of the field in its record: two fields walk apart
 */
export function walkOf(
  { start, step, decimals }: Walk,
  seed: number,
  place: number,
): (recordIndex: number) => number {
  const unit = 10 ** decimals
  const most = Math.round(step * unit * FINER)
  const next = createWordSource(seed, -1 - place)
  const written: number[] = []
  let at = Math.round(start * unit * FINER)
  return (recordIndex) => {
    while (written.length <= recordIndex) {
      // Adding nothing makes 0 of the -0 that a float may be.
      written.push(Math.round(at / FINER) / unit + 0)
      at += drawInteger(next, -most, most)
    }
    return written[recordIndex] as number
  }
}
