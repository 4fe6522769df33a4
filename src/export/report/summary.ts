import { groupBy } from '../../model/group-by.ts'
import type { ClaimVerdict, Report } from '../../model/report/report.ts'
import { type Said, saidText } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { displayWidth } from '../../model/text/text-width.ts'
import {
  type Block,
  cellText,
  type Group,
  list,
  paragraph,
  plainTable,
  type TableBlock,
  type Tone,
} from '../document/document.ts'
import { clipText, fitScreen, SCREEN_LINES, type ScreenPart } from '../document/fit-screen.ts'
import { WORDS } from '../words.ts'
import { claimedText, comparedRanges, TONE_OF } from './claims/comparison.ts'
import { SIDES, type Side, sideOf } from './claims/comparison-columns.ts'
import { isOfPublished, publishedBlocks } from './claims/published.ts'
import { answerOf } from './cost/answer.ts'
import { budgetBlocks, budgetTexts } from './cost/budgets.ts'
import { headBlocks, measuredWith, noticeTexts } from './head.ts'
import { verdictWord } from './notes.ts'
import { disturbanceMark, scenarioCellsOf } from './scenario-cells.ts'

const say = catalogue({
  en: {
    claimedBelow: '(claimed below)',
    more: (count: string) => `and ${count} more: --full`,
    moreContents: (count: string) => `and ${count} more contents: --full`,
    failed: (scenario: string, transports: string, why: string) =>
      `${scenario} on ${transports} failed: ${why}`,
    failedIn: (transports: string, contents: string, why: string) =>
      `${transports} failed with ${contents} contents: ${why}`,
    kept: (count: string) => `${count} more budgets are kept`,
    lost: 'not all messages were delivered intact: --section delivery',
    disturbed: 'other programs used the CPU while latency was measured: --section latency',
    both: 'not all delivered intact, CPU shared with others: --section delivery,latency',
    renewed: (ends: string, opened: string, transports: string) =>
      `the server ended ${ends} connections, in whose place ${opened} were opened (${transports}): --section bytes`,
    sections: 'All sections: --full; some: --section bytes,latency',
    rest: (command: string) => `All of it: ${command}`,
    page: (file: string) => `A page to show: ${file}`,
    longPath: 'All of it: report.html of the run; report FOLDER --full',
  },
  'zh-TW': {
    claimedBelow: '（下方為說法）',
    more: (count) => `還有 ${count} 項：--full`,
    moreContents: (count) => `還有 ${count} 種內容：--full`,
    failed: (scenario, transports, why) => `${scenario}／${transports} 失敗：${why}`,
    failedIn: (transports, contents, why) => `${transports} 在 ${contents} 種內容上失敗：${why}`,
    kept: (count) => `另有 ${count} 項預算符合`,
    lost: '並非所有訊息都完整送達：--section delivery',
    disturbed: '測量延遲時其他程式用了 CPU：--section latency',
    both: '並非全部完整送達，其他程式用了 CPU：--section delivery,latency',
    renewed: (ends, opened, transports) =>
      `伺服器關閉了 ${ends} 條連線，重新開啟了 ${opened} 條（${transports}）：--section bytes`,
    sections: '全部章節：--full；部分章節：--section bytes,latency',
    rest: (command) => `全文：${command}`,
    page: (file) => `可展示的網頁：${file}`,
    longPath: '全文：結果資料夾中的 report.html；report 資料夾 --full',
  },
})

/** Where a report stands, as far as it stands anywhere. */
export interface Place {
  readonly folder: string | null
  /** Its report.html. */
  readonly page?: string | null
}

/** What a terminal has room for, and how blocks fill it. */
export interface Screen {
  readonly columns: number
  readonly lines: number
  readonly linesOf: (blocks: readonly Block[]) => number
}

/**
 * What a screen of 24 lines has room for: the answer, the comparison without its
 * notes, what failed, and where the rest is; where that is more, the less important
 * gives way. Null where the run is of something else than the comparison, whose
 * sections are then the answer.
 */
export function summaryDocument(report: Report, place: Place, screen: Screen): Block[] | null {
  const { plan, link, loss } = report
  const isOfUplinks = plan.scenarios.every(({ flow }) => flow === 'uplink')
  const isOfLoad = plan.measures.includes('throughput')
  if (isOfPublished(report) && !isOfLoad) return publishedSummary(report, place)
  const answer = answerOf(report, 'without the claim')
  if (!isOfUplinks || isOfLoad || link !== undefined || loss !== undefined) return null
  // Where cells failed there may be none.
  if (answer.length === 0 && report.cells.every(({ status }) => status !== 'failed')) return null
  const [notices, failed, renewals] = [noticeTexts(report), failures(report), renewed(report)]
  const isQuiet = notices.length + failed.length + renewals.length === 0
  const { columns, lines, linesOf } = screen
  const parts = [
    {
      whole: [list([measuredWith(report)], 'faint')],
      shorter: [{ rank: RANK.head, blocks: none }],
    },
    fewer(notices, RANK.notices, columns),
    answerPart(answer, columns),
    // What is amiss takes its place: all of it is to be on one screen.
    { whole: isQuiet ? [paragraph('')] : [], shorter: [{ rank: RANK.gap, blocks: none }] },
    comparisonPart(report, columns),
    fewer(failed, RANK.failures, columns),
    fewer(marks(report), RANK.marks, columns),
    fewer(renewals, RANK.marks, columns),
    budgetPart(report, columns),
    placePart(place, columns),
  ]
  return fitScreen(parts, lines, linesOf)
}

