import type { Cell, PairBreakEven, Report, TransportCost } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue, listNames, plural } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  type Block,
  type Group,
  heading,
  paragraph,
  plainTable,
  rowGroup,
} from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import {
  isHttp,
  isMqtt,
  type ScenarioCells,
  scenarioCells,
  scenarioCellsOf,
} from '../scenario-cells.ts'

const say = catalogue({
  en: {
    title: 'Break-even: when MQTT costs less than HTTP',
    allPairs: 'Break-even of all pairs',
    whatCounts:
      'Opening a connection costs too: after how many messages on it is one cheaper? setup + n messages + close; the first message as it was, each further one as the mean of the others. Idle traffic is left out. Round trips include TCP’s own, one per connection.',
    lessThan: 'less than',
    connection: 'connection',
    firstBytes: 'first, bytes',
    firstRoundTrips: 'first, round trips',
    further: 'each further',
    own: 'one per message',
    kept: 'kept',
    renewed: (cost: string, every: string) => `, and ${cost} every ${every}`,
    one: 'one',
    other: 'other',
    fewerBytes: 'fewer bytes',
    fewerRoundTrips: 'fewer round trips',
    equal: 'equal',
    always: 'always',
    never: 'never',
    neverEqual: 'never (equal)',
    from: (messages: string) => `from ${messages} messages`,
    upTo: (messages: number) =>
      `up to ${formatCount(messages)} ${plural(messages, 'message', 'messages')}`,
  },
  'zh-TW': {
    title: '平衡點：何時 MQTT 比 HTTP 省',
    allPairs: '所有組合的平衡點',
    whatCounts:
      '建立連線也要花費：在一條連線上送幾則訊息之後，哪一個較省？建立 + n 則訊息 + 關閉；第一則照實測，之後每則取其餘的平均。閒置流量不計。來回次數含 TCP 的，每條連線一次。',
    lessThan: '比它省',
    connection: '連線',
    firstBytes: '第一則，位元組',
    firstRoundTrips: '第一則，來回',
    further: '之後每則',
    own: '每則各自',
    kept: '保持',
    renewed: (cost, every) => `，且每 ${every} 則多 ${cost}`,
    one: '一方',
    other: '另一方',
    fewerBytes: '位元組較少',
    fewerRoundTrips: '來回較少',
    equal: '相同',
    always: '一直',
    never: '從不',
    neverEqual: '從不（相同）',
    from: (messages) => `從 ${messages} 則起`,
    upTo: (messages) => `到 ${formatCount(messages)} 則為止`,
  },
})

type Crossing = PairBreakEven['bytes']

/** From how many messages on an MQTT transport costs less than an HTTP one. */
export function breakEvenBlocks(report: Report): Block[] {
  const groups = scenarioCellsOf(report, 'uplink').flatMap((entry): Group[] => {
    const rows = mqttRows(entry, report)
    return rows.length === 0 ? [] : [rowGroup(wordsOf(entry.scenario.title), ...rows)]
  })
  if (groups.length === 0) return []
  return [
    heading(2, say.title),
    paragraph(say.whatCounts, 'faint'),
    plainTable([WORDS.content, 'MQTT', say.lessThan, WORDS.bytes, WORDS.roundTrips], [], groups),
  ]
}

/** Every cell's cost, and every pair of transports of a scenario. */
export function fullBreakEvenBlocks(report: Report): Block[] {
  const { breakEven } = report
  if (breakEven === undefined || breakEven.costs.length === 0) return []
  return [
    heading(1, say.allPairs),
    paragraph(say.whatCounts, 'faint'),
    ...scenarioCells(report).flatMap(({ scenario }): Block[] => {
      const costs = breakEven.costs.filter((cost) => cost.scenario === scenario.name)
      const pairs = breakEven.pairs.filter((pair) => pair.scenario === scenario.name)
      if (costs.length === 0) return []
      return [
        heading(2, wordsOf(scenario.title)),
        plainTable(
          [WORDS.transport, say.connection],
          [say.firstBytes, say.further, say.firstRoundTrips, say.further],
          costs.map((cost) => rowGroup(cost.transport, costRow(cost))),
        ),
        ...(pairs.length === 0 ? [] : [pairTable(pairs)]),
      ]
    }),
  ]
}

function costRow({ connection, bytes, roundTrips }: TransportCost): string[] {
  return [
    connection === 'own' ? say.own : say.kept,
    ...lineTexts(bytes),
    ...(roundTrips === null ? ['', ''] : lineTexts(roundTrips)),
  ]
}

/** `385, and 2,311 every 3`: where the server ends the connection after so many messages. */
function lineTexts({ first, further, renewal }: TransportCost['bytes']): string[] {
  const renewed =
    renewal === undefined
      ? ''
      : say.renewed(formatCount(renewal.cost), formatCount(renewal.everyMessages))
  return [formatCount(first), formatCount(further) + renewed]
}

function pairTable(pairs: readonly PairBreakEven[]): Block {
  return plainTable(
    [say.one, say.other, say.fewerBytes, say.fewerRoundTrips],
    [],
    pairs.map(({ between: [left, right], bytes, roundTrips }) =>
      rowGroup(left, [
        right,
        cheaperText(bytes),
        roundTrips === null ? '' : cheaperText(roundTrips),
      ]),
    ),
  )
}

/** `mqtt-qos0 from 6 messages`; of whichever is cheaper in the long run. */
function cheaperText({ cheaper, fromMessages }: Crossing): string {
  if (cheaper === null) return say.equal
  return cheaper + WORDS.comma + (fromMessages === 1 ? say.always : fromText(fromMessages))
}

const fromText = (messages: number): string => say.from(formatCount(messages))

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
    else same[column] = listNames([same[column] ?? '', row[column] ?? ''])
  }
  return [...joined.values()]
}

/** When this transport costs less than the other of its pair. */
function whenCheaper(
  transport: string,
  { cheaper, fromMessages, otherUpToMessages }: Crossing,
): string {
  if (cheaper === null) return say.neverEqual
  if (cheaper === transport) return fromMessages === 1 ? say.always : fromText(fromMessages)
  return otherUpToMessages === 0 ? say.never : say.upTo(otherUpToMessages)
}
