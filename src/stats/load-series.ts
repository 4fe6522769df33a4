import type { LoadSeries } from '../model/report/load-result.ts'
import type { LatencyHistogram } from './latency-histogram.ts'
import { toMicros } from './summary.ts'

/** A series of a report, in microseconds; null without samples. */
export function summariseHistogram(histogram: LatencyHistogram): LoadSeries | null {
  if (histogram.samples === 0) return null
  const at = (p: number): number | null => {
    const value = histogram.supportedPercentile(p)
    return value === null ? null : toMicros(value)
  }
  return {
    samples: histogram.samples,
    minUs: toMicros(histogram.leastNs),
    p50Us: at(0.5),
    p90Us: at(0.9),
    p99Us: at(0.99),
    p999Us: at(0.999),
    maxUs: toMicros(histogram.greatestNs),
    histogram: histogram.encode(),
  }
}
