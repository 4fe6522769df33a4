import type { Report } from '../../model/report/report.ts'
import type { Block } from '../document/document.ts'
import type { BreakEvenDetail } from '../exporter.ts'
import { answerBlocks } from './answer.ts'
import { breakEvenBlocks, fullBreakEvenBlocks } from './break-even.ts'
import { budgetBlocks } from './budgets.ts'
import { bytesBlocks } from './bytes.ts'
import { allPairsBlocks } from './claims/all-pairs.ts'
import { comparisonBlocks } from './claims/comparison.ts'
import { coldStartBlocks } from './cold-start.ts'
import { commandBlocks } from './commands.ts'
import { countsBlocks } from './counts.ts'
import { fanOutBlocks } from './fan-out.ts'
import { headBlocks } from './head.ts'
import { headerSetBlocks } from './header-set.ts'
import { latencyBlocks } from './latency.ts'
import { linkBlocks } from './links/link.ts'
import { lossBlocks } from './links/loss.ts'
import { loadBlocks } from './load.ts'
import { timeBlocks } from './time.ts'

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
    ...answerBlocks(report),
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
    ...budgetBlocks(report),
  ]
}

/** No claim is about what a load shows, and nothing else was asked. */
const isOfLoadAlone = ({ plan }: Report): boolean =>
  plan.measures.every((measure) => measure === 'throughput')
