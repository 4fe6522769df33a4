import { totalLinkBytesOf } from '../../model/report/metric.ts'
import type { BytesResult, Cell, Report } from '../../model/report/report.ts'
import { formatCount, formatRatio } from '../../model/text/format.ts'
import { wordsOf } from '../../model/text/wording.ts'
import type { Flow } from '../../model/vocabulary.ts'
import {
  type LedgerFilter,
  linkBasisOf,
  networkPerMessage,
  sumLedger,
} from '../../model/wire/ledger.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  heading,
  paragraph,
} from '../document/document.ts'
import { reasonLines, type ScenarioCells, scenarioCells, transportName } from './scenario-cells.ts'

interface Figure {
  title: string
  of(bytes: BytesResult): string
  /** Left out where no cell has any. */
  shownIf?(bytes: BytesResult): boolean
  /** Of the connections: in a table of its own where all together are too wide for 80 columns. */
  ofConnections?: true
}

const perMessage = (bytes: BytesResult, total: number): string =>
  bytes.messages === 0 ? '' : formatCount(total / bytes.messages)

const steady = (bytes: BytesResult, filter: LedgerFilter = {}): number =>
  sumLedger(bytes.ledger, { ...filter, phase: 'steady' })

const otherSteady = (bytes: BytesResult): number =>
  steady(bytes, { layer: 'control' }) + steady(bytes, { layer: 'security' })

const phaseTotal = (bytes: BytesResult, phase: 'setup' | 'idle' | 'close'): number =>
  sumLedger(bytes.ledger, { phase })

const isOwnConnection = (bytes: BytesResult | null): boolean =>
  bytes?.firstMessage?.connection === 'own'

const MODELLED = '≈'

/** What is modelled is marked where it stands. */
function linkText(bytes: BytesResult): string {
  const { ledger, messages } = bytes
  const basis = linkBasisOf(ledger)
  if (basis === null || messages === 0) return ''
  const text = formatCount(steady(bytes) / messages + networkPerMessage(ledger, messages))
  return basis === 'modelled' ? `${MODELLED}${text}` : text
}

/** Opening and closing the connection included. */
function linkTotalText(bytes: BytesResult): string {
  const total = totalLinkBytesOf(bytes)
  if (total === null) return ''
  return linkBasisOf(bytes.ledger) === 'modelled'
    ? `${MODELLED}${formatCount(total)}`
    : formatCount(total)
}

const FIGURES: readonly Figure[] = [
  { title: 'payload', of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'payload' })) },
  { title: 'framing', of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'framing' })) },
  { title: 'ack', of: (bytes) => perMessage(bytes, steady(bytes, { layer: 'acknowledgement' })) },
  {
    title: 'other',
    of: (bytes) => perMessage(bytes, otherSteady(bytes)),
    shownIf: (bytes) => otherSteady(bytes) > 0,
  },
  { title: 'wire', of: (bytes) => perMessage(bytes, steady(bytes)) },
  {
    title: 'link',
    of: linkText,
    shownIf: ({ ledger }) => linkBasisOf(ledger) !== null,
  },
  {
    title: '× payload',
    of: (bytes) => {
      const payload = steady(bytes, { layer: 'payload' })
      return payload === 0 ? '' : formatRatio(steady(bytes) / payload)
    },
  },
  {
    title: 'setup',
    of: (bytes) => formatCount(phaseTotal(bytes, 'setup')),
    ofConnections: true,
  },
  {
    title: 'idle',
    of: (bytes) => formatCount(phaseTotal(bytes, 'idle')),
    shownIf: (bytes) => phaseTotal(bytes, 'idle') > 0,
    ofConnections: true,
  },
  {
    title: 'close',
    of: (bytes) => formatCount(phaseTotal(bytes, 'close')),
    ofConnections: true,
  },
  // Where each message has a connection of its own, this is what it costs.
  {
    title: 'wire total',
    of: (bytes) => perMessage(bytes, sumLedger(bytes.ledger) - phaseTotal(bytes, 'idle')),
    shownIf: isOwnConnection,
    ofConnections: true,
  },
  {
    title: 'link total',
    of: linkTotalText,
    shownIf: (bytes) => isOwnConnection(bytes) && linkBasisOf(bytes.ledger) !== null,
    ofConnections: true,
  },
]

