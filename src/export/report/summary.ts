import type { ClaimVerdict, Report } from '../../model/report/report.ts'
import type { Said } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { type Block, cellText, type Group, list, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import { claimedText, comparedRanges, TONE_OF } from './claims/comparison.ts'
import { SIDES, type Side, sideOf } from './claims/comparison-columns.ts'
import { isOfPublished, publishedBlocks } from './claims/published.ts'
import { answerOf } from './cost/answer.ts'
import { budgetBlocks } from './cost/budgets.ts'
import { headBlocks, measuredWith } from './head.ts'
import { disturbanceMark, reasonLines, scenarioCellsOf } from './scenario-cells.ts'

const say = catalogue({
  en: {
    claimedBelow: '(claimed below)',
    more: (count: number) => `and ${count} more`,
    lost: 'not all messages were delivered intact: --section delivery',
    disturbed: 'other programs used the CPU while latency was measured: --section latency',
    both: 'not all delivered intact, CPU shared with others: --section delivery,latency',
    renewed: (ends: string, opened: string, transports: string) =>
      `the server ended ${ends} connections, in whose place ${opened} were opened (${transports}): --section bytes`,
    sections: 'All sections: --full; some: --section bytes,latency',
    rest: (command: string) => `All of it: ${command}`,
  },
  'zh-TW': {
    claimedBelow: '（下方為說法）',
    more: (count) => `還有 ${count} 項`,
    lost: '並非所有訊息都完整送達：--section delivery',
    disturbed: '測量延遲時其他程式用了 CPU：--section latency',
    both: '並非全部完整送達，其他程式用了 CPU：--section delivery,latency',
    renewed: (ends, opened, transports) =>
      `伺服器關閉了 ${ends} 條連線，重新開啟了 ${opened} 條（${transports}）：--section bytes`,
    sections: '全部章節：--full；部分章節：--section bytes,latency',
    rest: (command) => `全文：${command}`,
  },
})

/** More of one kind are told by their number: this is one screen. */
const MOST_REASONS = 3

/**
 * What a screen of 24 lines has room for: the answer, the comparison without its
 * notes, what failed, and where the rest is. Null where the run is of something
 * else than the comparison, whose sections are then the answer.
 * @param folder where the report stands; null where it stands nowhere
 */
export function summaryDocument(report: Report, folder: string | null): Block[] | null {
  const { plan, link, loss } = report
  const isOfUplinks = plan.scenarios.every(({ flow }) => flow === 'uplink')
  const isOfLoad = plan.measures.includes('throughput')
  if (isOfPublished(report) && !isOfLoad) return publishedSummary(report, folder)
  const answer = answerOf(report, 'without the claim')
  if (!isOfUplinks || isOfLoad || link !== undefined || loss !== undefined) return null
  if (answer.length === 0) return null
  // The first block is of the machine, which the whole report has.
  const [, ...further] = headBlocks(report)
  const amiss = [...failures(report), ...renewed(report)]
  return [
    list([measuredWith(report)], 'faint'),
    ...further,
    ...answer.map((text) => paragraph(text)),
    // What is amiss takes its place: all of it is to be on one screen.
    ...(further.length + amiss.length === 0 ? [paragraph('')] : []),
    ...comparisonTable(report),
    ...amiss,
    ...budgetBlocks(report),
    paragraph(whereTheRestIs(folder), 'faint'),
  ]
}

/** Their table is the answer, and as long as it is. */
function publishedSummary(report: Report, folder: string | null): Block[] {
  const [, ...further] = headBlocks(report)
  return [
    list([measuredWith(report)], 'faint'),
    ...further,
    ...publishedBlocks(report),
    ...failures(report),
    paragraph(whereTheRestIs(folder), 'faint'),
  ]
}

function comparisonTable(report: Report): Block[] {
  const rowsOf = (scenario: string | null, measured: readonly string[]) => {
    const claims = report.verdicts.filter((verdict) => verdict.scenario === scenario)
    const at = (side: Side): ClaimVerdict | undefined =>
      claims.find((verdict) => sideOf(verdict, report) === side)
    const verdicts = SIDES.map((side, index) => {
      const claim = at(side)
      const verdict = claim && WORDS.verdicts[claim.verdict]
      const text = [measured[index], verdict].filter(Boolean).join(' ')
      return cellText(text, claim && TONE_OF[claim.verdict])
    })
    const claimed = SIDES.map((side) => {
      const claim = at(side)
      return cellText(claim === undefined ? '' : claimedText(claim), 'faint')
    })
    // Over all contents a number of bytes is of none of them, and the ratio is that of each.
    return claims.length === 0 || scenario === null ? [verdicts] : [verdicts, claimed]
  }
  const groups: Group[] = scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const measured = comparedRanges(report, scenario.name, cells)
    return measured.every((text) => text === '')
      ? []
      : [{ first: cellText(scenario.name), rows: rowsOf(scenario.name, measured) }]
  })
  const overall = rowsOf(null, [])
  if (report.verdicts.some(({ scenario }) => scenario === null))
    groups.push({ first: cellText(WORDS.overall), rows: overall })
  const columns = [say.claimedBelow, 'HTTP', 'MQTT', 'MQTT/HTTP']
  if (groups.length === 0) return []
  return [
    {
      kind: 'table',
      frame: 'plain',
      columns: columns.map((title) => ({ title, align: 'left' })),
      groups,
    },
  ]
}

const isOfLoss = (warning: Said): boolean =>
  typeof warning === 'string' ? warning.startsWith('not all') : warning.key === 'notIntact'

/** What is not as it should be, in a line each. */
function failures({ cells }: Report): Block[] {
  const reasons = reasonLines(cells.filter(({ status }) => status === 'failed'))
  const shown = reasons.slice(0, MOST_REASONS)
  const more = reasons.length - shown.length
  const busy = cells.some((cell) => disturbanceMark(cell) !== '')
  const lost = cells.some((cell) => cell.status !== 'skipped' && cell.warnings.some(isOfLoss))
  return [
    ...(shown.length > 0 ? [list([...shown, ...(more > 0 ? [say.more(more)] : [])], 'bad')] : []),
    ...(lost ? [paragraph(busy ? say.both : say.lost, 'bad')] : []),
    ...(busy && !lost ? [paragraph(say.disturbed, 'mixed')] : []),
  ]
}

/** Connections that a server ended are in the figures above, and none of them tells. */
function renewed({ cells }: Report): Block[] {
  const found = cells.flatMap((cell) => {
    const renewals = cell.status === 'measured' ? cell.bytes?.renewals : undefined
    return renewals === undefined ? [] : [{ transport: cell.transport, ...renewals }]
  })
  if (found.length === 0) return []
  const sum = (key: 'serverEnds' | 'connections'): string =>
    formatCount(found.reduce((total, each) => total + each[key], 0))
  const transports = [...new Set(found.map(({ transport }) => transport))].join(', ')
  return [paragraph(say.renewed(sum('serverEnds'), sum('connections'), transports), 'mixed')]
}

const whereTheRestIs = (folder: string | null): string =>
  folder === null ? say.sections : say.rest(commandLine(['report', folder, '--full']))
