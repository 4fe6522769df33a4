import type { LoadRun, LoadStretch } from '../../../model/report/load-result.ts'
import type { Report } from '../../../model/report/report.ts'
import { formatCount, formatTime } from '../../../model/text/format.ts'
import { catalogue, joinNames } from '../../../model/text/language.ts'
import { loadRunsOf } from '../../files/load-rows.ts'
import { WORDS } from '../../words.ts'
import { isLeast, limitText, rateText, shortfall, throughputText, whole } from '../load.ts'
import { isHttp, isMqtt, type RunCell } from '../scenario-cells.ts'
import { perS, type Step, type Sweep, sweepsOf, sweepText } from '../sweep.ts'
import { sentencesBy, tellOf } from './entries.ts'
import type { Kind } from './kind.ts'
import { type ShortFigure, shortTable } from './short-table.ts'
import { isControl } from './sides.ts'

const say = catalogue({
  en: {
    shape: (connections: string, inFlight: string, where: string) =>
      `${connections} connections, ${inFlight} in flight on each, ${where}`,
    oneMachine: 'load and server on one machine',
    server: 'the server was there, and nobody tells how busy it was',
    most: (told: string, shape: string) =>
      `As fast as it will go, messages per second: ${told}; ${shape}.`,
    atLeast:
      '≥: the server could do more than this load asked of it, or whether it could is not known.',
    by: (rate: string, transport: string, client: string, completion: string) =>
      `${rate} over ${transport} by ${client} (${completion})`,
    endToEnd: (sent: string, faults: string) => `End to end, of ${sent} messages sent ${faults}.`,
    faults: (delivered: string, missing: string, duplicated: string) =>
      `${delivered} were delivered, ${missing} are missing, and ${duplicated} came twice`,
    untold: 'it is not known how many were delivered',
    rising: (told: string, shape: string) => `As the rate rises, ${told}: ${shape}.`,
    held: (rate: string, names: string, shape: string) =>
      `Keeping up with ${rate}: ${names}; ${shape}.`,
    heldWith: (transport: string, client: string, p99: string) => `${transport} by ${client}${p99}`,
    p99: (time: string) => ` (p99 ${time})`,
    missed: (rate: string, names: string) => `Not keeping up with ${rate}: ${names}.`,
    misses: (transport: string, client: string, shortfall: string, why: string) =>
      `${transport} by ${client}, ${shortfall}; ${why}`,
    columns: {
      client: 'client',
      most: 'messages/s',
      limit: 'limit',
      achieved: 'achieved/s',
      keeps: 'keeps up to',
      not: 'no longer at',
    },
  },
  'zh-TW': {
    shape: (connections, inFlight, where) =>
      `${connections} 條連線，每條 ${inFlight} 則在途，${where}`,
    oneMachine: '負荷端與伺服器在同一台機器',
    server: '伺服器是既有的，不知道它有多忙',
    most: (told, shape) => `能送多少就送多少，每秒的訊息數：${told}；${shape}。`,
    atLeast: '≥：伺服器能做的比這個負荷要求的多，或不知道能不能。',
    by: (rate, transport, client, completion) =>
      `${transport}（${client}，${completion}）為 ${rate}`,
    endToEnd: (sent, faults) => `端到端，送出 ${sent} 則訊息：${faults}。`,
    faults: (delivered, missing, duplicated) =>
      `送達 ${delivered} 則，遺失 ${missing} 則，重複 ${duplicated} 則`,
    untold: '送達多少不明',
    rising: (told, shape) => `速率升高時，${told}；${shape}。`,
    held: (rate, names, shape) => `${rate}時，跟得上的：${names}；${shape}。`,
    heldWith: (transport, client, p99) => `${transport}（${client}${p99}）`,
    p99: (time) => `，p99 ${time}`,
    missed: (rate, names) => `${rate}時，跟不上的：${names}。`,
    misses: (transport, client, short, why) => `${transport}（${client}），${short}；${why}`,
    columns: {
      client: '用戶端',
      most: '訊息/秒',
      limit: '瓶頸',
      achieved: '達到/秒',
      keeps: '跟得上到',
      not: '跟不上於',
    },
  },
})

interface Loaded {
  readonly name: string
  /** A cell for each client: what a row is of. */
  readonly cells: readonly RunCell[]
}

