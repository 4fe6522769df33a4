import type {
  CellComparison,
  DistributionRatio,
  ReportComparison,
} from '../../model/report/comparison.ts'
import { findMetric } from '../../model/report/metric.ts'
import { saidText } from '../../model/said/said.ts'
import { formatCount, formatMicrosNumber, formatValue } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import {
  type Block,
  cellText,
  type Group,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
  type Tone,
} from '../document/document.ts'

const say = catalogue({
  en: {
    warning: (text: string) => `warning: ${text}`,
    statuses: (cell: string, a: Status, b: Status) => `${cell}: ${a}, then ${b}`,
    exact: 'Exact figures',
    allAlike: (count: string) => `All ${count} exact figures that both have are equal.`,
    mostOf: (some: string, all: string, metric: string, cell: string, a: string, b: string) =>
      `Of ${all} exact figures that both have, ${some} differ, most of all ${metric} of ${cell}: ${a}, then ${b}.`,
    mediansOf: (slower: string, faster: string, all: string) =>
      `Medians that are slower by more than noise: ${slower} of ${all}; faster: ${faster}.`,
    allEqual: (count: string) => `all ${count} that both have are equal`,
    differ: (some: string, all: string) => `${some} of ${all} that both have differ`,
    cell: 'cell',
    metric: 'metric',
    medians: 'Medians',
    whatIsShown:
      'microseconds; b ÷ a with its 95 % interval, which covers the noise within the two runs. ~ is noise: the interval holds 1, or the difference is no larger than what runs of the same code differ by (20 %). To decide on less, compare in one job: check --latency.',
    verdicts: { noise: '~', slower: 'slower', faster: 'faster', open: '' },
  },
  'zh-TW': {
    warning: (text) => `警告：${text}`,
    statuses: (cell, a, b) => `${cell}：先${STATUS_ZH[a]}，後${STATUS_ZH[b]}`,
    exact: '精確的數字',
    allAlike: (count) => `兩者都有的 ${count} 個精確數字全部相同。`,
    mostOf: (some, all, metric, cell, a, b) =>
      `兩者都有的 ${all} 個精確數字中有 ${some} 個不同，差最多的是 ${cell} 的 ${metric}：先 ${a}，後 ${b}。`,
    mediansOf: (slower, faster, all) =>
      `${all} 個中位數中，超出雜訊而變慢的有 ${slower} 個，變快的有 ${faster} 個。`,
    allEqual: (count) => `兩者都有的 ${count} 個數字全部相同`,
    differ: (some, all) => `兩者都有的 ${all} 個數字中有 ${some} 個不同`,
    cell: '項目',
    metric: '指標',
    medians: '中位數',
    whatIsShown:
      '微秒；b ÷ a 附 95 % 區間，涵蓋兩次測量之內的雜訊。~ 是雜訊：區間含 1，或差異不大於同一份程式各次測量之間的差異（20 %）。要判定更小的差異，請在同一個工作裡比較：check --latency。',
    verdicts: { noise: '~', slower: '較慢', faster: '較快', open: '' },
  },
})

type Status = CellComparison['statusA']

const STATUS_ZH: Record<string, string> = {
  measured: '已測量',
  failed: '失敗',
  skipped: '略過',
  absent: '沒有',
}

/** Two reports as a person reads them: what differs, and how much of it is noise. */
export function comparisonDocument(comparison: ReportComparison): Block[] {
  const { a, b, warnings } = comparison
  return [
    heading(1, `${a.name} → ${b.name}`),
    paragraph(
      `a: ${a.startedAt}, mqtt-vs-http ${a.version}; b: ${b.startedAt}, mqtt-vs-http ${b.version}`,
      'faint',
    ),
    ...listOf(
      warnings.map((each) => say.warning(saidText(each))),
      'mixed',
    ),
    ...comparisonAnswer(comparison).map((text) => paragraph(text)),
    ...statusBlocks(comparison),
    ...exactBlocks(comparison),
    ...medianBlocks(comparison),
  ]
}

