import * as z from 'zod'
import { sayWrong } from './words.ts'

/** A whole number of a scenario file, ends included. */
export const wholeNumber = (low: number, high: number, example: number) =>
  z
    .int({ error: () => sayWrong.whole(example) })
    .min(low, { error: () => sayWrong.atLeast(low) })
    .max(high, { error: () => sayWrong.atMost(high) })