/** What gives way first, and what after that: of a part that has several, each in its turn. */
const RANK = {
  gap: 0,
  longPath: 1,
  head: 2,
  failures: [3, 7, 14],
  marks: [4, 9, 15],
  notices: [5, 8, 13],
  answer: [6, 11],
  budgets: [10, 12, 18],
  page: 10,
  claimed: 16,
  path: 17,
  sentence: 19,
  contents: 20,
} as const

const none = (): Block[] => []

interface Told {
  readonly text: string
  readonly tone: Tone
}

const toldBlocks = (told: readonly Told[]): Block[] =>
  told.map(({ text, tone }) => paragraph(text, tone))

/** All of them; a line each; three of them; one. */
function fewer(
  told: readonly Told[],
  [aLineEach, three, one]: readonly [number, number, number],
  columns: number,
): ScreenPart {
  const first = (count: number): Block[] => {
    const clipped = told
      .slice(0, count)
      .map(({ text, tone }) => ({ text: clipText(text, columns), tone }))
    const more = told.length - count
    const tone = told[0]?.tone ?? 'faint'
    return [
      ...toldBlocks(clipped),
      ...(more < 1 ? [] : [paragraph(say.more(formatCount(more)), tone)]),
    ]
  }
  return {
    whole: toldBlocks(told),
    shorter: [
      { rank: aLineEach, blocks: () => first(told.length) },
      { rank: three, blocks: () => first(MOST_OF_A_KIND) },
      { rank: one, blocks: () => first(1) },
    ],
  }
}

const MOST_OF_A_KIND = 3

/** The later sentences are the less important ones. */
function answerPart(answer: readonly string[], columns: number): ScreenPart {
  if (answer.length === 0) return { whole: [], shorter: [] }
  const first = (count: number): Block[] => answer.slice(0, count).map((text) => paragraph(text))
  const fewerSentences = answer.slice(1).map((_, index) => {
    const count = answer.length - 1 - index
    return { rank: RANK.answer[count >= 3 ? 0 : 1] ?? 0, blocks: () => first(count) }
  })
  const least = (): Block[] => [paragraph(clipText(answer[0] ?? '', columns, 2))]
  return {
    whole: first(answer.length),
    shorter: [...fewerSentences, { rank: RANK.sentence, blocks: least }],
  }
}

function comparisonPart(report: Report, columns: number): ScreenPart {
  const nameColumns = Math.min(LONGEST_NAME, Math.floor(columns / 3))
  const whole = comparisonTable(report, nameColumns, 'with what is claimed')
  const measured = comparisonTable(report, nameColumns, 'measured alone')
  const most = Math.min(measured?.groups.length ?? 0, SCREEN_LINES)
  return {
    whole: whole === null ? [] : [whole],
    shorter: [most, ...Array.from({ length: most }, (_, index) => most - index)].map(
      (count, index) => ({
        rank: index === 0 ? RANK.claimed : RANK.contents,
        blocks: () => (measured === null ? [] : firstContents(measured, count)),
      }),
    ),
  }
}

function firstContents(table: TableBlock, count: number): Block[] {
  const more = table.groups.length - count
  return [
    { ...table, groups: table.groups.slice(0, count) },
    ...(more === 0 ? [] : [paragraph(say.moreContents(formatCount(more)), 'faint')]),
  ]
}

/** All of them under their heading; what is not kept, a line each, and how many are. */
function budgetPart(report: Report, columns: number): ScreenPart {
  const told = budgetTexts(report)
  const kept = told.filter(({ tone }) => tone === 'good').length
  const others = fewer(
    told.filter(({ tone }) => tone !== 'good'),
    RANK.budgets,
    columns,
  )
  const count = kept === 0 ? [] : [paragraph(say.kept(formatCount(kept)), 'good')]
  return {
    whole: budgetBlocks(report),
    shorter: others.shorter.map(({ rank, blocks }) => ({
      rank,
      blocks: () => [...blocks(), ...count],
    })),
  }
}