/** What a comparison comes to: of what is exact, and of what is not. */
export function comparisonAnswer({ cells }: ReportComparison): string[] {
  const exact = cells.flatMap((cell) =>
    cell.exact.flatMap(({ metric, a, b, difference }) =>
      difference === null ? [] : [{ cell, metric, a, b, share: shareOf(a, difference) }],
    ),
  )
  const changed = exact.filter(({ share }) => share > 0).toSorted((x, y) => y.share - x.share)
  const medians = cells.flatMap(mediansOf)
  const count = (verdict: DistributionRatio['verdict']): string =>
    formatCount(medians.filter((each) => each.verdict === verdict).length)
  const [most] = changed
  return [
    ...(exact.length > 0 && most === undefined ? [say.allAlike(formatCount(exact.length))] : []),
    ...(most === undefined
      ? []
      : [
          say.mostOf(
            ...([formatCount(changed.length), formatCount(exact.length)] as const),
            ...([most.metric, nameOf(most.cell)] as const),
            ...([valueText(most.metric, most.a), valueText(most.metric, most.b)] as const),
          ),
        ]),
    ...(medians.length === 0
      ? []
      : [say.mediansOf(count('slower'), count('faster'), formatCount(medians.length))]),
  ]
}

/** Those that both have, with what is known of their noise. */
const mediansOf = ({ distributions }: CellComparison): DistributionRatio[] =>
  distributions.filter(({ ratio, interval }) => ratio !== null && interval !== null)

/** How much of what it was: what was nothing has become all. */
const shareOf = (a: number | null, difference: number): number =>
  difference === 0 ? 0 : a === null || a === 0 ? Number.POSITIVE_INFINITY : Math.abs(difference / a)

const nameOf = ({ scenario, transport }: CellComparison): string => `${scenario}, ${transport}`

function statusBlocks({ cells }: ReportComparison): Block[] {
  const items = cells
    .filter(({ statusA, statusB }) => statusA !== 'measured' || statusB !== 'measured')
    .map((cell) => say.statuses(nameOf(cell), cell.statusA, cell.statusB))
  return listOf(items, 'faint')
}

function exactBlocks({ cells }: ReportComparison): Block[] {
  const compared = cells
    .flatMap(({ exact }) => exact)
    .filter(({ difference }) => difference !== null)
  if (compared.length === 0) return []
  const groups = cells.flatMap((cell): Group[] => {
    const rows = cell.exact.flatMap(({ metric, a, b, difference }) =>
      difference === null || difference === 0
        ? []
        : [
            [
              ...[metric, valueText(metric, a), valueText(metric, b)],
              cellText(signed(difference), difference > 0 ? 'bad' : 'good'),
            ],
          ],
    )
    return rows.length === 0 ? [] : [rowGroup(nameOf(cell), ...rows)]
  })
  const equal = compared.filter(({ difference }) => difference === 0).length
  return [
    heading(1, say.exact),
    paragraph(
      groups.length === 0
        ? say.allEqual(formatCount(compared.length))
        : say.differ(formatCount(compared.length - equal), formatCount(compared.length)),
      'faint',
    ),
    ...(groups.length === 0
      ? []
      : [plainTable([say.cell, say.metric], ['a', 'b', 'b − a'], groups)]),
  ]
}

function medianBlocks({ cells }: ReportComparison): Block[] {
  const groups = cells.flatMap((cell): Group[] => {
    const rows = mediansOf(cell).map((each) => [
      ...[each.metric, microsText(each.a), microsText(each.b), ratioText(each)],
      cellText(say.verdicts[each.verdict], VERDICT_TONE[each.verdict]),
    ])
    return rows.length === 0 ? [] : [rowGroup(nameOf(cell), ...rows)]
  })
  if (groups.length === 0) return []
  return [
    heading(1, say.medians),
    paragraph(say.whatIsShown, 'faint'),
    plainTable([say.cell, say.metric], ['a', 'b', 'b ÷ a', ''], groups),
  ]
}

const VERDICT_TONE: Record<DistributionRatio['verdict'], Tone> = {
  noise: 'faint',
  slower: 'bad',
  faster: 'good',
  open: 'faint',
}

const valueText = (metric: string, value: number | null): string =>
  value === null ? '' : formatValue(value, findMetric(metric)?.unit ?? 'messages')
const microsText = (value: number | null): string =>
  value === null ? '' : formatMicrosNumber(value)
const signed = (value: number): string =>
  value > 0 ? `+${formatCount(value)}` : formatCount(value)

function ratioText({ ratio, interval }: DistributionRatio): string {
  if (ratio === null) return ''
  const range = interval === null ? '' : ` [${interval.map((end) => end.toFixed(2)).join('–')}]`
  return `${ratio.toFixed(2)}${range}`
}
