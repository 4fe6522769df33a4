import type {
  ByteDifference,
  CellVerdict,
  CheckResult,
  Comparison,
  FrameChange,
  PartChange,
  VersionAllowance,
} from '../../model/report/check/check.ts'
import { saidText } from '../../model/said/said.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { formatChange } from '../../model/text/format-change.ts'
import { catalogue, listNames, plural } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'

/** The sentences that every format of a check shares: one line each, no markup. */
const say = catalogue({
  en: {
    asBefore: 'as in the baseline',
    otherCount: (is: string, was: string) =>
      `sent ${is} messages, the baseline ${was}: the steady phase does not compare`,
    missing: 'is missing in the baseline',
    gone: 'is in the baseline, but no longer exists',
    failed: (why: string) => `could not be measured: ${why}`,
    skipped: (why: string) => `is in the baseline, but was skipped: ${why}`,
    allowance: (place: string, change: string, program: string, what: string) =>
      `${place} ${change} allowed for ${program}: ${what}`,
    change: (bytes: string, isMore: boolean) => `${bytes} ${isMore ? 'more' : 'less'}`,
    ofEach: ' a message',
    ofAll: (count: string) => ` in ${count} messages`,
    figures: (place: string, was: string, is: string, change: string, of: string) =>
      `${place} was ${was}${of}, is ${is}: ${change}`,
    cause: (place: string, change: string, of: string) => `${place} is ${change}${of}`,
    onTransports: (figures: string, transports: string) => `${figures} on ${transports}`,
    percent: (text: string) => ` (${text})`,
    under: 'under 0.1 %',
    was: (place: string, values: string) => `${place} was ${values}`,
    messagesWere: (counts: string) => `messages were ${counts}`,
    varied: (figures: string) => `the byte passes of this run differ: ${figures}`,
    noFrame: 'no stored frame differs: the difference lies in later messages',
    frame: (frame: string) => `first differing frame: ${frame}`,
    isNew: (bytes: string) => `${bytes} (new)`,
    isGone: (bytes: string) => `${bytes} (gone)`,
    none: 'none',
    explains: (program: string, figures: string) => `${program} can explain ${figures}`,
    on: (scenario: string, transports: string) => `${scenario} on ${transports}`,
    nothing: 'nothing was checked',
    noVerdict: 'no verdict: nothing was checked',
    cells: {
      failed: (count: number, all: number) =>
        `${count} of ${cellsOf(all)} ${count === 1 ? 'is' : 'are'} not as in the baseline`,
      open: (count: number, all: number) => `${count} of ${cellsOf(all)} gave no verdict`,
      smaller: (count: number, all: number) =>
        `${count} of ${cellsOf(all)} ${count === 1 ? 'is' : 'are'} smaller than in the baseline`,
      kept: (all: number) =>
        all === 1 ? 'the one cell is as in the baseline' : `all ${all} cells as in the baseline`,
    },
    budgets: {
      failed: (count: number, all: number) => `${count} of ${budgetsOf(all)} not kept`,
      open: (count: number, all: number) => `${count} of ${budgetsOf(all)} not measured`,
      kept: (all: number) => (all === 1 ? 'the one budget is kept' : `all ${all} budgets kept`),
    },
    toAdd: 'to add the missing cells alone',
    toMove: 'if this is meant, move the baseline',
    toMoveDown: 'to move the baseline down',
  },
  'zh-TW': {
    asBefore: '與基準相同',
    otherCount: (is, was) => `送出 ${is} 則訊息，基準為 ${was} 則：穩定階段無法比較`,
    missing: '基準裡沒有',
    gone: '在基準裡，但已經不存在',
    failed: (why) => `無法測量：${why}`,
    skipped: (why) => `在基準裡，但這次略過：${why}`,
    allowance: (place, change, program, what) =>
      `${place} ${change}，因 ${program} 而容許：${what}`,
    change: (bytes, isMore) => `${isMore ? '多' : '少'} ${bytes}`,
    ofEach: '（每則訊息）',
    ofAll: (count) => `（${count} 則訊息）`,
    figures: (place, was, is, change, of) => `${place} 原為 ${was}${of}，現為 ${is}：${change}`,
    cause: (place, change, of) => `${place} ${change}${of}`,
    onTransports: (figures, transports) => `${transports} 為 ${figures}`,
    percent: (text) => `（${text}）`,
    under: '不到 0.1 %',
    was: (place, values) => `${place} 為 ${values}`,
    messagesWere: (counts) => `訊息數為 ${counts}`,
    varied: (figures) => `這次的各輪位元組不一致：${figures}`,
    noFrame: '存下的訊框都相同：差異在之後的訊息',
    frame: (frame) => `第一個不同的訊框：${frame}`,
    isNew: (bytes) => `${bytes}（新增）`,
    isGone: (bytes) => `${bytes}（消失）`,
    none: '無',
    explains: (program, figures) => `${program} 可能造成 ${figures} 的差異`,
    on: (scenario, transports) => `${scenario}／${transports}`,
    nothing: '沒有檢查任何項目',
    noVerdict: '無法判定：沒有檢查任何項目',
    cells: {
      failed: (count, all) => `${all} 項中有 ${count} 項與基準不同`,
      open: (count, all) => `${all} 項中有 ${count} 項無法判定`,
      smaller: (count, all) => `${all} 項中有 ${count} 項比基準小`,
      kept: (all) => (all === 1 ? '唯一的一項與基準相同' : `${all} 項全部與基準相同`),
    },
    budgets: {
      failed: (count, all) => `${all} 項預算中有 ${count} 項超出`,
      open: (count, all) => `${all} 項預算中有 ${count} 項沒有測到`,
      kept: (all) => (all === 1 ? '唯一的一項預算符合' : `${all} 項預算全部符合`),
    },
    toAdd: '只補上缺少的項目',
    toMove: '若這是預期的變動，更新基準',
    toMoveDown: '把基準下調',
  },
})