/** What counts: a run that failed under load has no figures to be trusted. */
function loadedOf(report: Report, counts: (cell: RunCell) => boolean = () => true): Loaded[] {
  const runs = loadRunsOf(report).filter(
    ({ cell, run }) =>
      run.failure === null && (figuresOf(run) || cell.endToEnd !== undefined) && counts(cell),
  )
  return report.plan.scenarios.flatMap(({ name }) => {
    const cells = runs.flatMap(({ cell, run }) =>
      cell.scenario === name ? [{ ...cell, load: { runs: [run] } }] : [],
    )
    return cells.length === 0 ? [] : [{ name, cells }]
  })
}

const figuresOf = ({ stretches }: LoadRun): boolean =>
  stretches.some(({ messagesPerS }) => messagesPerS !== null)

const runOf = (cell: RunCell): LoadRun | undefined => cell.load?.runs[0]

/** Up to which rate each transport holds, and from which on it does not. */
export const load: Kind = {
  weight: (report) => loadedOf(report).length,
  sentences: (report) =>
    sentencesBy(
      loadedOf(report, (cell) => !isControl(cell)),
      (loaded) => [
        endToEndText(loaded),
        risingText(report, loaded),
        heldText(report, loaded),
        missedText(loaded),
        mostText(report, loaded),
        loaded.cells.some((cell) => saturated(cell).some(isLeast)) && !isPaced(report)
          ? say.atLeast
          : '',
      ],
    ),
  tables: (report, nameColumns) => {
    const cells = loadedOf(report).flatMap((loaded) => loaded.cells)
    const sweeps = new Map(sweepsOf(report).map((sweep) => [sweep.run, sweep]))
    const sweepOf = (cell: RunCell): Sweep | undefined => {
      const run = runOf(cell)
      return run && sweeps.get(run)
    }
    const { client, most, limit, achieved, keeps, not } = say.columns
    const missedOf = (cell: RunCell): LoadStretch[] =>
      [sweepOf(cell)?.missed].flatMap((step) => step?.stretch ?? [])
    const rising: readonly ShortFigure[] = [
      column(keeps, (cell) => stepText(sweepOf(cell)?.kept)),
      column('p99', (cell) => timeText(sweepOf(cell)?.kept?.stretch.response?.p99Us)),
      column(not, (cell) => stepText(sweepOf(cell)?.missed)),
      column(limit, (cell) => missedOf(cell).map(limitOf)),
    ]
    const steady: readonly ShortFigure[] = [
      column(achieved, (cell) => open(cell).map(achievedText)),
      column(most, (cell) => (open(cell).length > 0 ? [] : saturated(cell)).map(throughputText)),
      column('p50', (cell) => steadyOf(cell).map(({ response }) => timeText(response?.p50Us))),
      column('p99', (cell) => steadyOf(cell).map(({ response }) => timeText(response?.p99Us))),
      column(limit, (cell) => steadyOf(cell).map(limitOf)),
    ]
    const figures = [
      column(client, (cell) => runOf(cell)?.client ?? ''),
      ...(sweeps.size > 0 ? rising : steady),
    ]
    return shortTable(report, cells, figures, nameColumns, 'a row each')
  },
}

const column = (title: string, of: (cell: RunCell) => string | readonly string[]): ShortFigure => ({
  title,
  align: title === say.columns.client || title === say.columns.limit ? 'left' : 'right',
  text: (cells) => [...new Set(cells.flatMap(of).filter(Boolean))].join('; '),
})

const timeText = (us: number | null | undefined): string => (us == null ? '' : formatTime(us))
const stepText = (step: Step | null | undefined): string => (step == null ? '' : `${perS(step)}/s`)
const achievedText = (stretch: LoadStretch): string =>
  whole(stretch.messagesPerS) + (stretch.rateMet === 'not met' ? ' ✗' : '')
const limitOf = (stretch: LoadStretch): string =>
  stretch.rateMet === 'met' ? '' : limitText(stretch)

const saturated = (cell: RunCell): LoadStretch[] =>
  (runOf(cell)?.stretches ?? []).filter(({ kind }) => kind === 'saturation')

/** At the one rate that was asked for; the steps of a sweep are several. */
function open(cell: RunCell): LoadStretch[] {
  const found = (runOf(cell)?.stretches ?? []).filter(({ kind }) => kind === 'open loop')
  return found.length === 1 ? found : []
}

