import { groupBy } from '../../model/group-by.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { type Said, saidText } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { displayWidth } from '../../model/text/text-width.ts'
import { type Block, list, paragraph, type TableBlock } from '../document/document.ts'
import { clipText, fitScreen, SCREEN_LINES, type ScreenPart } from '../document/fit-screen.ts'
import type { RenderOptions, Section } from '../exporter.ts'
import { kindsOf } from './answers/answer.ts'
import type { Told } from './answers/short-table.ts'
import { budgetBlocks, budgetTexts } from './cost/budgets.ts'
import { measuredWith, noticeTexts } from './head.ts'
import { disturbanceMark } from './scenario-cells.ts'

const say = catalogue({
  en: {
    more: (count: string) => `and ${count} more: --full`,
    moreRows: (count: string) => `and ${count} more rows: --full`,
    failed: (scenario: string, transports: string, why: string) =>
      `${scenario} on ${transports} failed: ${why}`,
    failedIn: (transports: string, contents: string, why: string) =>
      `${transports} failed with ${contents} contents: ${why}`,
    kept: (count: string) => `${count} more budgets are kept`,
    lost: 'not all messages were delivered intact: --section delivery',
    disturbed: (sections: string) =>
      `latency shared the CPU with other programs: --section ${sections}`,
    both: (sections: string) => `not all intact, CPU shared: --section delivery,${sections}`,
    renewed: (ends: string, opened: string, transports: string) =>
      `the server ended ${ends} connections, in whose place ${opened} were opened (${transports}): --section bytes`,
    sections: 'All sections: --full; some: --section bytes,latency',
    rest: (command: string) => `All of it: ${command}`,
    page: (file: string) => `A page to show: ${file}`,
    longPath: 'All of it: report.html of the run; report FOLDER --full',
  },
  'zh-TW': {
    more: (count) => `還有 ${count} 項：--full`,
    moreRows: (count) => `還有 ${count} 列：--full`,
    failed: (scenario, transports, why) => `${scenario}／${transports} 失敗：${why}`,
    failedIn: (transports, contents, why) => `${transports} 在 ${contents} 種內容上失敗：${why}`,
    kept: (count) => `另有 ${count} 項預算符合`,
    lost: '並非所有訊息都完整送達：--section delivery',
    disturbed: (sections) => `測量延遲時另有程式用 CPU：--section ${sections}`,
    both: (sections) => `並非全部完整，另有程式用 CPU：--section delivery,${sections}`,
    renewed: (ends, opened, transports) =>
      `伺服器關閉了 ${ends} 條連線，重新開啟了 ${opened} 條（${transports}）：--section bytes`,
    sections: '全部章節：--full；部分章節：--section bytes,latency',
    rest: (command) => `全文：${command}`,
    page: (file) => `可展示的網頁：${file}`,
    longPath: '全文：結果資料夾中的 report.html；report 資料夾 --full',
  },
})

type Place = NonNullable<RenderOptions['summary']>

/** What a terminal has room for, and how blocks fill it. */
export interface Screen {
  readonly columns: number
  readonly lines: number
  readonly linesOf: (blocks: readonly Block[]) => number
}

/**
 * What a screen of 24 lines has room for: the answer and the comparison without
 * its notes for each kind of what was measured, what failed, and where the rest
 * is; where that is more, the less important gives way. Null where nothing was
 * measured and nothing failed.
 */
export function summaryDocument(report: Report, place: Place, screen: Screen): Block[] | null {
  const kinds = kindsOf(report)
    .map((kind) => ({
      sentences: kind.sentences(report, 'without the claim'),
      tables: kind.tables(report, nameColumnsIn(screen.columns)),
      claims: kind.claims?.(report) ?? [],
    }))
    .filter(({ sentences, tables }) => sentences.length + tables.length > 0)
  const [notices, failed, renewals] = [noticeTexts(report), failures(report), renewed(report)]
  if (kinds.length === 0 && failed.length === 0) return null
  const isQuiet = notices.length + failed.length + renewals.length === 0
  const { columns, lines, linesOf } = screen
  const parts = [
    {
      whole: [list([measuredWith(report)], 'faint')],
      shorter: [{ rank: RANK.head, blocks: none }],
    },
    fewer(notices, RANK.notices, columns),
    ...kinds.flatMap(({ sentences, tables, claims }, index) => [
      answerPart(sentences, columns, index),
      // What is amiss takes its place: all of it is to be on one screen.
      {
        whole: isQuiet && tables.length > 0 ? [paragraph('')] : [],
        shorter: [{ rank: RANK.gap, blocks: none }],
      },
      tablePart(tables, index),
      fewer(claims, RANK.claims, columns),
    ]),
    fewer(failed, RANK.failures, columns),
    fewer(marks(report), RANK.marks, columns),
    fewer(renewals, RANK.marks, columns),
    budgetPart(report, columns),
    placePart(place, columns),
  ]
  return fitScreen(parts, lines, linesOf)
}