const cellsOf = (all: number): string => `${all} ${plural(all, 'cell', 'cells')}`
const budgetsOf = (all: number): string => `${all} ${plural(all, 'budget', 'budgets')}`

const placeOf = ({
  phase,
  direction,
  layer,
}: Pick<ByteDifference, 'phase' | 'direction' | 'layer'>): string =>
  `${WORDS.phases[phase]} ${WORDS.directions[direction]} ${WORDS.layers[layer]}`

/** What was found about a cell, after its name. */
export function sayFinding(cell: CellVerdict): string {
  switch (cell.finding) {
    case 'unchanged':
      return say.asBefore
    case 'version':
      return [say.asBefore, ...cell.allowed.map(sayAllowance)].join(WORDS.semicolon)
    case 'smaller':
    case 'changed':
      return sayDifferences(cell).join(WORDS.semicolon)
    case 'messages': {
      const { is, was } = cell.messages
      const counts = say.otherCount(formatCount(is), formatCount(was))
      return [counts, ...sayDifferences(cell)].join(WORDS.semicolon)
    }
    case 'missing-in-baseline':
      return say.missing
    case 'gone':
      return say.gone
    case 'failed':
      return say.failed(saidText(cell.reason))
    case 'skipped':
      return say.skipped(saidText(cell.reason))
    case 'varied':
      return sayVariations(cell)
  }
}

const sayDifferences = (cell: Comparison): string[] =>
  cell.differences.map((difference) => sayFigures(figuresOf(difference, cell)))

const sayChange = (bytes: number): string => say.change(formatBytes(Math.abs(bytes)), bytes > 0)

/** `setup up security 2 B less: openssl 3.0.19 → 3.5.9, … offers the suite …`. */
const sayAllowance = (allowance: VersionAllowance): string => {
  const { name, was, is, bytes, what } = allowance
  const program = `${name} ${was} → ${is}`
  return say.allowance(placeOf(allowance), sayChange(bytes), program, saidText(what))
}

/** What a figure was and is: of each message where they are alike, else of all of them. */
export interface Figures {
  place: string
  was: string
  is: string
  /** `1 B more`. */
  change: string
  /** `+6.3 %`; empty where it was nothing. */
  percent: string
  /** What the figures are of: ` a message`, ` in 3 messages`, or nothing. */
  of: string
}

export function figuresOf(difference: ByteDifference, { messages }: Comparison): Figures {
  const { phase } = difference
  const count = phase === 'steady' ? messages.is : 1
  const isOfEach = [difference.was, difference.is].every((bytes) => Number.isInteger(bytes / count))
  const [was, is] = [difference.was, difference.is].map((bytes) =>
    isOfEach ? bytes / count : bytes,
  ) as [number, number]
  const share = isOfEach ? say.ofEach : say.ofAll(formatCount(count))
  return {
    place: placeOf(difference),
    was: formatBytes(was),
    is: formatBytes(is),
    change: sayChange(is - was),
    percent: was === 0 ? '' : sayPercent(is / was),
    of: count > 1 ? share : '',
  }
}

/** `steady up framing was 18 B a message, is 19 B: 1 B more (+5.6 %)`. */
export const sayFigures = ({ place, was, is, change, percent, of }: Figures): string =>
  `${say.figures(place, was, is, change, of)}${inBrackets(percent)}`

/** `steady up framing is 1 B more a message`. */
export const sayCause = ({ place, change, of }: Figures): string => say.cause(place, change, of)

/** `11 B → 12 B (+9.1 %) on mqtt-qos0`. */
export const sayOnTransports = (
  { was, is, percent }: Figures,
  transports: readonly string[],
): string => say.onTransports(`${was} → ${is}${inBrackets(percent)}`, listNames(transports))

export const inBrackets = (percent: string): string => (percent === '' ? '' : say.percent(percent))

/** `json on http1, mqtt-qos1`. */
export const sayCells = (scenario: string, transports: readonly string[]): string =>
  say.on(scenario, listNames(transports))

