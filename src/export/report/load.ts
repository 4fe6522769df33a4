import type { LoadStretch } from '../../model/report/load-result.ts'
import type { Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue, listNames, plural } from '../../model/text/language.ts'
import {
  type Block,
  type CellText,
  cellText,
  heading,
  listOf,
  paragraph,
  rowGroup,
} from '../document/document.ts'
import { type LoadRow, loadRowsOf, loadRunsOf } from '../files/load-rows.ts'
import { WORDS } from '../words.ts'
import { micros } from './latency.ts'
import { sweepChart, sweepsOf } from './sweep.ts'

interface Figure {
  title: string
  of(row: LoadRow): CellText | string
}

const say = catalogue({
  en: {
    title: 'Under load',
    shape: (connections: number, inFlight: number, workers: number) =>
      `${formatCount(connections)} connections, ${formatCount(inFlight)} in flight on each, ${formatCount(workers)} load ${plural(workers, 'process', 'processes')}. `,
    covers:
      'microseconds. messages/s: completed, or arrived where completion is flushed; ≥: the server could do more than this load asked of it, or whether it could is not known. load, server: how busy the busiest CPU or event loop of each side was. p50 to p99.9: response latency, at a rate from the due instant; delay: how late the generator itself was.',
    failed: (scenario: string, transport: string, client: string, reason: string) =>
      `${scenario} on ${transport} by ${client} failed: ${reason}`,
    asMuch: 'as fast as it will go',
    atRate: (rate: string) => `${rate} messages per second`,
    average: (rate: string) => `on average ${rate} messages per second`,
    ramp: (from: string, to: string) => `${from} to ${to} messages per second`,
    notMet: (cell: string, shortfall: string, limit: string) =>
      `offered rate not met: ${cell}, ${shortfall}; ${limit}`,
    cell: (scenario: string, transport: string, client: string) =>
      `${scenario} on ${transport}, by ${client}`,
    achieved: (achieved: string, asked: string) => `${achieved} of ${asked} per second`,
    early: (asked: string, completed: string, offered: string) =>
      `${asked} per second, but only ${completed} of ${offered} messages`,
    offered: 'offered/s',
    apart: (transport: string, client: string, rates: string) =>
      `${transport} by ${client}: the parts ran apart, ${rates} messages per second`,
    lost: 'connections lost',
    notKnown: 'not known why',
    limits: {
      generator: 'generator late',
      server: 'server busy',
      both: 'both busy',
      neither: 'no room in flight',
    },
    who: { generator: 'generator', server: 'server', both: 'both', neither: 'neither' },
    columns: {
      client: 'client',
      throughput: 'messages/s',
      load: 'load',
      server: 'server',
      limit: 'limit',
      delay: 'delay p50',
      achieved: 'achieved/s',
    },
  },
  'zh-TW': {
    title: '負荷之下',
    shape: (connections, inFlight, workers) =>
      `${formatCount(connections)} 條連線，每條 ${formatCount(inFlight)} 則在途，${formatCount(workers)} 個負荷程序。`,
    covers:
      '微秒。訊息/秒：完成的，或已送出者到達的；≥：伺服器能做的比這個負荷要求的多，或不知道能不能。負荷端、伺服器：各邊最忙的 CPU 或事件迴圈有多忙。p50 到 p99.9：回應延遲，定速時從應送出的時刻算起；遲：產生器自己晚了多少。',
    failed: (scenario, transport, client, reason) =>
      `${scenario}／${transport}（${client}）失敗：${reason}`,
    asMuch: '能送多少就送多少',
    atRate: (rate) => `每秒 ${rate} 則訊息`,
    average: (rate) => `平均每秒 ${rate} 則訊息`,
    ramp: (from, to) => `每秒 ${from} 到 ${to} 則訊息`,
    notMet: (cell, shortfall, limit) => `未達要求的速率：${cell}，${shortfall}；${limit}`,
    cell: (scenario, transport, client) => `${scenario}／${transport}（${client}）`,
    achieved: (achieved, asked) => `每秒 ${asked} 則中達到 ${achieved}`,
    early: (asked, completed, offered) =>
      `每秒 ${asked} 則，但 ${offered} 則訊息中只完成 ${completed}`,
    offered: '要求/秒',
    apart: (transport, client, rates) =>
      `${transport}（${client}）：各部分未同時進行，每秒 ${rates} 則訊息`,
    lost: '連線中斷',
    notKnown: '原因不明',
    limits: {
      generator: '產生器來不及',
      server: '伺服器忙',
      both: '兩邊都忙',
      neither: '在途已滿',
    },
    who: { generator: '產生器', server: '伺服器', both: '兩者', neither: '兩者皆非' },
    columns: {
      client: '用戶端',
      throughput: '訊息/秒',
      load: '負荷端',
      server: '伺服器',
      limit: '瓶頸',
      delay: '遲 p50',
      achieved: '達到/秒',
    },
  },
})

