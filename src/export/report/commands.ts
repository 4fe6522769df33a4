import { groupBy } from '../../model/group-by.ts'
import { findMetric } from '../../model/report/metric.ts'
import type { Report } from '../../model/report/report.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { type Block, heading, notesOf, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import {
  countOrNothing,
  type Figure,
  figureTable,
  reasonBlocks,
  shownFigures,
} from './figure-table.ts'
import { medianText, micros } from './latency.ts'
import { describeVerdict } from './notes.ts'
import {
  disturbanceBlocks,
  type RunCell,
  type ScenarioCells,
  scenarioCellsOf,
  scenarioHeading,
} from './scenario-cells.ts'

const say = catalogue({
  en: {
    commands: 'Commands: app → device → app',
    whatIsShown:
      'an app commands a device through a broker or server, and gets the device’s state back: two legs each way, one command in flight. delivery: from due until the device has the command; full loop: from due until the app has the state that it asked for; microseconds, p50 with the 95 % interval of the median. bytes: wire bytes of the device, one command and its state with their acknowledgements. waiting per hour: bytes on its link while no command comes, with the headers of TCP, UDP and IP; waiting, wire: without them; both from one waiting exchange, whose wire bytes were measured.',
    nothing: 'nothing',
    every: (bytes: string, seconds: number) => `${bytes} wire bytes every ${seconds} s`,
    on: (how: string, transports: string) => `${how} on ${transports}`,
    waiting: 'waiting',
    columns: {
      delivery: 'delivery p50',
      loop: 'full loop p50',
      bytes: 'bytes',
      waiting: 'waiting per hour',
      waitingWire: 'waiting, wire',
      lost: 'lost',
    },
  },
  'zh-TW': {
    commands: '指令：應用程式 → 裝置 → 應用程式',
    whatIsShown:
      '應用程式透過代理伺服器或伺服器指揮裝置，並取得裝置的狀態：每個方向兩段路，一次一個指令在途。送達：從應送出到裝置拿到指令；全程：從應送出到應用程式拿到所要的狀態；微秒，p50 附中位數的 95 % 區間。位元組：裝置的線路位元組，一個指令與它的狀態，含兩者的確認。每小時等待：沒有指令時鏈路上的位元組，含 TCP、UDP 與 IP 標頭；等待，線路：不含標頭；兩者都由一次等待往來推算，其線路位元組是實測。',
    nothing: '沒有流量',
    every: (bytes, seconds) => `每 ${seconds} 秒 ${bytes} 線路位元組`,
    on: (how, transports) => `${transports} 為${how}`,
    waiting: '等待時',
    columns: {
      delivery: '送達 p50',
      loop: '全程 p50',
      bytes: '位元組',
      waiting: '每小時等待',
      waitingWire: '等待，線路',
      lost: '遺失',
    },
  },
})

const figureOf = (metric: string): Pick<Figure, 'metric' | 'of'> => ({
  metric,
  of: (cell) => countOrNothing(findMetric(metric)?.of(cell)),
})

const commandFigures = (): readonly Figure[] => [
  {
    title: say.columns.delivery,
    metric: 'delivery_p50_us',
    of: ({ latency }) => medianText(latency?.delivery),
  },
  {
    title: 'p99',
    metric: 'delivery_p99_us',
    of: ({ latency }) => micros(latency?.delivery?.p99Us),
  },
  {
    title: say.columns.loop,
    metric: 'latency_p50_us',
    of: ({ latency }) => micros(latency?.response?.p50Us),
  },
  { title: 'n', of: ({ latency }) => countOrNothing(latency?.response?.samples) },
  { title: say.columns.bytes, ...figureOf('wire_bytes_per_message') },
  { title: say.columns.waiting, ...figureOf('waiting_link_bytes_per_hour') },
  { title: say.columns.waitingWire, ...figureOf('waiting_bytes_per_hour') },
  { title: say.columns.lost, of: ({ counts }) => countOrNothing(counts?.lost) },
]

/** Commands down and states back, for each scenario that has them. */
export function commandBlocks(report: Report): Block[] {
  const sections = scenarioCellsOf(report, 'roundtrip').flatMap((entry) =>
    scenarioBlocks(entry, report),
  )
  if (sections.length === 0) return []
  return [heading(1, say.commands), paragraph(say.whatIsShown, 'faint'), ...sections]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  if (cells.length === 0) return []
  const ran = cells.filter((cell) => cell.status !== 'skipped')
  const waiting = waitingLine(ran)
  // Where there are bytes, their section says why a cell has none.
  const reasons = report.plan.measures.includes('bytes') ? [] : reasonBlocks(cells)
  const claims = report.verdicts
    .filter((verdict) => verdict.scenario === scenario.name)
    .map(describeVerdict)
  return [
    heading(2, scenarioHeading(scenario)),
    figureTable(report, cells, shownFigures(cells, commandFigures())),
    ...disturbanceBlocks(cells),
    ...(waiting === null ? [] : [paragraph(waiting)]),
    ...reasons,
    ...notesOf(claims),
  ]
}

/** `waiting: 305 wire bytes every 1 s on http-poll; 4 wire bytes every 60 s on mqtt-qos0, mqtt-qos1` */
function waitingLine(cells: readonly RunCell[]): string | null {
  const waiting = cells.flatMap(({ transport, bytes }) =>
    bytes?.waiting === undefined ? [] : [{ transport, ...bytes.waiting }],
  )
  if (waiting.length === 0) return null
  const alike = groupBy(waiting, ({ everyS, exchangeBytes }) =>
    everyS === null ? say.nothing : say.every(formatCount(exchangeBytes), everyS),
  )
  const parts = Array.from(alike, ([how, own]) =>
    say.on(how, listNames(own.map(({ transport }) => transport))),
  )
  return WORDS.named(say.waiting, parts.join(WORDS.semicolon))
}