function sayPercent(ratio: number): string {
  const change = formatChange(ratio)
  return change === '0 %' ? say.under : change
}

function sayVariations({
  messages,
  variations,
}: Extract<CellVerdict, { finding: 'varied' }>): string {
  const figures = variations.map((variation) =>
    say.was(placeOf(variation), listNames(variation.values.map((bytes) => formatBytes(bytes)))),
  )
  const counted =
    new Set(messages).size > 1
      ? [say.messagesWere(listNames(messages.map((count) => formatCount(count))))]
      : []
  return say.varied([...counted, ...figures].join(WORDS.semicolon))
}

/** What else there is to say of a cell: the frame that shows it, and what can explain it. */
export function listDetails(cell: CellVerdict): string[] {
  if (!('differences' in cell)) return []
  const { differences, frame, explainedBy, allowed } = cell
  const shown = frame === null ? say.noFrame : say.frame(sayFrame(frame))
  return [
    ...(differences.length === 0 ? [] : [shown]),
    ...(allowed ?? []).map(sayAllowance),
    ...explainedBy.map(({ name, was, is, figures }) =>
      say.explains(
        `${name} ${was || say.none} → ${is || say.none}`,
        listNames(figures.map(sayPlace)),
      ),
    ),
  ]
}

/** `steady up framing`, as results keep it, in the language that is spoken. */
function sayPlace(figure: string): string {
  const [phase, direction, layer] = figure.split(' ')
  return placeOf({ phase, direction, layer } as ByteDifference)
}

/** `steady up PUBLISH 32 → 33 B: Topic Name 12 → 13 B "sensors/temps"`. */
function sayFrame({ phase, direction, label, was, is, parts }: FrameChange): string {
  const fields = listNames(parts.map(sayPart))
  const frame = `${WORDS.phases[phase]} ${WORDS.directions[direction]} ${label} ${saySizes(was, is)}`
  return fields === '' ? frame : WORDS.named(frame, fields)
}

function sayPart({ label, was, is, text }: PartChange): string {
  return `${label} ${saySizes(was, is)}${text === undefined ? '' : ` ${JSON.stringify(text)}`}`
}

function saySizes(was: number | null, is: number | null): string {
  if (was === null) return say.isNew(formatBytes(is ?? 0))
  if (is === null) return say.isGone(formatBytes(was))
  return was === is ? formatBytes(is) : `${formatCount(was)} → ${formatBytes(is)}`
}

export const isKept = (cell: CellVerdict): boolean => cell.finding === 'unchanged'

/** Everything in one line: how many cells and budgets, and how many are not as they should be. */
export function summarise({ cells, budgets, verdict }: CheckResult): string {
  const count = (verdictOfCell: CellVerdict['verdict']) =>
    cells.filter((cell) => cell.verdict === verdictOfCell).length
  const countBudgets = (of: (typeof budgets)[number]['verdict']) =>
    budgets.filter((budget) => budget.verdict === of).length
  const clauses = [
    ...clausesOf(say.cells, cells.length, {
      failed: count('fail'),
      open: count('no-verdict'),
      smaller: cells.filter(({ finding }) => finding === 'smaller').length,
    }),
    ...clausesOf(say.budgets, budgets.length, {
      failed: countBudgets('fail'),
      open: countBudgets('unmeasured'),
    }),
  ]
  if (clauses.length > 0) return clauses.join(WORDS.semicolon)
  return verdict === 'pass' ? say.nothing : say.noVerdict
}

/** How many there are of each of these, or that all are kept; nothing where there are none. */
function clausesOf<What extends string>(
  words: Record<NoInfer<What>, (count: number, all: number) => string> & {
    kept(all: number): string
  },
  all: number,
  counts: Record<What, number>,
): string[] {
  if (all === 0) return []
  const parts = (Object.keys(counts) as What[])
    .filter((what) => counts[what] > 0)
    .map((what) => words[what](counts[what], all))
  return [parts.length > 0 ? parts.join(WORDS.comma) : words.kept(all)]
}

/** What to type, and what for; none where nothing is to be written. */
interface Settlement {
  purpose: string
  command: string
}

/** The commands that settle these cells, each once. */
export function listSettlements({
  cells,
  command,
}: Pick<CheckResult, 'cells' | 'command'>): Settlement[] {
  const has = (...findings: CellVerdict['finding'][]) =>
    cells.some(({ finding }) => findings.includes(finding))
  const settlements: Settlement[] = []
  if (has('missing-in-baseline')) {
    settlements.push({ purpose: say.toAdd, command: `${command} --update=new` })
  }
  if (has('changed', 'messages', 'gone')) {
    settlements.push({ purpose: say.toMove, command: `${command} --update` })
  } else if (has('smaller')) {
    settlements.push({ purpose: say.toMoveDown, command: `${command} --update` })
  }
  return settlements
}

/** The same, as lines of text. */
export const saySettlements = (result: Pick<CheckResult, 'cells' | 'command'>): string[] =>
  listSettlements(result).map(({ purpose, command }) => WORDS.named(purpose, command))
