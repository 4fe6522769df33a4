import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { groupBy } from '../../model/group-by.ts'
import { formatCount } from '../../model/text/format.ts'
import { listNames } from '../../model/text/language.ts'
import { wordsOf } from '../../model/text/wording.ts'
import { type Block, heading, list, paragraph, plainTable, rowGroup } from '../document/document.ts'
import { budgetBlocks } from '../report/cost/budgets.ts'
import { WORDS } from '../words.ts'
import { answerLines } from './answer.ts'
import { onBasis } from './basis.ts'
import { cloudBlocks, planBlocks, radioBlocks, shortBlocks } from './bill-tables.ts'
import { hasSecondHand, nameCell, rowName } from './figures.ts'
import { bytesBlocks, changeBlocks } from './tables.ts'
import { sayGround } from './words/ground-words.ts'
import { say } from './words/words.ts'

/** A fleet's month as a person reads it, sources and all. */
export const fleetDocument = (report: FleetReport): Block[] => [
  ...headBlocks(report),
  ...answerBlocks(report),
  ...planBlocks(report),
  ...cloudBlocks(report),
  ...(hasSecondHand(report.data) ? [paragraph(say.secondHand, 'faint')] : []),
  ...radioBlocks(report),
  ...changeBlocks(report),
  ...turnBlocks(report),
  ...outageBlocks(report),
  ...assumptionBlocks(report),
  ...sourceBlocks(report),
  ...budgetBlocks(1, report.gates),
]

const CHANGES_IN_A_TERMINAL = 5

/** All of it for a terminal: a table for all plans, one for all radios, and the changes that save most. */
export const fleetInFull = (report: FleetReport): Block[] => [
  ...headBlocks(report),
  ...answerBlocks(report),
  ...shortBlocks(report),
  ...changeBlocks(report, CHANGES_IN_A_TERMINAL, 'short'),
  ...turnBlocks(report),
  ...outageBlocks(report),
  ...assumptionBlocks(report),
  ...sourceBlocks(report),
  ...budgetBlocks(1, report.gates),
]

/** How TLS is set up, where all rows that have it agree. */
function sessionWords(rows: FleetReport['rows']): string[] {
  const kinds = new Set(rows.map(({ session }) => session).filter((session) => session !== 'none'))
  if (kinds.size !== 1) return []
  return [kinds.has('full') ? say.fullTls : say.resumedTls]
}

/** What the fleet is. */
export function headBlocks({ fleet, rows }: FleetReport): Block[] {
  const [gap] = fleet.gaps
  const count = fleet.gaps.reduce((sum, each) => sum + each.count, 0)
  const often =
    fleet.gaps.length === 1 && gap !== undefined ? say.every(gap.seconds) : say.aMonth(count)
  const given = [
    say.sends(fleet.payloadBytes, fleet.scenario, often),
    say.month(fleet.monthS),
    ...sessionWords(rows),
    ...(fleet.link === null ? [] : [fleet.link]),
  ]
  return [
    heading(1, say.title(fleet.name, fleet.devices)),
    list([say.given(given.join(WORDS.semicolon))], 'faint'),
  ]
}

const answerBlocks = (report: FleetReport): Block[] => [
  ...answerLines(report).map((text) => paragraph(text)),
  ...bytesBlocks(report),
  ...bytesNotes(report),
]

function bytesNotes({ rows, fleet, leftOut }: FleetReport): Block[] {
  const runs = rows.find(({ measured }) => measured !== null)?.measured?.runs
  const notes = [
    say.bytesNote,
    ...(fleet.lossShare > 0 ? [say.expected(fleet.lossShare)] : []),
    ...(rows.some(({ ticket }) => ticket === 'dead') ? [`* ${say.ticketDead}`] : []),
    ...(leftOut.length > 0 ? [say.leftOut(leftOut.length, leftOut.join('; '))] : []),
    ...rows
      .filter((row) => row.policy === 'kept' && row.connections >= row.messages)
      .map((row) => say.keptInName(rowName(row, rows), silenceOf(row.transport, fleet))),
    ...(runs === undefined ? [] : [say.countedNote(runs)]),
  ]
  return [list(notes, 'faint')]
}

