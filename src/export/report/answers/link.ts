import type { StreamTime } from '../../../model/report/link-result.ts'
import type { Report } from '../../../model/report/report.ts'
import { formatBytes, formatCount, formatTime } from '../../../model/text/format.ts'
import { catalogue, joinNames } from '../../../model/text/language.ts'
import { linkBasisOf, networkOfOne } from '../../../model/wire/ledger.ts'
import { isOwnConnection, LINK_TOTAL, linkWord } from '../claims/figures.ts'
import { doneSeries, steadySeries } from '../links/link-text.ts'
import type { RunCell } from '../scenario-cells.ts'
import { type Entry, entriesOf, metricOf, sentencesBy, tellOf } from './entries.ts'
import type { Kind } from './kind.ts'
import { mediansText, placeText, usualOf } from './place.ts'
import { shortFigure, shortTable } from './short-table.ts'
import { type FigureOf, sidesText } from './sides.ts'

const say = catalogue({
  en: {
    wake: (sides: string, medians: string, place: string) =>
      `A device that wakes up, opens its connection and sends one message has it acknowledged or answered, at QoS 0 delivered, after ${sides}: ${medians}, ${place}.`,
    bytes: (sides: string) =>
      `Such a wake-up takes ${sides} on the wire, opening and closing the connection included.`,
    bytesOnLink: (sides: string, link: string) =>
      `Such a wake-up takes ${sides} on the ${link}, TCP/IP headers, opening and closing included.`,
    steady: (sides: string, place: string) =>
      `On a connection that is open a message is done, at QoS 0 delivered, after ${sides}${place}.`,
    tail: (sides: string, unknown: string) =>
      `One message in a hundred takes longer than ${sides}, as what is lost is sent again${unknown}.`,
    tooFew: (names: string) => `; of ${names} there are too few samples to say`,
    stream: (messages: string, sides: string, scaled: string) =>
      `${messages} messages, each sent when the one before it is done, take ${sides}${scaled}.`,
    several: (messages: string, sides: string, scaled: string) =>
      `With several in flight ${messages} take ${sides}${scaled}.`,
    scaled: ', scaled up from those that fitted into the time',
    in: (place: string) => `, ${place}`,
    columns: {
      wake: 'wake-up',
      bytes: 'its wire bytes',
      bytesOnLink: 'its link bytes',
      steady: 'a message',
      stream: (messages: string) => `${messages}, one by one`,
      several: 'several in flight',
    },
  },
  'zh-TW': {
    wake: (sides, medians, place) =>
      `裝置醒來、開連線、送出一則訊息，到確認或回應（QoS 0 為送達）所需的時間：${sides}（${medians}）；${place}。`,
    bytes: (sides) => `這樣醒來一次，在線路上連同開關連線：${sides}。`,
    bytesOnLink: (sides, where) =>
      `這樣醒來一次，在${where}上（含 TCP/IP 標頭）連同開關連線：${sides}。`,
    steady: (sides, place) =>
      `連線已開時，一則訊息到確認或回應（QoS 0 為送達）需要：${sides}${place}。`,
    tail: (sides, unknown) => `一百則訊息中有一則要更久：${sides}；遺失的要重送${unknown}。`,
    tooFew: (names) => `；${names} 樣本太少，無從得知`,
    stream: (messages, sides, scaled) =>
      `${messages} 則訊息逐一送出，前一則完成才送下一則：${sides}${scaled}。`,
    several: (messages, sides, scaled) => `多則同時在途時，${messages} 則：${sides}${scaled}。`,
    scaled: '（由時間內來得及測的推算）',
    in: (place) => `；${place}`,
    columns: {
      wake: '醒來一次',
      bytes: '其線路位元組',
      bytesOnLink: '其鏈路位元組',
      steady: '一則訊息',
      stream: (messages) => `${messages} 則逐一`,
      several: '多則在途',
    },
  },
})

const wakeOf = usualOf(doneSeries)
const steadyOf = usualOf(steadySeries)
const tailOf: FigureOf = (cell) => [steadySeries(cell)?.p99Us ?? []].flat()
const streamOf: FigureOf = ({ overLink }) => totalUs(overLink?.oneInFlight)
const severalOf: FigureOf = ({ overLink }) => totalUs(overLink?.severalInFlight)

/** Whose series is too short for the percentile that others have. */
function tooFewText(cells: readonly RunCell[]): string {
  const names = cells.flatMap((cell) =>
    steadySeries(cell) != null && tailOf(cell).length === 0 ? [cell.transport] : [],
  )
  return tellOf(joinNames([...new Set(names)]), say.tooFew)
}

const totalUs = (time: StreamTime | null | undefined): number[] =>
  time == null ? [] : [time.totalMs * 1_000]

