import { findMetric } from '../../../model/report/metric.ts'
import type { Cell, ClaimVerdict, Report } from '../../../model/report/report.ts'
import { type FormatUnit, formatRange } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  type Group,
  heading,
  rowGroup,
  type Tone,
} from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import { ClaimNotes, verdictWord } from '../notes.ts'
import { isHttp, isMqtt, type ScenarioCells, scenarioCellsOf } from '../scenario-cells.ts'
import { SIDES, type Side, sideOf } from './comparison-columns.ts'
import {
  handshakeOf,
  isOwnConnection,
  LINK_TOTAL,
  linkRatioText,
  linkWord,
  PER_MESSAGE,
  rangeText,
  ratiosOf,
  valuesOf,
  WIRE_TOTAL,
} from './figures.ts'

const say = catalogue({
  en: {
    comparison: 'Comparison',
    measured: 'measured',
    measuredKept: 'measured, connection kept',
    claimed: 'claimed',
    verdict: 'verdict',
    total: 'total',
    wire: 'wire',
    own: (handshake: string, where: string) => `own connection${handshake}: ${where}`,
    handshakes: { clear: '', full: ', TLS in full', resumed: ', TLS resumed' },
  },
  'zh-TW': {
    comparison: '比較',
    measured: '測得',
    measuredKept: '測得，保持連線',
    claimed: '說法',
    verdict: '判定',
    total: '總計',
    wire: '線路',
    own: (handshake, where) => `各自連線${handshake}：${where}`,
    handshakes: { clear: '', full: '，TLS 完整交握', resumed: '，TLS 恢復' },
  },
})

const TOTAL = 'steady_wire_bytes'

/** What is compared where no claim says it: the first of these that was measured. */
const DEFAULT_METRICS = [PER_MESSAGE, 'delivery_p50_us', 'latency_p50_us']

export const TONE_OF: Record<ClaimVerdict['verdict'], Tone> = {
  holds: 'good',
  refuted: 'bad',
  conditional: 'mixed',
  untested: 'faint',
}

interface PlacedClaim {
  side: Side
  verdict: ClaimVerdict
}

/** The published comparison, measured and judged: the table that the tool is for. */
export function comparisonBlocks(report: Report): Block[] {
  const notes = new ClaimNotes(report)
  const place = (scenario: string | null): PlacedClaim[] =>
    report.verdicts
      .filter((verdict) => verdict.scenario === scenario)
      .flatMap((verdict) => {
        const side = sideOf(verdict, report)
        // What speaks of neither column, or of both, is told in the notes alone.
        if (side === null) notes.add(verdict)
        return side === null ? [] : [{ side, verdict }]
      })
  const uplinks = scenarioCellsOf(report, 'uplink')
  const groups: Group[] = uplinks.flatMap((entry) => {
    const rows = scenarioRows(entry, place(entry.scenario.name), notes)
    return rows.length === 0 ? [] : [rowGroup(wordsOf(entry.scenario.title), ...rows)]
  })
  // What only a fan-out or a command loop claims is told in a section of theirs.
  const overall = place(null).filter(({ verdict }) => isClaimed(verdict, uplinks))
  if (overall.length > 0 && groups.length > 0) {
    groups.push(rowGroup(WORDS.overall, ...claimRows(overall, notes)))
  }
  if (groups.length === 0) return []
  return [
    heading(1, say.comparison),
    {
      kind: 'table',
      frame: 'boxed',
      columns: [WORDS.content, '', 'HTTP', 'MQTT', 'MQTT/HTTP'].map((title) => ({
        title,
        align: 'left',
      })),
      groups,
    },
    ...notes.blocks(),
  ]
}

const isClaimed = ({ says, metric }: ClaimVerdict, entries: readonly ScenarioCells[]): boolean =>
  entries.some(({ scenario }) =>
    scenario.claims.some(
      (claim) => wordsOf(claim.says) === wordsOf(says) && claim.metric === metric,
    ),
  )

function scenarioRows(
  { cells }: ScenarioCells,
  claims: readonly PlacedClaim[],
  notes: ClaimNotes,
): CellText[][] {
  const measured = cells.filter((cell) => cell.status === 'measured')
  return groupByFigure(claims, measured).flatMap(({ metric, claims: group }) => {
    const ranges = SIDES.map((side) => measuredRange(side, metric, group, measured))
    const own = STEADY_METRICS.has(metric) ? ownConnectionRows(measured) : []
    const isMeasured = ranges.some((text) => text !== '')
    // Without a figure and without a claim there is nothing to say; nor of kept connections without one.
    const hasRow = (isMeasured || group.length > 0) && !(own.length > 0 && areAllOwn(measured))
    const name = isMeasured && own.length > 0 ? say.measuredKept : say.measured
    return [
      ...(hasRow
        ? [[cellText(rowName(name, metric)), ...ranges.map((text) => cellText(text))]]
        : []),
      ...own,
      ...claimRows(group, notes),
    ]
  })
}

interface FigureClaims {
  metric: string
  claims: PlacedClaim[]
}

/** Claims by the figure that they are about; a ratio goes with the figure that it divides. */
function groupByFigure(claims: readonly PlacedClaim[], cells: readonly Cell[]): FigureClaims[] {
  const groups = new Map<string, PlacedClaim[]>()
  const add = (metric: string, claim: PlacedClaim): void => {
    const group = groups.get(metric)
    if (group === undefined) groups.set(metric, [claim])
    else group.push(claim)
  }
  for (const claim of claims) {
    if (claim.side !== 'ratio') add(claim.verdict.metric, claim)
  }
  for (const claim of claims) {
    if (claim.side !== 'ratio') continue
    const { metric } = claim.verdict
    // All transports send the same number of messages: totals have the ratio of one message.
    const isOfTotal = metric === PER_MESSAGE && !groups.has(PER_MESSAGE) && groups.has(TOTAL)
    add(isOfTotal ? TOTAL : metric, claim)
  }
  if (groups.size === 0) {
    const metric = DEFAULT_METRICS.find((name) => valuesOf(name, cells).length > 0)
    if (metric !== undefined) groups.set(metric, [])
  }
  return Array.from(groups, ([metric, group]) => ({ metric, claims: group }))
}

