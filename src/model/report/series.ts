import * as z from 'zod'

const micros = z.number()

/** Microseconds throughout. A percentile that the sample cannot carry is null. */
export const seriesSchema = z.strictObject({
  samples: z.int().min(0),
  minUs: micros,
  p50Us: micros.nullable(),
  p90Us: micros.nullable(),
  p99Us: micros.nullable(),
  p999Us: micros.nullable(),
  maxUs: micros,
  medianIntervalUs: z
    .tuple([micros, micros])
    .nullable()
    .describe('95 % interval of the median, from the medians of the rounds'),
  histogram: z.string().describe('HdrHistogram V2, deflated, base64; values in nanoseconds'),
})

export type Series = z.output<typeof seriesSchema>
