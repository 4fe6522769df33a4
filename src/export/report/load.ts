import type { LoadStretch } from '../../model/report/load-result.ts'
import type { Report } from '../../model/report/report.ts'
import { formatCount } from '../../model/text/format.ts'
import type { Limit } from '../../model/vocabulary.ts'
import { type Block, type CellText, cellText, heading, paragraph } from '../document/document.ts'
import { type LoadRow, loadRowsOf, loadRunsOf } from '../files/load-rows.ts'
import { micros } from './latency.ts'

interface Figure {
  title: string
  of(row: LoadRow): CellText
}

const text =
  (of: (row: LoadRow) => string): Figure['of'] =>
  (row) =>
    cellText(of(row))

const whole = (value: number | null): string =>
  value === null ? '' : formatCount(Math.round(value))

const percent = (share: number | null): string =>
  share === null ? '' : `${Math.min(100, Math.round(share * 100))} %`

const CLIENT: Figure = { title: 'client', of: text(({ run }) => run.client) }

const SATURATION: readonly Figure[] = [
  { title: 'messages/s', of: text(({ stretch }) => throughputText(stretch)) },
  { title: 'p50', of: text(({ stretch }) => micros(stretch.response?.p50Us)) },
  { title: 'p99', of: text(({ stretch }) => micros(stretch.response?.p99Us)) },
  { title: 'load', of: text(({ stretch }) => percent(stretch.generator.busyShare)) },
  { title: 'server', of: text(({ stretch }) => percent(stretch.server.busyShare)) },
  { title: 'limit', of: text(({ stretch }) => stretch.limit ?? '') },
]

const DELAYS: readonly Figure[] = [
  { title: 'delay p50', of: text(({ stretch }) => micros(stretch.sendDelay?.p50Us)) },
  { title: 'p99', of: text(({ stretch }) => micros(stretch.sendDelay?.p99Us)) },
]

const achieved = ({ stretch }: LoadRow): CellText =>
  cellText(whole(stretch.messagesPerS), stretch.rateMet === 'not met' ? 'bad' : undefined)

const OPEN_LOOP: readonly Figure[] = [
  { title: 'achieved/s', of: achieved },
  { title: 'p50', of: text(({ stretch }) => micros(stretch.response?.p50Us)) },
  { title: 'p90', of: text(({ stretch }) => micros(stretch.response?.p90Us)) },
  { title: 'p99', of: text(({ stretch }) => micros(stretch.response?.p99Us)) },
  { title: 'p99.9', of: text(({ stretch }) => micros(stretch.response?.p999Us)) },
  ...DELAYS,
]

const SWEEP: readonly Figure[] = [
  { title: 'achieved/s', of: achieved },
  { title: 'p50', of: text(({ stretch }) => micros(stretch.response?.p50Us)) },
  { title: 'p99', of: text(({ stretch }) => micros(stretch.response?.p99Us)) },
  ...DELAYS,
  {
    title: 'limit',
    of: text(({ stretch }) => (stretch.rateMet === 'met' ? '' : limitText(stretch))),
  },
]

/** What each transport carries, and how long a message takes at a rate. */
export function loadBlocks(report: Report): Block[] {
  const runs = loadRunsOf(report)
  const rows = loadRowsOf(report)
  const settings = report.plan.load
  if (runs.length === 0 || settings === undefined) return []
  const { connections, inFlight, workers, rate, sweep } = settings
  const shape = `${formatCount(connections)} connections, ${formatCount(inFlight)} in flight on each, ${formatCount(workers)} load process${workers === 1 ? '' : 'es'}`
  const failures = runs.flatMap(({ cell, run }) =>
    run.failure === null
      ? []
      : [`${cell.scenario} on ${cell.transport} by ${run.client} failed: ${run.failure}`],
  )
  const blocks: Block[] = [heading(1, 'Under load'), paragraph(`${shape}. ${COVERS}`, 'faint')]
  if (failures.length > 0) blocks.push({ kind: 'list', items: failures, tone: 'bad' })
  blocks.push(...notMetBlocks(rows))
  const isSaturation = ({ stretch }: LoadRow): boolean => stretch.kind === 'saturation'
  blocks.push(...tablesByScenario(report, rows.filter(isSaturation), 'as much as goes', SATURATION))
  const paced = rows.filter((row) => !isSaturation(row))
  if (sweep !== null) blocks.push(...sweepBlocks(report, paced))
  else blocks.push(...tablesByScenario(report, paced, `${rate ?? ''} messages a second`, OPEN_LOOP))
  return blocks
}