const areAllOwn = (measured: readonly Cell[]): boolean => measured.every(isOwnConnection)

/** Figures of the steady phase alone. */
const STEADY_METRICS: ReadonlySet<string> = new Set([PER_MESSAGE, TOTAL])

/** Whether a cell has its part in the figure: where it is of the steady phase alone, a kept connection. */
const isComparedBy =
  (metric: string) =>
  (cell: Cell): boolean =>
    !STEADY_METRICS.has(metric) || !isOwnConnection(cell)

function measuredRange(
  side: Side,
  metric: string,
  claims: readonly PlacedClaim[],
  cells: readonly Cell[],
): string {
  if (side !== 'ratio') {
    const own = cells.filter(side === 'http' ? isHttp : isMqtt)
    return rangeText(valuesOf(metric, own.filter(isComparedBy(metric))), unitOf(metric))
  }
  // Where claims say what is divided by what, that; otherwise each by each.
  const claimed = claims
    .filter((claim) => claim.side === 'ratio')
    .flatMap(({ verdict }) => verdict.evidence.map((item) => item.value))
  if (claimed.length > 0) return rangeText(claimed, 'ratio')
  return rangeText(ratiosOf(metric, cells.filter(isComparedBy(metric))), 'ratio')
}

/**
 * A message with a connection of its own costs that connection too: on the wire
 * and on the link. Like is held against like, a resumed handshake against a
 * resumed one.
 */
function ownConnectionRows(cells: readonly Cell[]): CellText[][] {
  const own = cells.filter(isOwnConnection)
  return HANDSHAKES.flatMap((tls) => {
    const alike = own.filter((cell) => handshakeOf(cell) === tls)
    const row = (where: string, metric: string, ratio: string) => [
      cellText(say.own(say.handshakes[tls ?? 'clear'], where)),
      ...[isHttp, isMqtt].map((is) =>
        cellText(rangeText(valuesOf(metric, alike.filter(is)), 'bytes')),
      ),
      cellText(ratio),
    ]
    if (alike.length === 0) return []
    return [
      row(say.wire, WIRE_TOTAL, rangeText(ratiosOf(WIRE_TOTAL, alike), 'ratio')),
      ...(valuesOf(LINK_TOTAL, alike).length > 0
        ? [row(linkWord(alike), LINK_TOTAL, linkRatioText(alike))]
        : []),
    ]
  })
}

const HANDSHAKES = [undefined, 'full', 'resumed'] as const

const unitOf = (metric: string): FormatUnit => findMetric(metric)?.unit ?? 'messages'

/** Of what a claim is about. */
export const claimUnit = ({ subject, metric }: ClaimVerdict): FormatUnit =>
  subject === 'ratio' ? 'ratio' : unitOf(metric)

/** `claimed` and `verdict`, and again where a column has a second claim. */
function claimRows(claims: readonly PlacedClaim[], notes: ClaimNotes): CellText[][] {
  const columns = SIDES.map((side) => claims.filter((claim) => claim.side === side))
  const depth = Math.max(...columns.map((column) => column.length))
  const rows: CellText[][] = []
  for (let index = 0; index < depth; index += 1) {
    const row = columns.map((column) => column[index]?.verdict)
    const metric = row.find((verdict) => verdict?.subject === 'value')?.metric ?? PER_MESSAGE
    rows.push(
      [
        cellText(rowName(say.claimed, metric)),
        ...row.map((verdict) => (verdict === undefined ? BLANK : cellText(claimedText(verdict)))),
      ],
      [
        cellText(say.verdict),
        ...row.map((verdict) =>
          verdict === undefined
            ? BLANK
            : cellText(verdictWord(verdict) + notes.add(verdict), TONE_OF[verdict.verdict]),
        ),
      ],
    )
  }
  return rows
}

export function claimedText(claim: ClaimVerdict): string {
  const [low, high] = claim.between
  return formatRange(low, high, claimUnit(claim))
}

/** Bytes of one message go without saying. */
function rowName(name: string, metric: string): string {
  if (metric === PER_MESSAGE) return name
  return name + WORDS.inBrackets(metric === TOTAL ? say.total : metric)
}

/**
 * What was measured of a scenario for each column: of the figure that its claims are about, on kept
 * connections. Where every message has its own, that is part of what it costs: the total on the wire.
 */
export function comparedRanges(report: Report, scenario: string, cells: readonly Cell[]): string[] {
  const claims = report.verdicts
    .filter((verdict) => verdict.scenario === scenario)
    .flatMap((verdict) => {
      const side = sideOf(verdict, report)
      return side === null ? [] : [{ side, verdict }]
    })
  const measured = cells.filter((cell) => cell.status === 'measured')
  const [first] = groupByFigure(claims, measured)
  if (first === undefined) return SIDES.map(() => '')
  const { metric, claims: group } = first
  const ofSides = metric === PER_MESSAGE && areAllOwn(measured) ? WIRE_TOTAL : metric
  return SIDES.map((side) =>
    measuredRange(side, side === 'ratio' ? metric : ofSides, group, measured),
  )
}
