import type {
  ByteDifference,
  CellVerdict,
  CheckResult,
  Comparison,
  FrameChange,
  PartChange,
  VersionAllowance,
} from '../../model/report/check/check.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { formatChange } from '../../model/text/format-change.ts'

/** The sentences that every format of a check shares: one line each, no markup. */

const placeOf = ({
  phase,
  direction,
  layer,
}: Pick<ByteDifference, 'phase' | 'direction' | 'layer'>): string =>
  `${phase} ${direction} ${layer}`

/** What was found about a cell, after its name. */
export function sayFinding(cell: CellVerdict): string {
  switch (cell.finding) {
    case 'unchanged':
      return 'as in the baseline'
    case 'version':
      return ['as in the baseline', ...cell.allowed.map(sayAllowance)].join('; ')
    case 'smaller':
    case 'changed':
      return cell.differences.map((difference) => sayDifference(difference, cell)).join('; ')
    case 'messages':
      return [
        `sent ${formatCount(cell.messages.is)} messages, the baseline ${formatCount(cell.messages.was)}: the steady phase does not compare`,
        ...cell.differences.map((difference) => sayDifference(difference, cell)),
      ].join('; ')
    case 'missing-in-baseline':
      return 'is missing in the baseline'
    case 'gone':
      return 'is in the baseline, but no longer exists'
    case 'failed':
      return `could not be measured: ${cell.reason}`
    case 'skipped':
      return `is in the baseline, but was skipped: ${cell.reason}`
    case 'varied':
      return sayVariations(cell)
  }
}

/** `setup up security 2 B less: openssl 3.0.19 → 3.5.9, … offers the suite …`. */
const sayAllowance = (allowance: VersionAllowance): string => {
  const { name, was, is, bytes, what } = allowance
  const change = `${formatBytes(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'}`
  return `${placeOf(allowance)} ${change} allowed for ${name} ${was} → ${is}: ${what}`
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
  const share = isOfEach ? ' a message' : ` in ${formatCount(count)} messages`
  return {
    place: placeOf(difference),
    was: formatBytes(was),
    is: formatBytes(is),
    change: `${formatBytes(Math.abs(is - was))} ${is > was ? 'more' : 'less'}`,
    percent: was === 0 ? '' : sayPercent(is / was),
    of: count > 1 ? share : '',
  }
}

/** `steady up framing was 18 B a message, is 19 B: 1 B more (+5.6 %)`. */
export const sayFigures = ({ place, was, is, change, percent, of }: Figures): string =>
  `${place} was ${was}${of}, is ${is}: ${change}${inBrackets(percent)}`

export const inBrackets = (percent: string): string => (percent === '' ? '' : ` (${percent})`)

const sayDifference = (difference: ByteDifference, cell: Comparison): string =>
  sayFigures(figuresOf(difference, cell))

function sayPercent(ratio: number): string {
  const change = formatChange(ratio)
  return change === '0 %' ? 'under 0.1 %' : change
}

function sayVariations({
  messages,
  variations,
}: Extract<CellVerdict, { finding: 'varied' }>): string {
  const figures = variations.map(
    (variation) =>
      `${placeOf(variation)} was ${variation.values.map((bytes) => formatBytes(bytes)).join(', ')}`,
  )
  const counted =
    new Set(messages).size > 1
      ? [`messages were ${messages.map((count) => formatCount(count)).join(', ')}`]
      : []
  return `the byte passes of this run differ: ${[...counted, ...figures].join('; ')}`
}

/** What else there is to say of a cell: the frame that shows it, and what can explain it. */
export function listDetails(cell: CellVerdict): string[] {
  if (!('differences' in cell)) return []
  const { differences, frame, explainedBy, allowed } = cell
  const shown =
    frame === null
      ? 'no stored frame differs: the difference lies in later messages'
      : `first differing frame: ${sayFrame(frame)}`
  return [
    ...(differences.length === 0 ? [] : [shown]),
    ...(allowed ?? []).map(sayAllowance),
    ...explainedBy.map(
      ({ name, was, is, figures }) =>
        `${name} ${was || 'none'} → ${is || 'none'} can explain ${figures.join(', ')}`,
    ),
  ]
}