/** What lost it: a NAT, or an HTTP server. */
function silenceOf(transport: string, { connection, serverIdleS }: FleetReport['fleet']): number {
  const idle = /^(https?|h2c)/.test(transport) ? serverIdleS : 0
  const limits = [connection.natTimeoutS, idle].filter((seconds) => seconds > 0)
  return Math.min(...limits)
}

/** From where on keeping costs more, and which inputs turn the answer. */
export function turnLines({ breakEvens, turning, rows }: FleetReport): string[] {
  return [
    ...breakEvens.map(({ transport, keptCostsMoreFromS: from }) =>
      from === null ? sayGround.keptNever(transport) : sayGround.keptFrom(transport, from),
    ),
    ...turning
      .slice(0, 3)
      .map(({ input, at, before, after }) =>
        sayGround.turn(sayGround.input(input, at), rowName(after, rows), rowName(before, rows)),
      ),
    ...(turning.length === 0 && rows.length > 1 ? [sayGround.noTurn] : []),
  ]
}

function turnBlocks(report: FleetReport): Block[] {
  const items = turnLines(report)
  return items.length === 0
    ? []
    : [heading(1, onBasis(report, sayGround.turns, 'modelled')), list(items)]
}

/** All at once and spread, held against what a server took of this program’s load. */
function outageBlocks({ outage, yardstick, rows, fleet }: FleetReport): Block[] {
  const [first, spread] = outage
  if (first === undefined || spread === undefined) return []
  const bytesAt = (row: FleetRow, jitterS: number): string => {
    const own = outage.find(
      (each) =>
        each.transport === row.transport && each.policy === row.policy && each.jitterS === jitterS,
    )
    return own === undefined ? '' : `${formatCount(Math.round(own.bytesPerS))} B`
  }
  const connected = rows.filter(({ policy }) => policy !== 'no-connection')
  const groups = connected.map((row) =>
    rowGroup(
      nameCell(row, rows),
      [0, spread.jitterS].map((jitterS) => bytesAt(row, jitterS)),
    ),
  )
  const { connectionsPerS, connections, cpus, measuredOn, source } = yardstick
  return [
    heading(1, sayGround.outage),
    plainTable(
      [say.columns.transport],
      [
        sayGround.atOnce(first.connectionsPerS),
        sayGround.spread(spread.jitterS, spread.connectionsPerS),
      ],
      groups,
    ),
    list([
      sayGround.yardstick(connectionsPerS, connections, cpus, measuredOn, source),
      fleet.devices > connectionsPerS
        ? sayGround.queued(first.connectionsPerS / connectionsPerS)
        : sayGround.taken,
    ]),
  ]
}

function assumptionBlocks({ fleet, cellsFrom }: FleetReport): Block[] {
  const { connection } = fleet
  const left = [
    ...(fleet.pureAcknowledgements === 'left-out' ? [sayGround.pureAcknowledgements] : []),
    ...(fleet.timeStamps === 'left-out' ? [sayGround.timeStamps] : []),
  ]
  return [
    heading(1, sayGround.assumptions),
    paragraph(
      [
        sayGround.keepAlive(connection.keepAliveS, connection.pings),
        sayGround.nat(connection.natTimeoutS),
        sayGround.idle(fleet.serverIdleS),
        sayGround.lost,
        sayGround.reconnects(connection.reconnectsADay),
        sayGround.ticket(connection.ticketLifeS),
        ...(left.length === 0 ? [] : [sayGround.leftOutRules(listNames(left))]),
        sayGround.cells(cellsFrom),
      ].join(WORDS.semicolon),
    ),
  ]
}

function sourceBlocks({ data }: FleetReport): Block[] {
  if (data.length === 0) return []
  const items = data.map(({ title, note, limits, sources }) => {
    // What is from one place is told in one.
    const places = groupBy(sources, ({ source, readOn, secondHand }) => {
      const mark = secondHand ? WORDS.inBrackets(sayGround.secondHandSource) : ''
      return sayGround.source(source, readOn) + mark
    })
    const from = Array.from(places, ([place, own]) =>
      WORDS.named(listNames(own.map(({ what }) => what)), place),
    )
    const told = [title, note, limits].flatMap((text) => (text === null ? [] : wordsOf(text)))
    return [...told, ...from].join(WORDS.semicolon)
  })
  return [heading(1, sayGround.sources), list(items, 'faint')]
}
