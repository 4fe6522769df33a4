import { hdr } from '../../model/lazy-package.ts'
import type { Series } from '../../model/report/report.ts'

const NS_PER_US = 1_000
const PERCENT = Array.from({ length: 100 }, (_, index) => index + 1)

/** Microseconds, and how many percent of the messages were done by then; null where the histogram cannot be read. */
export function percentsOf({ histogram, minUs }: Series): [number, number][] | null {
  try {
    const decoded = hdr().decodeFromCompressedBase64(histogram)
    const at = (percent: number) => decoded.getValueAtPercentile(percent) / NS_PER_US
    return [[minUs, 0], ...PERCENT.map((percent): [number, number] => [at(percent), percent])]
  } catch {
    // Somebody else's report.
    return null
  }
}
