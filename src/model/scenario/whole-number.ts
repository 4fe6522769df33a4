import * as z from 'zod'

/** A whole number of a scenario file, ends included. */
export const wholeNumber = (low: number, high: number, example: number) =>
  z
    .int(`must be a whole number, such as ${example}`)
    .min(low, `must be at least ${low}`)
    .max(high, `must be at most ${high}`)