/** Names of others may be of any length. */
const LONGEST_NAME = 24
const nameColumnsIn = (columns: number): number => Math.min(LONGEST_NAME, Math.floor(columns / 3))

/** What gives way first, and what after that: of a part that has several, each in its turn. */
const RANK = {
  gap: 0,
  longPath: 1,
  head: 2,
  failures: [3, 7, 14],
  marks: [4, 9, 15],
  notices: [5, 8, 13],
  answer: [6, 11],
  claims: [5, 12, 17],
  budgets: [10, 12, 18],
  page: 10,
  claimed: 16,
  path: 17,
  sentence: 19,
  rows: [10.5, 20],
  /** Of the kinds beside the weightiest: sentences but the first, the table, and the first. */
  beside: [5.5, 10, 18, 21],
} as const

const none = (): Block[] => []

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

/** The later sentences are the less important ones; of a kind beside another all but the first. */
function answerPart(answer: readonly string[], columns: number, index: number): ScreenPart {
  if (answer.length === 0) return { whole: [], shorter: [] }
  const first = (count: number): Block[] => answer.slice(0, count).map((text) => paragraph(text))
  const [further, , clipped, gone] = RANK.beside
  const fewerSentences = answer.slice(1).map((_, at) => {
    const count = answer.length - 1 - at
    return {
      rank: index > 0 ? further : RANK.answer[count >= 3 ? 0 : 1],
      blocks: () => first(count),
    }
  })
  const least = (lines: number) => (): Block[] => [
    paragraph(clipText(answer[0] ?? '', columns, lines)),
  ]
  return {
    whole: first(answer.length),
    shorter: [
      ...fewerSentences,
      ...(index === 0
        ? [{ rank: RANK.sentence, blocks: least(2) }]
        : [
            { rank: clipped, blocks: least(1) },
            { rank: gone, blocks: none },
          ]),
    ],
  }
}

/** What more rows there are gives way before the answer does. */
const MOST_ROWS = 5

/** With fewer a table beside another is none. */
const FEW_ROWS = 3

/** Ever shorter: its rows give way after what else it may do without. */
function tablePart(forms: readonly TableBlock[], index: number): ScreenPart {
  const [whole, ...shorter] = forms
  const last = forms.at(-1)
  if (whole === undefined || last === undefined) return { whole: [], shorter: [] }
  const [many, few] = RANK.rows
  const [, beside] = RANK.beside
  const most = Math.min(last.groups.length, SCREEN_LINES)
  const least = index > 0 ? Math.min(most, FEW_ROWS) : 1
  const rowCounts = Array.from({ length: most - least + 1 }, (_, at) => most - at)
  return {
    whole: [whole],
    shorter: [
      ...shorter.map((form) => ({
        rank: index > 0 ? beside - index / 10 : RANK.claimed,
        blocks: () => [form],
      })),
      ...rowCounts.map((count) => ({
        rank:
          index > 0 ? beside - index / 10 : count >= MOST_ROWS && shorter.length === 0 ? many : few,
        blocks: () => firstRows(last, count),
      })),
      ...(index > 0 ? [{ rank: beside - index / 10, blocks: none }] : []),
    ],
  }
}

function firstRows(table: TableBlock, count: number): Block[] {
  const more = table.groups.length - count
  return [
    { ...table, groups: table.groups.slice(0, count) },
    ...(more === 0 ? [] : [paragraph(say.moreRows(formatCount(more)), 'faint')]),
  ]
}

/** All of them under their heading; what is not kept, a line each, and how many are. */
function budgetPart({ budgets }: Report, columns: number): ScreenPart {
  const told = budgetTexts(budgets)
  const kept = told.filter(({ tone }) => tone === 'good').length
  const others = fewer(
    told.filter(({ tone }) => tone !== 'good'),
    RANK.budgets,
    columns,
  )
  const count = kept === 0 ? [] : [paragraph(say.kept(formatCount(kept)), 'good')]
  return {
    whole: budgetBlocks(2, budgets),
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
function marks(report: Report): Told[] {
  const busy = report.cells.filter((cell) => disturbanceMark(cell) !== '')
  const lost = report.cells.some(
    (cell) => cell.status !== 'skipped' && cell.warnings.some(isOfLoss),
  )
  const sections = [...new Set(busy.map((cell) => timedIn(cell, report)))].join(',')
  if (lost) return [{ text: sections === '' ? say.lost : say.both(sections), tone: 'bad' }]
  return sections === '' ? [] : [{ text: say.disturbed(sections), tone: 'mixed' }]
}

/** Where its latencies are. */
function timedIn({ flow }: Cell, { link, loss }: Report): Section {
  if (link !== undefined || loss !== undefined) return 'link'
  return flow === 'roundtrip' ? 'commands' : flow === 'fanout' ? 'fan-out' : 'latency'
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