export const whole = (value: number | null): string =>
  value === null ? '' : formatCount(Math.round(value))

/** A rate as it was asked for (`1000`, `poisson:1000`, `ramp:100..5000`), in words. */
export function rateText(rate: string): string {
  const figures = rate.replace(/^\w+:/, '').split('..')
  const [from = '', to] = figures.map((perS) => formatCount(Number(perS)))
  if (to !== undefined) return say.ramp(from, to)
  return rate.startsWith('poisson:') ? say.average(from) : say.atRate(from)
}

const percent = (share: number | null): string =>
  share === null ? '' : `${Math.min(100, Math.round(share * 100))} %`

const client = (): Figure => ({ title: say.columns.client, of: ({ run }) => run.client })

const ofSaturation = (): readonly Figure[] => [
  { title: say.columns.throughput, of: ({ stretch }) => throughputText(stretch) },
  { title: 'p50', of: ({ stretch }) => micros(stretch.response?.p50Us) },
  { title: 'p99', of: ({ stretch }) => micros(stretch.response?.p99Us) },
  { title: say.columns.load, of: ({ stretch }) => percent(stretch.generator.busyShare) },
  { title: say.columns.server, of: ({ stretch }) => percent(stretch.server.busyShare) },
  {
    title: say.columns.limit,
    of: ({ stretch }) => (stretch.limit === null ? '' : say.who[stretch.limit]),
  },
]

const delays = (): readonly Figure[] => [
  { title: say.columns.delay, of: ({ stretch }) => micros(stretch.sendDelay?.p50Us) },
  { title: 'p99', of: ({ stretch }) => micros(stretch.sendDelay?.p99Us) },
]

const achieved = ({ stretch }: LoadRow): CellText =>
  cellText(whole(stretch.messagesPerS), stretch.rateMet === 'not met' ? 'bad' : undefined)

const ofOpenLoop = (): readonly Figure[] => [
  { title: say.columns.achieved, of: achieved },
  { title: 'p50', of: ({ stretch }) => micros(stretch.response?.p50Us) },
  { title: 'p90', of: ({ stretch }) => micros(stretch.response?.p90Us) },
  { title: 'p99', of: ({ stretch }) => micros(stretch.response?.p99Us) },
  { title: 'p99.9', of: ({ stretch }) => micros(stretch.response?.p999Us) },
  ...delays(),
]

const ofSweep = (): readonly Figure[] => [
  { title: say.columns.achieved, of: achieved },
  { title: 'p50', of: ({ stretch }) => micros(stretch.response?.p50Us) },
  { title: 'p99', of: ({ stretch }) => micros(stretch.response?.p99Us) },
  ...delays(),
  {
    title: say.columns.limit,
    of: ({ stretch }) => (stretch.rateMet === 'met' ? '' : limitText(stretch)),
  },
]

/** What each transport carries, and how long a message takes at a rate. */
export function loadBlocks(report: Report): Block[] {
  const runs = loadRunsOf(report)
  const rows = loadRowsOf(report)
  const settings = report.plan.load
  if (runs.length === 0 || settings === undefined) return []
  const { connections, inFlight, workers, rate, sweep } = settings
  const shape = say.shape(connections, inFlight, workers)
  const failures = runs.flatMap(({ cell, run }) =>
    run.failure === null
      ? []
      : [say.failed(cell.scenario, cell.transport, run.client, saidText(run.failure))],
  )
  const isSaturation = ({ stretch }: LoadRow): boolean => stretch.kind === 'saturation'
  const paced = rows.filter((row) => !isSaturation(row))
  return [
    heading(1, say.title),
    paragraph(shape + say.covers, 'faint'),
    ...listOf(failures, 'bad'),
    ...notMetBlocks(rows),
    ...tablesByScenario(report, rows.filter(isSaturation), say.asMuch, ofSaturation()),
    ...(sweep !== null
      ? sweepBlocks(report, paced)
      : tablesByScenario(report, paced, rateText(rate ?? ''), ofOpenLoop())),
  ]
}