function placePart({ folder, page = null }: Place, columns: number): ScreenPart {
  const command = [paragraph(whereTheRestIs(folder), 'faint')]
  const pageLine = page === null ? [] : [paragraph(say.page(page), 'faint')]
  const isLong = displayWidth(folder ?? '') > columns
  return {
    whole: [...pageLine, ...command],
    shorter: [
      { rank: isLong ? RANK.longPath : RANK.page, blocks: () => command },
      {
        rank: isLong ? RANK.longPath : RANK.path,
        blocks: () => [paragraph(clipText(say.longPath, columns), 'faint')],
      },
    ],
  }
}

/** Their table is the answer, and as long as it is. */
function publishedSummary(report: Report, { folder, page = null }: Place): Block[] {
  const [, ...further] = headBlocks(report)
  return [
    list([measuredWith(report)], 'faint'),
    ...further,
    ...publishedBlocks(report),
    ...toldBlocks([...failures(report), ...marks(report)]),
    ...(page === null ? [] : [paragraph(say.page(page), 'faint')]),
    paragraph(whereTheRestIs(folder), 'faint'),
  ]
}

/** Names of others may be of any length. */
const LONGEST_NAME = 24

function comparisonTable(
  report: Report,
  nameColumns: number,
  shown: 'with what is claimed' | 'measured alone',
): TableBlock | null {
  const rowsOf = (scenario: string | null, measured: readonly string[]) => {
    const claims = report.verdicts.filter((verdict) => verdict.scenario === scenario)
    const at = (side: Side): ClaimVerdict | undefined =>
      claims.find((verdict) => sideOf(verdict, report) === side)
    const verdicts = SIDES.map((side, index) => {
      const claim = at(side)
      const verdict = claim && verdictWord(claim)
      const text = [measured[index], verdict].filter(Boolean).join(' ')
      return cellText(text, claim && TONE_OF[claim.verdict])
    })
    const claimed = SIDES.map((side) => {
      const claim = at(side)
      return cellText(claim === undefined ? '' : claimedText(claim), 'faint')
    })
    // Over all contents a number of bytes is of none of them, and the ratio is that of each.
    return claims.length === 0 || scenario === null || shown === 'measured alone'
      ? [verdicts]
      : [verdicts, claimed]
  }
  const groups: Group[] = scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const measured = comparedRanges(report, scenario.name, cells)
    return measured.every((text) => text === '')
      ? []
      : [
          {
            first: cellText(clipText(scenario.name, nameColumns)),
            rows: rowsOf(scenario.name, measured),
          },
        ]
  })
  const overall = rowsOf(null, [])
  if (report.verdicts.some(({ scenario }) => scenario === null))
    groups.push({ first: cellText(WORDS.overall), rows: overall })
  const first = shown === 'measured alone' ? WORDS.content : say.claimedBelow
  if (groups.length === 0) return null
  return plainTable([first, 'HTTP', 'MQTT', 'MQTT/HTTP'], [], groups)
}

const isOfLoss = (warning: Said): boolean =>
  typeof warning === 'string' ? warning.startsWith('not all') : warning.key === 'notIntact'

/** Why cells failed: those that failed alike are told together. */
function failures({ cells }: Report): Told[] {
  const alike = groupBy(
    cells.filter((cell) => cell.status === 'failed'),
    ({ reason }) => saidText(reason),
  )
  return Array.from(alike, ([reason, failed]) => {
    const [scenario = '', ...others] = new Set(failed.map((cell) => cell.scenario))
    const transports = listNames([...new Set(failed.map(({ transport }) => transport))])
    const text =
      others.length === 0
        ? say.failed(scenario, transports, reason)
        : say.failedIn(transports, formatCount(others.length + 1), reason)
    return { text, tone: 'bad' }
  })
}

/** What marks in the tables are about. */
function marks({ cells }: Report): Told[] {
  const busy = cells.some((cell) => disturbanceMark(cell) !== '')
  const lost = cells.some((cell) => cell.status !== 'skipped' && cell.warnings.some(isOfLoss))
  if (lost) return [{ text: busy ? say.both : say.lost, tone: 'bad' }]
  return busy ? [{ text: say.disturbed, tone: 'mixed' }] : []
}

/** Connections that a server ended are in the figures above, and none of them tells. */
function renewed({ cells }: Report): Told[] {
  const found = cells.flatMap((cell) => {
    const renewals = cell.status === 'measured' ? cell.bytes?.renewals : undefined
    return renewals === undefined ? [] : [{ transport: cell.transport, ...renewals }]
  })
  if (found.length === 0) return []
  const sum = (key: 'serverEnds' | 'connections'): string =>
    formatCount(found.reduce((total, each) => total + each[key], 0))
  const transports = listNames([...new Set(found.map(({ transport }) => transport))])
  const text = say.renewed(sum('serverEnds'), sum('connections'), transports)
  return [{ text, tone: 'mixed' }]
}

const whereTheRestIs = (folder: string | null): string =>
  folder === null ? say.sections : say.rest(commandLine(['report', folder, '--full']))
