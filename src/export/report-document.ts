import type { Report } from '../model/report.ts'
import { allPairsBlocks } from './all-pairs-section.ts'
import { breakEvenBlocks, fullBreakEvenBlocks } from './break-even-section.ts'
import { bytesBlocks } from './bytes-section.ts'
import { coldStartBlocks } from './cold-start-section.ts'
import { commandBlocks } from './commands-section.ts'
import { comparisonBlocks } from './comparison-section.ts'
import { countsBlocks } from './counts-section.ts'
import type { Block } from './document.ts'
import type { BreakEvenDetail } from './exporter.ts'
import { fanOutBlocks } from './fan-out-section.ts'
import { headBlocks } from './head.ts'
import { headerSetBlocks } from './header-set-section.ts'
import { latencyBlocks } from './latency-section.ts'
import { linkBlocks } from './link-section.ts'
import { loadBlocks } from './load-section.ts'
import { lossBlocks } from './loss-section.ts'
import { timeBlocks } from './time-section.ts'

const isOfLoopback = ({ link, loss }: Report): boolean => link === undefined && loss === undefined

/** Latencies that are mostly those of software. */
const loopbackBlocks = (report: Report): Block[] => [
  ...latencyBlocks(report),
  ...coldStartBlocks(report),
  ...timeBlocks(report),
]

/** Everything that a person reads of a report, in reading order: the answer first. */
export function reportDocument(report: Report, breakEven: BreakEvenDetail = 'mqtt-http'): Block[] {
  return [
    ...headBlocks(report),
    ...(isOfLoadAlone(report) ? [] : [...comparisonBlocks(report), ...allPairsBlocks(report)]),
    ...headerSetBlocks(report),
    ...breakEvenBlocks(report),
    ...(isOfLoopback(report) ? commandBlocks(report) : []),
    ...fanOutBlocks(report),
    ...bytesBlocks(report),
    ...(isOfLoopback(report) ? loopbackBlocks(report) : linkBlocks(report)),
    ...lossBlocks(report),
    ...loadBlocks(report),
    ...countsBlocks(report),
    ...(breakEven === 'all-pairs' ? fullBreakEvenBlocks(report) : []),
  ]
}

/** No claim is about what a load shows, and nothing else was asked. */
const isOfLoadAlone = ({ plan }: Report): boolean =>
  plan.measures.every((measure) => measure === 'throughput')