const uplinks = (report: Report): Entry[] =>
  report.link === undefined && report.loss === undefined
    ? []
    : entriesOf(report, 'uplink', (cell) => [wakeOf, steadyOf].some((of) => of(cell).length > 0))

/** What a wake-up takes in time and bytes, and what a connection that is kept then takes. */
export const link: Kind = {
  weight: (report) => uplinks(report).length,
  sentences: (report) =>
    sentencesBy(uplinks(report), ({ scenario, cells }) => {
      const messages = formatCount(scenario.messages)
      const wake = tellOf(sidesText(cells, wakeOf, formatTime), (sides) =>
        say.wake(sides, mediansText(cells, wakeOf), placeText(report)),
      )
      const place = wake === '' ? say.in(placeText(report)) : ''
      return [
        wake,
        isKnownOnLink(report, cells)
          ? tellOf(sidesText(cells, wakeLinkBytes(report), formatBytes), (sides) =>
              say.bytesOnLink(sides, linkWord(cells)),
            )
          : tellOf(sidesText(cells, wakeBytes(report), formatBytes), say.bytes),
        tellOf(sidesText(cells, steadyOf, formatTime), (sides) => say.steady(sides, place)),
        report.loss === undefined
          ? ''
          : tellOf(sidesText(cells, tailOf, formatTime), (sides) =>
              say.tail(sides, tooFewText(cells)),
            ),
        ...(scenario.messages < 2
          ? []
          : [
              tellOf(sidesText(cells, streamOf, formatTime), (sides) =>
                say.stream(messages, sides, scaledText(cells, 'oneInFlight')),
              ),
              tellOf(sidesText(cells, severalOf, formatTime), (sides) =>
                say.several(messages, sides, scaledText(cells, 'severalInFlight')),
              ),
            ]),
      ]
    }),
  tables: (report, nameColumns) => {
    const entries = uplinks(report)
    const cells = entries.flatMap((entry) => entry.cells)
    const counts = [...new Set(entries.map(({ scenario }) => formatCount(scenario.messages)))]
    const { wake, bytes, bytesOnLink, steady, stream, several } = say.columns
    const approximate = (of: FigureOf, key: 'oneInFlight' | 'severalInFlight', title: string) => {
      const figure = shortFigure(title, of, formatTime)
      return {
        title,
        text: (row: readonly RunCell[]) =>
          tellOf(figure.text(row), (text) => (isScaled(row, key) ? `≈${text}` : text)),
      }
    }
    return shortTable(
      report,
      cells,
      [
        shortFigure(wake, wakeOf, formatTime),
        isKnownOnLink(report, cells)
          ? shortFigure(bytesOnLink, wakeLinkBytes(report), formatBytes)
          : shortFigure(bytes, wakeBytes(report), formatBytes),
        shortFigure(steady, steadyOf, formatTime, 'latency_p50_us'),
        ...(report.loss === undefined
          ? []
          : [shortFigure('p99', tailOf, formatTime, 'latency_p99_us')]),
        approximate(streamOf, 'oneInFlight', stream(counts.join('/'))),
        approximate(severalOf, 'severalInFlight', several),
      ],
      nameColumns,
    )
  },
}

/** One message with opening and closing its connection. */
const wakeBytes =
  ({ breakEven }: Report): FigureOf =>
  (cell) =>
    (breakEven?.costs ?? [])
      .filter((cost) => cost.scenario === cell.scenario && cost.transport === cell.transport)
      .map(({ bytes }) => bytes.first)

/** What a radio sends of it, and most plans count; not where a server or a device opened more connections than one. */
const wakeLinkBytes =
  (report: Report): FigureOf =>
  (cell) => {
    if (isOwnConnection(cell)) return metricOf(LINK_TOTAL)(cell)
    const { bytes } = cell
    if (bytes === null || bytes.renewals !== undefined || bytes.wakes !== undefined) return []
    if (linkBasisOf(bytes.ledger) === null) return []
    return wakeBytes(report)(cell).map((wire) => wire + networkOfOne(bytes.ledger, bytes.messages))
  }

/** Of all that have bytes: one is not held against the other's on the wire. */
const isKnownOnLink = (report: Report, cells: readonly RunCell[]): boolean =>
  cells.every((cell) => wakeBytes(report)(cell).length === wakeLinkBytes(report)(cell).length)

const isScaled = (cells: readonly RunCell[], key: 'oneInFlight' | 'severalInFlight'): boolean =>
  cells.some(({ overLink }) => overLink?.[key]?.basis === 'modelled')

const scaledText = (cells: readonly RunCell[], key: 'oneInFlight' | 'severalInFlight'): string =>
  isScaled(cells, key) ? say.scaled : ''
