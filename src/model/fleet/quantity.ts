import * as z from 'zod'
import { sayWrong } from './words.ts'

/** Quantities of a fleet file, as they are written: `15m`, `30d`, `1/d`. */

const SECONDS: Readonly<Record<string, number>> = {
  ...{ ms: 0.001, s: 1, m: 60, min: 60, h: 3_600, d: 86_400 },
}
export const SECONDS_PER_DAY = 86_400

/** Seconds of `15m`, `0.5s`, `30d`; null where the text is no duration. */
export function secondsOf(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|m|h|d)$/.exec(text.trim()) ?? []
  const seconds = Number(number) * (SECONDS[unit ?? ''] ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds : null
}

const MOST_SECONDS = 10 * 366 * SECONDS_PER_DAY

/** A duration above 0, in seconds once it is read. */
export const duration = (example: string) =>
  z
    .string({ error: () => sayWrong.duration(example) })
    .refine(
      (text) => {
        const seconds = secondsOf(text)
        return seconds !== null && seconds > 0 && seconds <= MOST_SECONDS
      },
      { error: () => sayWrong.noDuration(example) },
    )
    .transform((text) => secondsOf(text) as number)

/** A duration, or a word that stands for none: 0 once it is read. */
export const durationOr = (word: string, example: string) =>
  z.union([z.literal(word).transform(() => 0), duration(example)], {
    error: () => sayWrong.durationOr(example, word),
  })

const RATE_EXAMPLE = '1/d'
const MOST_A_DAY = SECONDS_PER_DAY

/** So many times in a time, `1/d`, `4/h`; how often a day once it is read. */
export const timesADay = z
  .string({ error: () => sayWrong.howOften(RATE_EXAMPLE) })
  .refine((text) => rateOf(text) !== null, {
    error: () => sayWrong.noRate(RATE_EXAMPLE),
  })
  .transform((text) => rateOf(text) as number)

function rateOf(text: string): number | null {
  const [, times, unit] = /^(\d+(?:\.\d+)?)\/(s|m|min|h|d)$/.exec(text.trim()) ?? []
  const aDay = (Number(times) * SECONDS_PER_DAY) / (SECONDS[unit ?? ''] ?? Number.NaN)
  return aDay >= 0 && aDay <= MOST_A_DAY ? aDay : null
}

/** `365.25/12` days: the mean month. */
export const MEAN_MONTH_S = (365.25 / 12) * SECONDS_PER_DAY
