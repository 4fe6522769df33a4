import type { Report } from '../../../model/report/report.ts'
import { formatBytes, formatCount, formatTime } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { PER_MESSAGE } from '../claims/figures.ts'
import type { RunCell } from '../scenario-cells.ts'
import { type Entry, entriesOf, metricOf, sentencesBy, tellOf } from './entries.ts'
import type { Kind } from './kind.ts'
import { mediansText, placeText, usualOf } from './place.ts'
import { claimsInShort, shortFigure, shortTable } from './short-table.ts'
import { sidesText } from './sides.ts'

const say = catalogue({
  en: {
    waiting: (sides: string, where: string, asks: string) =>
      `Waiting for commands takes per hour ${sides} on the ${where}${asks}: computed from one exchange, whose wire bytes were measured.`,
    asks: (transport: string, bytes: string, seconds: string) =>
      `, as ${transport} exchanges ${bytes} every ${seconds} s`,
    delivery: (sides: string, medians: string, place: string) =>
      `A command reaches the device after ${sides}: ${medians}, ${place}.`,
    loop: (sides: string) => `Until the app has the state that it asked for it takes ${sides}.`,
    bytes: (sides: string) => `A command with its state takes ${sides} on the device’s wire.`,
    wire: 'wire',
    link: 'link',
    columns: {
      delivery: 'delivery p50',
      loop: 'full loop p50',
      bytes: 'bytes',
      waiting: (where: string) => `waiting/h, ${where}`,
    },
  },
  'zh-TW': {
    waiting: (sides, where, asks) =>
      `等待指令，每小時在${where}上：${sides}${asks}；由一次等待往來推算，其線路位元組是實測。`,
    asks: (transport, bytes, seconds) => `，因為 ${transport} 每 ${seconds} 秒往來 ${bytes}`,
    delivery: (sides, medians, place) =>
      `指令送達裝置所需的時間：${sides}（${medians}）；${place}。`,
    loop: (sides) => `到應用程式拿到所要的狀態：${sides}。`,
    bytes: (sides) => `一個指令與它的狀態，在裝置的線路上：${sides}。`,
    wire: '線路',
    link: '鏈路',
    columns: {
      delivery: '送達 p50',
      loop: '全程 p50',
      bytes: '位元組',
      waiting: (where) => `每小時等待（${where}）`,
    },
  },
})

const WAITING = 'waiting_bytes_per_hour'
const LINK_WAITING = 'waiting_link_bytes_per_hour'

const deliveryOf = usualOf(({ latency }) => latency?.delivery)
const loopOf = usualOf(({ latency }) => latency?.response)

const loops = (report: Report): Entry[] => entriesOf(report, 'roundtrip')

/** What waiting for commands costs, how late one comes, and when its state is back. */
export const commands: Kind = {
  weight: (report) => loops(report).length,
  sentences: (report) =>
    sentencesBy(loops(report), ({ cells }) => [
      waitingText(cells),
      tellOf(sidesText(cells, deliveryOf, formatTime), (sides) =>
        say.delivery(sides, mediansText(cells, deliveryOf), placeText(report)),
      ),
      tellOf(sidesText(cells, metricOf(PER_MESSAGE), formatBytes), say.bytes),
      tellOf(sidesText(cells, loopOf, formatTime), say.loop),
    ]),
  tables: (report, nameColumns) => {
    const cells = loops(report).flatMap((entry) => entry.cells)
    const { delivery, loop, bytes, waiting } = say.columns
    const waitingIn = waitingMetric(cells)
    const figures = [
      shortFigure(delivery, deliveryOf, formatTime, 'delivery_p50_us'),
      shortFigure(loop, loopOf, formatTime, 'latency_p50_us'),
      shortFigure(bytes, metricOf(PER_MESSAGE), formatBytes, PER_MESSAGE),
      shortFigure(waiting(placeOf(waitingIn)), metricOf(waitingIn), formatBytes, waitingIn),
    ]
    return shortTable(report, cells, figures, nameColumns)
  },
  claims: (report) =>
    claimsInShort(
      report,
      loops(report).map(({ name }) => name),
    ),
}

/** On the link where all that wait have it, and on the wire otherwise. */
function waitingMetric(cells: readonly RunCell[]): string {
  const waiting = cells.filter((cell) => metricOf(WAITING)(cell).length > 0)
  return waiting.every((cell) => metricOf(LINK_WAITING)(cell).length > 0) ? LINK_WAITING : WAITING
}

const placeOf = (metric: string): string => (metric === WAITING ? say.wire : say.link)

function waitingText(cells: readonly RunCell[]): string {
  const metric = waitingMetric(cells)
  const costOf = (cell: RunCell): number => metricOf(metric)(cell)[0] ?? 0
  const [dearest] = cells.toSorted((a, b) => costOf(b) - costOf(a))
  const waiting = dearest?.bytes?.waiting
  const asks =
    dearest === undefined || waiting === undefined || waiting.everyS === null
      ? ''
      : say.asks(
          dearest.transport,
          formatBytes(
            (metric === WAITING ? null : waiting.exchangeLinkBytes) ?? waiting.exchangeBytes,
          ),
          formatCount(waiting.everyS),
        )
  return tellOf(sidesText(cells, metricOf(metric), formatBytes), (sides) =>
    say.waiting(sides, placeOf(metric), asks),
  )
}
