import { hdr } from '../model/lazy-package.ts'
import type { Series } from '../model/report/report.ts'
import { medianInterval } from './interval.ts'
import { percentile, sortValues, supportedPercentile } from './percentile.ts'

const NS_PER_US = 1_000
const NS_PER_MINUTE = 60_000_000_000
const SIGNIFICANT_DIGITS = 3

/**
 * The median; of an even number of values, the mean of the middle two.
 * @throws RangeError without values
 */
export function median(values: readonly number[]): number {
  const ascending = sortValues(values)
  const lower = percentile(ascending, 0.5)
  const upper = ascending[Math.floor(ascending.length / 2)] ?? lower
  return (lower + upper) / 2
}

/**
 * One series of a report, in microseconds.
 * @param valuesNs every message of the measured rounds, in nanoseconds
 * @param roundMediansNs the median of each round; they carry the interval
 * @throws RangeError without values
 */
export function summarise(valuesNs: readonly number[], roundMediansNs: readonly number[]): Series {
  const values = sortValues(valuesNs)
  const interval = medianInterval(sortValues(roundMediansNs))
  const at = (p: number): number | null => {
    const value = supportedPercentile(values, p)
    return value === null ? null : toMicros(value)
  }
  return {
    samples: values.length,
    minUs: toMicros(percentile(values, 0)),
    p50Us: at(0.5),
    p90Us: at(0.9),
    p99Us: at(0.99),
    p999Us: at(0.999),
    maxUs: toMicros(percentile(values, 1)),
    medianIntervalUs: interval === null ? null : around(at(0.5), interval),
    histogram: encodeHistogram(values),
  }
}

/**
 * The series of a cell from its rounds.
 * @param rounds the values of each measured round, in nanoseconds
 * @returns null where no round has a value
 */
export function summariseRounds(rounds: readonly (readonly number[])[]): Series | null {
  const measured = rounds.filter((round) => round.length > 0)
  if (measured.length === 0) return null
  return summarise(measured.flat(), measured.map(median))
}

/**
 * The median of all messages is another estimate than the middle of the rounds'
 * medians, and may lie beyond their interval. That is then widened to it: it
 * covers what it did, and at least as often.
 */
const around = (p50Us: number | null, [lowNs, highNs]: [number, number]): [number, number] => {
  const [low, high] = [toMicros(lowNs), toMicros(highNs)]
  return p50Us === null ? [low, high] : [Math.min(p50Us, low), Math.max(p50Us, high)]
}

/** A nanosecond is the third decimal: nothing is lost but what a mean of two added. */
export function toMicros(ns: number): number {
  return Math.round(ns) / NS_PER_US
}

/**
 * HdrHistogram V2, deflated, base64: what HdrHistogram reads in every language,
 * and what can be added up over runs. Values above a minute are kept too. It
 * knows no negative value; a series has one only where clocks disagree, and
 * `minUs` shows that.
 */
function encodeHistogram(valuesNs: readonly number[]): string {
  const { build, encodeIntoCompressedBase64 } = hdr()
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: NS_PER_MINUTE,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    autoResize: true,
  })
  for (const value of valuesNs) histogram.recordValue(Math.max(0, Math.round(value)))
  return encodeIntoCompressedBase64(histogram)
}
