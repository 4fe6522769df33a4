import { InstrumentError } from '../../model/errors.ts'
import type { Report } from '../../model/report/report.ts'
import { catalogue } from '../../model/text/language.ts'
import { suggestOneOf } from '../../model/text/nearest.ts'
import type { Block } from '../document/document.ts'
import { type RenderOptions, SECTIONS, type Section } from '../exporter.ts'
import { answerBlocks } from './answers/answer.ts'
import { bytesBlocks } from './bytes.ts'
import { allPairsBlocks } from './claims/all-pairs.ts'
import { comparisonBlocks } from './claims/comparison.ts'
import { isOfPublished, publishedBlocks } from './claims/published.ts'
import { coldStartBlocks } from './cold-start.ts'
import { commandBlocks } from './commands.ts'
import { breakEvenBlocks, fullBreakEvenBlocks } from './cost/break-even.ts'
import { budgetBlocks } from './cost/budgets.ts'
import { renewalBlocks } from './cost/renewals.ts'
import { waitingBlocks } from './cost/waiting.ts'
import { countsBlocks } from './counts.ts'
import { endToEndBlocks } from './end-to-end.ts'
import { fanOutBlocks } from './fan-out.ts'
import { headBlocks } from './head.ts'
import { headerSetBlocks } from './header-set.ts'
import { latencyBlocks } from './latency.ts'
import { linkBlocks } from './links/link.ts'
import { lossBlocks } from './links/loss.ts'
import { loadBlocks } from './load.ts'
import { encodingBlocks } from './sizes/encodings.ts'
import { sizeBlocks } from './sizes/sizes.ts'
import { timeBlocks } from './time.ts'
import { tlsBlocks } from './tls/agreed.ts'
import { versionBlocks } from './tls/versions.ts'

const say = catalogue({
  en: { noSection: (given: string, hint: string) => `--section: there is no ${given}; ${hint}` },
  'zh-TW': { noSection: (given, hint) => `--section：沒有 ${given}；${hint}` },
})

const isOfLoopback = ({ link, loss }: Report): boolean => link === undefined && loss === undefined

/** No claim is about what a load shows, and nothing else was asked. */
const isOfLoadAlone = ({ plan }: Report): boolean =>
  plan.measures.every((measure) => measure === 'throughput')

/** Latencies on loopback are mostly those of software. */
const ifLoopback =
  (...sections: readonly ((report: Report) => Block[])[]) =>
  (report: Report): Block[] =>
    isOfLoopback(report) ? sections.flatMap((section) => section(report)) : []

/** Each section by its name. */
export const BLOCKS_OF: Readonly<Record<Section, (report: Report) => Block[]>> = {
  answer: answerBlocks,
  comparison: (report) => {
    if (isOfLoadAlone(report)) return []
    if (isOfPublished(report)) return publishedBlocks(report)
    return [...comparisonBlocks(report), ...allPairsBlocks(report)]
  },
  'header-sets': headerSetBlocks,
  'break-even': breakEvenBlocks,
  commands: ifLoopback(commandBlocks),
  'fan-out': fanOutBlocks,
  sizes: sizeBlocks,
  encodings: encodingBlocks,
  bytes: (report) => [...bytesBlocks(report), ...renewalBlocks(report), ...waitingBlocks(report)],
  tls: (report) => [...tlsBlocks(report), ...versionBlocks(report)],
  latency: ifLoopback(latencyBlocks, coldStartBlocks, timeBlocks),
  link: (report) => [...(isOfLoopback(report) ? [] : linkBlocks(report)), ...lossBlocks(report)],
  load: (report) => [...loadBlocks(report), ...endToEndBlocks(report)],
  delivery: countsBlocks,
  'all-pairs': fullBreakEvenBlocks,
  budgets: ({ budgets }) => budgetBlocks(2, budgets),
}

type Choice = Pick<RenderOptions, 'breakEven' | 'sections'>

/** Those that are asked for, or every section; all pairs are asked for by a flag of their own. */
export const sectionsAsked = ({ breakEven, sections }: Choice): readonly Section[] =>
  sections ?? SECTIONS.filter((name) => name !== 'all-pairs' || breakEven === 'all-pairs')

/** What a person reads of a report. */
export const reportDocument = (report: Report, choice: Choice): Block[] => [
  ...headBlocks(report),
  ...sectionsAsked(choice).flatMap((name) => BLOCKS_OF[name](report)),
]

/**
 * `--section bytes,latency`, in reading order.
 * @throws InstrumentError `usage`
 */
export function parseSections(text: string): Section[] {
  const wanted = text.split(',').map((name) => name.trim())
  for (const name of wanted) {
    if ((SECTIONS as readonly string[]).includes(name)) continue
    throw new InstrumentError(
      'usage',
      say.noSection(JSON.stringify(name), suggestOneOf(name, SECTIONS)),
    )
  }
  return SECTIONS.filter((name) => wanted.includes(name))
}
