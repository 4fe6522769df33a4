import type { JsHistogram } from 'hdr-histogram-js'
import { describeError, InstrumentError } from '../model/errors.ts'
import { hdr } from '../model/lazy-package.ts'
import { catalogue } from '../model/text/language.ts'
import { requiredSamples } from './percentile.ts'

const say = catalogue({
  en: {
    noHistogram: (why: string) =>
      `a stored histogram is no HdrHistogram V2 in base64 (${why}); measure again`,
    otherKind: 'it is of another kind',
  },
  'zh-TW': {
    noHistogram: (why) => `所儲存的直方圖不是 base64 的 HdrHistogram V2（${why}）；請重新測量`,
    otherKind: '是另一種直方圖',
  },
})

/** Three significant digits: 2,048 cells up to 2,048 ns, then 1,024 for each doubling. */
const SIGNIFICANT_DIGITS = 3
const HALF_BITS = 10
const HALF = 2 ** HALF_BITS
const LINEAR_LIMIT = 2 * HALF

/** What can be recorded without loss of precision, in nanoseconds; a longer wait counts as this long. */
export const HIGHEST_RECORDABLE_NS = 3_600_000_000_000 * 2

const CELLS = cellOf(HIGHEST_RECORDABLE_NS) + 1

/** A histogram as it crosses from one process to another. */
export interface HistogramParts {
  readonly counts: Float64Array
  readonly samples: number
  readonly leastNs: number
  readonly greatestNs: number
}

/**
 * Counts of latencies in the layout of HdrHistogram: each value is kept to three
 * significant digits, whatever its size. Recording is a shift and an increment in
 * a typed array, without allocation, since a load driver records a million a
 * second; the stored form is HdrHistogram's own. Least and greatest value are
 * kept exactly beside it.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(CELLS)
  #samples = 0
  #leastNs = Number.POSITIVE_INFINITY
  #greatestNs = 0

  get samples(): number {
    return this.#samples
  }

  /** Exact; infinite without samples. */
  get leastNs(): number {
    return this.#leastNs
  }

  /** Exact. */
  get greatestNs(): number {
    return this.#greatestNs
  }

  /** A negative value, which only clocks that disagree make, counts as 0. */
  record(valueNs: number): void {
    this.recordTimes(valueNs, 1)
  }

  recordTimes(valueNs: number, times: number): void {
    const value = valueNs > 0 ? Math.min(valueNs, HIGHEST_RECORDABLE_NS) : 0
    const cell = cellOf(value)
    this.#counts[cell] = (this.#counts[cell] as number) + times
    this.#samples += times
    if (value < this.#leastNs) this.#leastNs = value
    if (value > this.#greatestNs) this.#greatestNs = value
  }

  /** Takes in everything that the other has recorded: the same as if it had been recorded here. */
  add(other: LatencyHistogram): void {
    for (let cell = 0; cell < CELLS; cell += 1) {
      this.#counts[cell] = (this.#counts[cell] as number) + (other.#counts[cell] as number)
    }
    this.#samples += other.#samples
    this.#leastNs = Math.min(this.#leastNs, other.#leastNs)
    this.#greatestNs = Math.max(this.#greatestNs, other.#greatestNs)
  }

  /**
   * Nearest rank, to three significant digits: the largest value that shares a
   * cell with it, as HdrHistogram has it, and never more than the greatest recorded.
   * @param p from 0 to 1
   * @returns nanoseconds; null where the sample is too small to say anything about it
   */
  supportedPercentile(p: number): number | null {
    if (this.#samples < requiredSamples(p)) return null
    const rank = Math.max(1, Math.ceil(p * this.#samples - 1e-9))
    let passed = 0
    for (let cell = 0; cell < CELLS; cell += 1) {
      passed += this.#counts[cell] as number
      if (passed >= rank) return Math.min(this.#greatestNs, lowestOf(cell + 1) - 1)
    }
    return null
  }

  /** As plain values, exactly: for another process. */
  toParts(): HistogramParts {
    const { samples, leastNs, greatestNs } = this
    return { counts: this.#counts.slice(), samples, leastNs, greatestNs }
  }

  static fromParts({ counts, samples, leastNs, greatestNs }: HistogramParts): LatencyHistogram {
    const histogram = new LatencyHistogram()
    histogram.#counts.set(counts)
    histogram.#samples = samples
    histogram.#leastNs = leastNs
    histogram.#greatestNs = greatestNs
    return histogram
  }

  /** HdrHistogram V2, deflated, base64; values in nanoseconds. */
  encode(): string {
    const stored = emptyHdr()
    for (let cell = 0; cell < CELLS; cell += 1) {
      const times = this.#counts[cell] as number
      if (times > 0) stored.recordValueWithCount(lowestOf(cell), times)
    }
    return hdr().encodeIntoCompressedBase64(stored)
  }

  /**
   * @param encoded what `encode`, or any HdrHistogram of nanoseconds, has written
   * @throws InstrumentError `report-unreadable` where it is something else
   */
  static decode(encoded: string): LatencyHistogram {
    const stored = readHdr(encoded)
    const histogram = new LatencyHistogram()
    for (let index = 0; index < stored.countsArrayLength; index += 1) {
      const times = stored.getCountAtIndex(index)
      if (times > 0) histogram.recordTimes(stored.valueFromIndex(index), times)
    }
    return histogram
  }
}

function readHdr(encoded: string): JsHistogram {
  const { decodeFromCompressedBase64, JsHistogram } = hdr()
  try {
    const stored = decodeFromCompressedBase64(encoded, 64)
    if (stored instanceof JsHistogram) return stored
    throw new TypeError(say.otherKind)
  } catch (error) {
    throw new InstrumentError('report-unreadable', say.noHistogram(describeError(error)), {
      cause: error,
    })
  }
}

function emptyHdr() {
  return hdr().build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_RECORDABLE_NS,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    // Counts beyond 2^31 too, which a fleet can reach.
    bitBucketSize: 64,
    autoResize: true,
  })
}

/** Where a value is counted. */
function cellOf(valueNs: number): number {
  if (valueNs < LINEAR_LIMIT) return Math.floor(valueNs)
  const doublings = exponentOf(valueNs) - HALF_BITS
  return doublings * HALF + Math.floor(valueNs / 2 ** doublings)
}

/** The least value that is counted in a cell. */
function lowestOf(cell: number): number {
  if (cell < LINEAR_LIMIT) return cell
  const doublings = Math.floor(cell / HALF) - 1
  return (cell - doublings * HALF) * 2 ** doublings
}

/** The power of two at or below a value; by bits, since a logarithm rounds up just below a power. */
function exponentOf(value: number): number {
  return value < 2 ** 31 ? 31 - Math.clz32(value) : exponentOf(value / 2 ** 31) + 31
}