/** At a rate, or else as much as there is room for. */
const steadyOf = (cell: RunCell): LoadStretch[] =>
  open(cell).length > 0 ? open(cell) : saturated(cell)

function shapeText({ plan }: Report): string {
  const { connections = 0, inFlight = 0 } = plan.load ?? {}
  const where = plan.targets === undefined ? say.oneMachine : say.server
  return say.shape(formatCount(connections), formatCount(inFlight), where)
}

/** Of the figures of each side the best; of libraries before pre-encoded bytes, which nobody's device sends. */
function bestOfSides<Of>(
  all: readonly Of[],
  cellOf: (each: Of) => RunCell,
  figureOf: (each: Of) => number,
): Of[] {
  const isBare = (each: Of): boolean => runOf(cellOf(each))?.client === 'bare'
  return [isMqtt, isHttp, (cell: RunCell) => !isMqtt(cell) && !isHttp(cell)].flatMap((is) => {
    const side = all.filter((each) => is(cellOf(each)))
    return [side.filter((each) => !isBare(each)), side.filter(isBare)].flatMap((alike) =>
      alike.toSorted((a, b) => figureOf(b) - figureOf(a)).slice(0, 1),
    )
  })
}

function mostText(report: Report, { cells }: Loaded): string {
  if (isPaced(report)) return ''
  const best = bestOfSides(
    cells.filter((cell) => saturated(cell).some(({ messagesPerS }) => messagesPerS !== null)),
    (cell) => cell,
    (cell) => saturated(cell)[0]?.messagesPerS ?? 0,
  )
  const told = best.map((cell) =>
    say.by(
      saturated(cell).map(throughputText).join(''),
      cell.transport,
      runOf(cell)?.client ?? '',
      WORDS.completions[cell.completion],
    ),
  )
  return tellOf(told.join(WORDS.comma), (names) => say.most(names, shapeText(report)))
}

/** What publishers sent held against what subscribers were told, where the two were parts of one load. */
function endToEndText({ cells }: Loaded): string {
  const found = cells.flatMap(({ endToEnd }) => endToEnd ?? [])[0]
  if (found === undefined) return ''
  const { sent, delivered, missing, duplicated } = found
  const faults =
    delivered === null || missing === null || duplicated === null
      ? say.untold
      : say.faults(formatCount(delivered), formatCount(missing), formatCount(duplicated))
  return say.endToEnd(formatCount(sent), faults)
}

/** At rates: what it carries at most was then measured to find them. */
const isPaced = ({ plan }: Report): boolean =>
  (plan.load?.sweep ?? plan.load?.rate ?? null) !== null

function risingText(report: Report, { cells }: Loaded): string {
  const runs = new Map(cells.map((cell) => [runOf(cell), cell]))
  const sweeps = sweepsOf(report).filter(({ run }) => runs.has(run))
  const best = bestOfSides(
    sweeps,
    ({ run, cell }) => runs.get(run) ?? cell,
    ({ kept }) => kept?.offeredPerS ?? 0,
  )
  return tellOf(best.map(sweepText).join(WORDS.semicolon), (told) =>
    say.rising(told, shapeText(report)),
  )
}

function heldText(report: Report, { cells }: Loaded): string {
  const names = cells
    .filter((cell) => open(cell).some(({ rateMet }) => rateMet === 'met'))
    .map((cell) => {
      const p99 = timeText(open(cell)[0]?.response?.p99Us)
      return say.heldWith(cell.transport, runOf(cell)?.client ?? '', tellOf(p99, say.p99))
    })
  return tellOf(joinNames(names), (told) => say.held(askedRate(cells), told, shapeText(report)))
}

/** As it was asked for; of a sweep of one rate, that. */
function askedRate(cells: readonly RunCell[]): string {
  const [rate] = cells.flatMap((cell) => open(cell).flatMap((stretch) => stretch.rate ?? []))
  return rateText(rate ?? '')
}

function missedText({ cells }: Loaded): string {
  const names = cells.flatMap((cell) =>
    open(cell)
      .filter(({ rateMet }) => rateMet === 'not met')
      .map((stretch) =>
        say.misses(
          cell.transport,
          runOf(cell)?.client ?? '',
          shortfall(stretch),
          limitText(stretch),
        ),
      ),
  )
  return tellOf(names.join(WORDS.semicolon), (told) => say.missed(askedRate(cells), told))
}