const COVERS =
  'microseconds. messages/s: completed, or arrived where completion is flushed; ≥: the server could do more than this load asked of it, or whether it could is not known. load, server: how busy the busiest CPU or event loop of each side was. p50 to p99.9: response latency, at a rate from the due instant; delay: how late the generator itself was.'

/** Before any percentile: what was offered and not reached. */
function notMetBlocks(rows: readonly LoadRow[]): Block[] {
  const items = rows
    .filter(({ stretch }) => stretch.rateMet === 'not met')
    .map(
      ({ cell, run, stretch }) =>
        `offered rate not met: ${cell.scenario} on ${cell.transport} by ${run.client}, ${shortfall(stretch)}; ${limitText(stretch)}`,
    )
  return items.length === 0 ? [] : [{ kind: 'list', items, tone: 'bad' }]
}

/** By rate; where the rate was that, by what was completed: it ended early, or had gaps. */
function shortfall({ messagesPerS, offeredPerS, completed, offered }: LoadStretch): string {
  const [achieved, asked] = [whole(messagesPerS), whole(offeredPerS)]
  if (achieved !== asked) return `${achieved} of ${asked} a second`
  return `${asked} a second, but only ${whole(completed)} of ${whole(offered)} messages`
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
      heading(2, `${name}: ${how}`),
      tableOf('transport', own, [CLIENT, ...figures], ({ cell }) => cell.transport),
      ...apartLines(own),
    ]
  })
}

/** The knee of the curve: one table a transport and client. */
function sweepBlocks(report: Report, rows: readonly LoadRow[]): Block[] {
  const runs = loadRunsOf(report).filter(({ run }) => rows.some((row) => row.run === run))
  return runs.flatMap(({ cell, run }) => {
    const steps = rows.filter((row) => row.run === run)
    return [
      heading(2, `${cell.scenario} on ${cell.transport}, by ${run.client}`),
      tableOf('offered/s', steps, SWEEP, ({ stretch }) => whole(stretch.offeredPerS)),
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
  const isNumber = (name: string): boolean => !['client', 'limit', 'transport'].includes(name)
  return {
    kind: 'table',
    frame: 'plain',
    columns: [title, ...figures.map((figure) => figure.title)].map((name) => ({
      title: name,
      align: isNumber(name) ? ('right' as const) : ('left' as const),
    })),
    groups: rows.map((row) => ({
      first: cellText(first(row), row.run.failure === null ? undefined : 'bad'),
      rows: [figures.map(({ of }) => of(row))],
    })),
  }
}

/** Parts that did not run at one time have no common rate: each stands for itself. */
function apartLines(rows: readonly LoadRow[]): Block[] {
  const items = rows.flatMap(({ cell, run, stretch }) =>
    stretch.merged?.together === 'apart'
      ? [
          `${cell.transport} by ${run.client}: the parts ran apart, ${stretch.merged.messagesPerS.map(whole).join(', ')} messages a second`,
        ]
      : [],
  )
  return items.length === 0 ? [] : [{ kind: 'list', items }]
}

const CARRIED_MORE: readonly (Limit | null)[] = ['generator', 'neither', null]

/** `≥ 91,503` where the server was not what kept it from being more. */
function throughputText({ messagesPerS, limit }: LoadStretch): string {
  const figure = whole(messagesPerS)
  return figure !== '' && CARRIED_MORE.includes(limit) ? `≥ ${figure}` : figure
}

const LIMIT_TEXT: Record<Limit, string> = {
  generator: 'generator late',
  server: 'server busy',
  both: 'both busy',
  neither: 'no room in flight',
}

const limitText = ({ limit, lostConnections }: LoadStretch): string => {
  if (lostConnections.length > 0) return 'connections lost'
  return limit === null ? 'not known why' : LIMIT_TEXT[limit]
}