/** `steady up PUBLISH 32 → 33 B: Topic Name 12 → 13 B "sensors/temps"`. */
export function sayFrame({ phase, direction, label, was, is, parts }: FrameChange): string {
  const fields = parts.map(sayPart).join(', ')
  return `${phase} ${direction} ${label} ${saySizes(was, is)}${fields === '' ? '' : `: ${fields}`}`
}

function sayPart({ label, was, is, text }: PartChange): string {
  return `${label} ${saySizes(was, is)}${text === undefined ? '' : ` ${JSON.stringify(text)}`}`
}

function saySizes(was: number | null, is: number | null): string {
  if (was === null) return `${formatBytes(is ?? 0)} (new)`
  if (is === null) return `${formatBytes(was)} (gone)`
  return was === is ? formatBytes(is) : `${formatCount(was)} → ${formatBytes(is)}`
}

export const isKept = (cell: CellVerdict): boolean => cell.finding === 'unchanged'

/** Everything in one line: how many cells and budgets, and how many are not as they should be. */
export function summarise({ cells, budgets, verdict }: CheckResult): string {
  const count = (verdictOfCell: CellVerdict['verdict']) =>
    cells.filter((cell) => cell.verdict === verdictOfCell).length
  const smaller = cells.filter(({ finding }) => finding === 'smaller').length
  const clauses = [
    cells.length === 0 ? null : sayCells(cells.length, count('fail'), count('no-verdict'), smaller),
    budgets.length === 0 ? null : sayBudgets(budgets),
  ].filter((clause) => clause !== null)
  if (clauses.length > 0) return clauses.join('; ')
  return verdict === 'pass' ? 'nothing was checked' : 'no verdict: nothing was checked'
}

function sayCells(all: number, failed: number, open: number, smaller: number): string {
  const parts = [
    failed === 0
      ? null
      : `${failed} of ${plural(all, 'cell')} ${failed === 1 ? 'is' : 'are'} not as in the baseline`,
    open === 0 ? null : `${open} of ${plural(all, 'cell')} gave no verdict`,
    smaller === 0
      ? null
      : `${smaller} of ${plural(all, 'cell')} ${smaller === 1 ? 'is' : 'are'} smaller than in the baseline`,
  ].filter((part) => part !== null)
  if (parts.length > 0) return parts.join(', ')
  return all === 1 ? 'the one cell is as in the baseline' : `all ${all} cells as in the baseline`
}

function sayBudgets(judged: CheckResult['budgets']): string {
  const failed = judged.filter(({ verdict }) => verdict === 'fail').length
  const open = judged.filter(({ verdict }) => verdict === 'unmeasured').length
  const parts = [
    failed === 0 ? null : `${failed} of ${plural(judged.length, 'budget')} not kept`,
    open === 0 ? null : `${open} of ${plural(judged.length, 'budget')} not measured`,
  ].filter((part) => part !== null)
  if (parts.length > 0) return parts.join(', ')
  return judged.length === 1 ? 'the one budget is kept' : `all ${judged.length} budgets kept`
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What to type, and what for; none where nothing is to be written. */
export interface Settlement {
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
    settlements.push({
      purpose: 'to add the missing cells alone',
      command: `${command} --update=new`,
    })
  }
  if (has('changed', 'messages', 'gone')) {
    settlements.push({
      purpose: 'if this is meant, move the baseline',
      command: `${command} --update`,
    })
  } else if (has('smaller')) {
    settlements.push({ purpose: 'to move the baseline down', command: `${command} --update` })
  }
  return settlements
}

/** The same, as lines of text. */
export const saySettlements = (result: Pick<CheckResult, 'cells' | 'command'>): string[] =>
  listSettlements(result).map(({ purpose, command }) => `${purpose}: ${command}`)
