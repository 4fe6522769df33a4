import type { Cell, PairBreakEven, Report, TransportCost } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { type Block, cellText, type Group, heading, paragraph } from '../../document/document.ts'
import {
  isHttp,
  isMqtt,
  type ScenarioCells,
  scenarioCells,
  scenarioCellsOf,
} from '../scenario-cells.ts'

type Crossing = PairBreakEven['bytes']

const WHAT_COUNTS =
  'n messages cost setup + n messages + close; the first message counts as it was, and every further one as the mean of the others. Idle traffic is left out. Round trips include TCP’s own, one a connection.'

/** From how many messages on an MQTT transport costs less than an HTTP one. */
export function breakEvenBlocks(report: Report): Block[] {
  const groups = scenarioCellsOf(report, 'uplink').flatMap((entry): Group[] => {
    const rows = mqttRows(entry, report)
    return rows.length === 0
      ? []
      : [
          {
            first: cellText(wordsOf(entry.scenario.title)),
            rows: rows.map((row) => row.map(asCell)),
          },
        ]
  })
  if (groups.length === 0) return []
  return [
    heading(2, 'Break-even: when MQTT costs less than HTTP'),
    paragraph(WHAT_COUNTS, 'faint'),
    {
      kind: 'table',
      frame: 'plain',
      columns: ['content', 'MQTT', 'less than', 'bytes', 'round trips'].map(leftColumn),
      groups,
    },
  ]
}

/** Every cell's cost, and every pair of transports of a scenario. */
export function fullBreakEvenBlocks(report: Report): Block[] {
  const { breakEven } = report
  if (breakEven === undefined || breakEven.costs.length === 0) return []
  return [
    heading(1, 'Break-even of all pairs'),
    paragraph(WHAT_COUNTS, 'faint'),
    ...scenarioCells(report).flatMap(({ scenario }): Block[] => {
      const costs = breakEven.costs.filter((cost) => cost.scenario === scenario.name)
      const pairs = breakEven.pairs.filter((pair) => pair.scenario === scenario.name)
      if (costs.length === 0) return []
      return [
        heading(2, wordsOf(scenario.title)),
        {
          kind: 'table',
          frame: 'plain',
          columns: [
            leftColumn('transport'),
            leftColumn('connection'),
            ...['first, bytes', 'each further', 'first, round trips', 'each further'].map(
              (title) => ({ title, align: 'right' as const }),
            ),
          ],
          groups: costs.map((cost) => ({
            first: cellText(cost.transport),
            rows: [costRow(cost).map(asCell)],
          })),
        },
        ...(pairs.length === 0 ? [] : [pairTable(pairs)]),
      ]
    }),
  ]
}

const asCell = (text: string) => cellText(text)
const leftColumn = (title: string) => ({ title, align: 'left' as const })

function costRow({ connection, bytes, roundTrips }: TransportCost): string[] {
  return [
    connection === 'own' ? 'one a message' : 'kept',
    ...lineTexts(bytes),
    ...(roundTrips === null ? ['', ''] : lineTexts(roundTrips)),
  ]
}

/** `385, and 2,311 every 3`: where the server ends the connection after so many messages. */
function lineTexts({ first, further, renewal }: TransportCost['bytes']): string[] {
  const renewed =
    renewal === undefined
      ? ''
      : `, and ${formatCount(renewal.cost)} every ${formatCount(renewal.everyMessages)}`
  return [formatCount(first), formatCount(further) + renewed]
}

function pairTable(pairs: readonly PairBreakEven[]): Block {
  return {
    kind: 'table',
    frame: 'plain',
    columns: ['one', 'other', 'fewer bytes', 'fewer round trips'].map(leftColumn),
    groups: pairs.map(({ between: [left, right], bytes, roundTrips }) => ({
      first: cellText(left),
      rows: [[right, cheaperText(bytes), roundTrips && cheaperText(roundTrips)].map(toCell)],
    })),
  }
}

const toCell = (text: string | null) => cellText(text ?? '')

/** `mqtt-qos0 from 6 messages`; of whichever is cheaper in the long run. */
function cheaperText({ cheaper, fromMessages }: Crossing): string {
  if (cheaper === null) return 'equal'
  return fromMessages === 1 ? `${cheaper}, always` : `${cheaper}, ${fromText(fromMessages)}`
}

const fromText = (messages: number): string => `from ${formatCount(messages)} messages`

/** Transports that fare alike share a row, on either side. */
function mqttRows({ scenario, cells }: ScenarioCells, { breakEven }: Report): string[][] {
  const ids = (is: (cell: Cell) => boolean): string[] =>
    cells.filter(is).map((cell) => cell.transport)
  const httpIds = ids(isHttp)
  const rows = ids(isMqtt).flatMap((mqtt) =>
    joinAlike(
      httpIds.flatMap((http) => {
        const pair = breakEven?.pairs.find(
          ({ scenario: name, between }) =>
            name === scenario.name && between.includes(mqtt) && between.includes(http),
        )
        if (pair === undefined) return []
        const { bytes, roundTrips } = pair
        const whenFewer = roundTrips === null ? '' : whenCheaper(mqtt, roundTrips)
        return [[mqtt, http, whenCheaper(mqtt, bytes), whenFewer]]
      }),
      1,
    ),
  )
  return joinAlike(rows, 0)
}

/** Rows that differ in one column alone become one, with its values listed. */
function joinAlike(rows: readonly string[][], column: number): string[][] {
  const joined = new Map<string, string[]>()
  for (const row of rows) {
    const rest = JSON.stringify(row.toSpliced(column, 1))
    const same = joined.get(rest)
    if (same === undefined) joined.set(rest, [...row])
    else same[column] += `, ${row[column]}`
  }
  return [...joined.values()]
}

/** When this transport costs less than the other of its pair. */
function whenCheaper(
  transport: string,
  { cheaper, fromMessages, otherUpToMessages }: Crossing,
): string {
  if (cheaper === null) return 'never (equal)'
  if (cheaper === transport) return fromMessages === 1 ? 'always' : fromText(fromMessages)
  if (otherUpToMessages === 0) return 'never'
  return `up to ${formatCount(otherUpToMessages)} ${otherUpToMessages === 1 ? 'message' : 'messages'}`
}