/** More figures leave no room for the completion in 80 columns; it stands beside the latencies too. */
const MOST_BESIDE_COMPLETION = 8

/** More than these do not fit beside each other. */
const MOST_FIGURES = 9

/** What a message is, where the flow gives it another meaning. */
const MESSAGE_NOTE: Partial<Record<Flow, string>> = {
  fanout: ' (a message: on the publisher’s link, and on those of all subscribers)',
  roundtrip: ' (a message: a command, with the state that answers it)',
}

const bytesOf = (cell: Cell): BytesResult | null => (cell.status === 'skipped' ? null : cell.bytes)

/** Every byte of one message by its purpose, for each scenario. */
export function bytesBlocks(report: Report): Block[] {
  if (!report.plan.measures.includes('bytes')) return []
  const sections = scenarioCells(report).flatMap(scenarioBlocks)
  if (sections.length === 0) return []
  return [
    heading(1, 'Bytes'),
    paragraph(
      'wire bytes per message, both directions, acknowledgements included; steady phase; measured at a relay. wire is the sum of the columns before it; setup, idle and close are bytes of the whole phase.',
      'faint',
    ),
    ...linkNote(report),
    ...(report.cells.some((cell) => isOwnConnection(bytesOf(cell)))
      ? [
          paragraph(
            'wire total and link total are one message with its share of setup and close: what it costs where it opens a connection of its own.',
            'faint',
          ),
        ]
      : []),
    ...sections,
  ]
}

function linkNote(report: Report): Block[] {
  const bases = new Set(report.cells.map((cell) => linkBasisOf(bytesOf(cell)?.ledger ?? [])))
  bases.delete(null)
  if (bases.size === 0) return []
  const reason = report.plan.linkBytes?.reason ?? null
  const why = reason === null ? '' : `: ${reason}`
  const measured = 'counted on an Ethernet link between two network namespaces'
  const modelled = `${MODELLED} modelled from the bytes of the stream${why}`
  const how = [
    ...(bases.has('measured') ? [measured] : []),
    ...(bases.has('modelled') ? [modelled] : []),
  ]
  const what =
    'link is wire with the headers of TCP, UDP and IP and with pure acknowledgements, each message in its own time'
  return [paragraph(`${what}; ${how.join('; ')}.`, 'faint')]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells): Block[] {
  // What stays inside the process has no wire; what failed is shown, with its reason.
  const shown = cells.filter((cell) => cell.status !== 'measured' || cell.bytes !== null)
  if (shown.length === 0) return []
  const results = shown.flatMap((cell) => bytesOf(cell) ?? [])
  const known = FIGURES.filter(({ shownIf }) => shownIf === undefined || results.some(shownIf))
  const reasons = reasonLines(shown)
  const isWide = known.length > MOST_FIGURES
  const ofMessages = isWide ? known.filter(({ ofConnections }) => !ofConnections) : known
  return [
    heading(2, `${scenario.name}: ${wordsOf(scenario.title)}${MESSAGE_NOTE[scenario.flow] ?? ''}`),
    table(shown, ofMessages),
    ...(isWide
      ? [
          paragraph('the connections:', 'faint'),
          table(
            shown,
            known.filter(({ ofConnections }) => ofConnections),
          ),
        ]
      : []),
    ...(reasons.length > 0 ? [{ kind: 'list', items: reasons, tone: 'bad' } as const] : []),
  ]
}

function table(cells: readonly Cell[], figures: readonly Figure[]): Block {
  const isWide = figures.length > MOST_BESIDE_COMPLETION
  const rowOf = (cell: Cell): CellText[] => {
    const bytes = bytesOf(cell)
    return [
      ...(isWide ? [] : [cellText(cell.completion)]),
      ...figures.map((figure) => (bytes === null ? BLANK : cellText(figure.of(bytes)))),
    ]
  }
  return {
    kind: 'table',
    frame: 'plain',
    columns: [
      { title: 'transport', align: 'left' },
      ...(isWide ? [] : [{ title: 'completion', align: 'left' as const }]),
      ...figures.map(({ title }) => ({ title, align: 'right' as const })),
    ],
    groups: cells.map((cell) => ({
      first: cellText(transportName(cell), cell.status === 'measured' ? undefined : 'bad'),
      rows: [rowOf(cell)],
    })),
  }
}
