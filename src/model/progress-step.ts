/** What is being done, of something that takes a while. */
export interface ProgressStep {
  readonly what: string
  /** How much of the whole is done, from 0 to 1; left out where nobody can say. */
  readonly share?: number
  /** Until all is done, in milliseconds; null as long as nothing has been timed. */
  readonly leftMs?: number | null
}

/** A step of one of several runs, as one of them all, which are taken to be alike. */
export function partOf(step: ProgressStep, index: number, of: number): ProgressStep {
  const { share, leftMs = null } = step
  if (share === undefined) return step
  const wholeMs = leftMs === null || share >= 1 ? null : leftMs / (1 - share)
  return {
    ...step,
    share: (index + share) / of,
    leftMs: wholeMs === null || leftMs === null ? null : leftMs + (of - index - 1) * wholeMs,
  }
}
