import type { FleetReport } from '../../model/fleet/fleet-report.ts'
import { listNames } from '../../model/text/language.ts'
import { type Block, heading, list, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import {
  bytesBlocks,
  bytesOf,
  changeBlocks,
  cloudBlocks,
  megabytesText,
  planBlocks,
  radioBlocks,
  rowName,
  shortBlocks,
} from './tables.ts'
import { sayGround } from './words/ground-words.ts'
import { say } from './words/words.ts'

/** A fleet's month as a person reads it, sources and all. */
export const fleetDocument = (report: FleetReport): Block[] => [
  ...headBlocks(report),
  ...bodyBlocks(report),
  ...changeBlocks(report),
  ...turnBlocks(report),
  ...outageBlocks(report),
  ...assumptionBlocks(report),
  ...sourceBlocks(report),
  ...gateBlocks(report),
]

const CHANGES_ON_A_SCREEN = 5

/** What a screen has room for. */
export const fleetScreen = (report: FleetReport, folder: string | null): Block[] => [
  ...headBlocks(report),
  ...answerBlocks(report),
  ...shortBlocks(report),
  ...changeBlocks(report, CHANGES_ON_A_SCREEN, 'short'),
  ...turnBlocks(report),
  paragraph(folder === null ? say.restHere : say.rest(folder), 'faint'),
  ...gateBlocks(report),
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
  return [
    heading(1, say.title(fleet.name, fleet.devices)),
    list(
      [
        say.sends(fleet.payloadBytes, fleet.scenario, often),
        [
          say.month(fleet.monthS),
          ...sessionWords(rows),
          ...(fleet.link === null ? [] : [fleet.link]),
        ].join(WORDS.semicolon),
      ],
      'faint',
    ),
  ]
}

const answerBlocks = (report: FleetReport): Block[] => [
  ...answerLines(report).map((text) => paragraph(text)),
  ...bytesBlocks(report),
  ...bytesNotes(report),
]

function bodyBlocks(report: FleetReport): Block[] {
  const hasSecondHand = report.data.some(({ sources }) => sources.some((each) => each.secondHand))
  return [
    ...answerBlocks(report),
    ...planBlocks(report),
    ...cloudBlocks(report),
    ...(hasSecondHand ? [paragraph(say.secondHand, 'faint')] : []),
    ...radioBlocks(report),
  ]
}

/** The least and the most, and who is done earlier over the link. */
export function answerLines({ rows, fleet }: FleetReport): string[] {
  const sorted = rows.toSorted((a, b) => bytesOf(a) - bytesOf(b))
  const [best, worst] = [sorted[0], sorted.at(-1)]
  if (best === undefined || worst === undefined) return []
  const megabytes = megabytesText(bytesOf(best))
  if (best === worst) return [say.only(rowName(best, rows), megabytes)]
  const times = (bytesOf(worst) / bytesOf(best)).toPrecision(2)
  return [
    say.cheapest(rowName(best, rows), megabytes, String(Number(times)), rowName(worst, rows)),
    ...soonerLines({ rows, fleet }),
  ]
}

/** Of HTTP and MQTT that are alike otherwise: the first of each. */
function soonerLines({ rows, fleet }: Pick<FleetReport, 'rows' | 'fleet'>): string[] {
  const own = rows.filter(
    ({ policy, activeSeconds }) => policy === 'per-message' && activeSeconds !== null,
  )
  const http = own.find(({ transport }) => transport.startsWith('http'))
  const mqtt = own.find(
    ({ transport, session }) => transport.startsWith('mqtt') && session === http?.session,
  )
  if (http?.activeSeconds == null || mqtt?.activeSeconds == null) return []
  const difference = mqtt.activeSeconds - http.activeSeconds
  const [first, second] = difference >= 0 ? [http, mqtt] : [mqtt, http]
  const seconds = Math.abs(difference).toFixed(1)
  if (Number(seconds) === 0) return []
  return [say.sooner(rowName(first, rows), seconds, rowName(second, rows), fleet.link ?? '')]
}

function bytesNotes({ rows, fleet, leftOut }: FleetReport): Block[] {
  const measured = rows.flatMap((row) =>
    row.measured === null
      ? []
      : [
          say.measuredRow(
            ...([rowName(row, rows), row.measured.mean, row.measured.low] as const),
            ...([row.measured.high, row.measured.runs] as const),
          ),
        ],
  )
  const notes = [
    say.bytesNote,
    ...(fleet.lossShare > 0 ? [say.expected(fleet.lossShare)] : []),
    ...(rows.some(({ ticket }) => ticket === 'dead') ? [`* ${say.ticketDead}`] : []),
    ...(leftOut.length > 0 ? [say.leftOut(leftOut.length, leftOut.join('; '))] : []),
    ...rows
      .filter((row) => row.policy === 'kept' && row.connections >= row.messages)
      .map((row) => say.keptInName(rowName(row, rows), silenceOf(row.transport, fleet))),
    ...measured,
  ]
  return [list(notes, 'faint')]
}

/** What lost it: a NAT, or an HTTP server. */
function silenceOf(transport: string, { connection, serverIdleS }: FleetReport['fleet']): number {
  const idle = /^(https?|h2c)/.test(transport) ? serverIdleS : 0
  const limits = [connection.natTimeoutS, idle].filter((seconds) => seconds > 0)
  return Math.min(...limits)
}

function turnBlocks({ breakEvens, turning, rows }: FleetReport): Block[] {
  const items = [
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
  return items.length === 0 ? [] : [heading(1, sayGround.turns), list(items)]
}

function outageBlocks({ outage }: FleetReport): Block[] {
  if (outage.length === 0) return []
  const items = outage.map(({ transport, connectionsPerS, bytesPerS, jitterS }) =>
    sayGround.outageRow(transport, connectionsPerS, bytesPerS, jitterS),
  )
  return [heading(1, sayGround.outage), list([...items, sayGround.outageYardstick])]
}

function assumptionBlocks({ fleet, cellsFrom }: FleetReport): Block[] {
  const { connection } = fleet
  const left = [
    ...(fleet.pureAcknowledgements === 'left-out' ? [sayGround.pureAcknowledgements] : []),
    ...(fleet.timeStamps === 'left-out' ? [sayGround.timeStamps] : []),
  ]
  return [
    heading(1, sayGround.assumptions),
    list([
      sayGround.keepAlive(connection.keepAliveS, connection.pings),
      sayGround.nat(connection.natTimeoutS),
      sayGround.idle(fleet.serverIdleS),
      sayGround.lost,
      sayGround.reconnects(connection.reconnectsADay),
      sayGround.ticket(connection.ticketLifeS),
      ...(left.length === 0 ? [] : [sayGround.leftOutRules(listNames(left))]),
      sayGround.cells(cellsFrom),
    ]),
  ]
}

function sourceBlocks({ data }: FleetReport): Block[] {
  if (data.length === 0) return []
  const items = data.flatMap(({ title, note, limits, sources }) => [
    ...[title, note, limits]
      .filter((text) => text !== null)
      .join('; ')
      .split('\n'),
    ...sources.map(
      ({ what, source, readOn, secondHand }) =>
        `  ${sayGround.source(what, source, readOn)}${secondHand ? WORDS.inBrackets(sayGround.secondHandSource) : ''}`,
    ),
  ])
  return [heading(1, sayGround.sources), list(items, 'faint')]
}

const TONES = { fail: 'bad', unmeasured: 'mixed', pass: 'good' } as const

function gateBlocks({ gates }: FleetReport): Block[] {
  if (gates.length === 0) return []
  const lists = (['fail', 'unmeasured', 'pass'] as const).flatMap((verdict): Block[] => {
    const items = gates
      .filter((gate) => gate.verdict === verdict)
      .map(({ line }) => WORDS.named(sayGround.told[verdict], line))
    return items.length === 0 ? [] : [list(items, TONES[verdict])]
  })
  return [heading(1, sayGround.budgets), ...lists]
}