/** Before any percentile: what was offered and not reached. */
function notMetBlocks(rows: readonly LoadRow[]): Block[] {
  const items = rows
    .filter(({ stretch }) => stretch.rateMet === 'not met')
    .map(({ cell, run, stretch }) =>
      say.notMet(
        say.cell(cell.scenario, cell.transport, run.client),
        shortfall(stretch),
        limitText(stretch),
      ),
    )
  return listOf(items, 'bad')
}

/** By rate; where the rate was that, by what was completed: it ended early, or had gaps. */
export function shortfall({ messagesPerS, offeredPerS, completed, offered }: LoadStretch): string {
  const [achieved, asked] = [whole(messagesPerS), whole(offeredPerS)]
  if (achieved !== asked) return say.achieved(achieved, asked)
  return say.early(asked, whole(completed), whole(offered))
}

function tablesByScenario(
  report: Report,
  rows: readonly LoadRow[],
  how: string,
  figures: readonly Figure[],
): Block[] {
  return report.plan.scenarios.flatMap(({ name }) => {
    const own = rows.filter(({ cell }) => cell.scenario === name)
    if (own.length === 0) return []
    return [
      heading(2, WORDS.named(name, how)),
      tableOf(WORDS.transport, own, [client(), ...figures], ({ cell }) => cell.transport),
      ...apartLines(own),
    ]
  })
}

/** The knee of the curve: one table a transport and client, and how it looks. */
function sweepBlocks(report: Report, rows: readonly LoadRow[]): Block[] {
  const runs = loadRunsOf(report).filter(({ run }) => rows.some((row) => row.run === run))
  const sweeps = sweepsOf(report)
  return runs.flatMap(({ cell, run }) => {
    const steps = rows.filter((row) => row.run === run)
    return [
      heading(2, say.cell(cell.scenario, cell.transport, run.client)),
      tableOf(say.offered, steps, ofSweep(), ({ stretch }) => whole(stretch.offeredPerS)),
      ...sweeps.filter((sweep) => sweep.run === run).flatMap(sweepChart),
      ...apartLines(steps),
    ]
  })
}

function tableOf(
  title: string,
  rows: readonly LoadRow[],
  figures: readonly Figure[],
  first: (row: LoadRow) => string,
): Block {
  const isNumber = (name: string): boolean =>
    ![say.columns.client, say.columns.limit, WORDS.transport].includes(name)
  return {
    kind: 'table',
    frame: 'plain',
    columns: [title, ...figures.map((figure) => figure.title)].map((name) => ({
      title: name,
      align: isNumber(name) ? ('right' as const) : ('left' as const),
    })),
    groups: rows.map((row) =>
      rowGroup(
        cellText(first(row), row.run.failure === null ? undefined : 'bad'),
        figures.map(({ of }) => of(row)),
      ),
    ),
  }
}

/** Parts that did not run at one time have no common rate: each stands for itself. */
function apartLines(rows: readonly LoadRow[]): Block[] {
  const items = rows.flatMap(({ cell, run, stretch }) =>
    stretch.merged?.together === 'apart'
      ? [say.apart(cell.transport, run.client, listNames(stretch.merged.messagesPerS.map(whole)))]
      : [],
  )
  return listOf(items)
}

/** Whether the server could have carried more, or that is not known. */
export const isLeast = ({ limit }: LoadStretch): boolean => limit !== 'server' && limit !== 'both'

/** `≥ 91,503` where the server was not what kept it from being more. */
export function throughputText(stretch: LoadStretch): string {
  const figure = whole(stretch.messagesPerS)
  return figure !== '' && isLeast(stretch) ? `≥ ${figure}` : figure
}

export const limitText = ({ limit, lostConnections }: LoadStretch): string => {
  if (lostConnections.length > 0) return say.lost
  return limit === null ? say.notKnown : say.limits[limit]
}
