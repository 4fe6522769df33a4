import { isDeepStrictEqual } from 'node:util'
import { InstrumentError } from '../model/errors.ts'
import type { NamedReport } from '../model/report/comparison.ts'
import type { LoadResult } from '../model/report/load-result.ts'
import { worstOf } from '../model/report/machine.ts'
import type {
  BytesResult,
  Cell,
  Counts,
  LatencyResult,
  Report,
  Series,
} from '../model/report/report.ts'
import type { ReportedTarget } from '../model/report/target.ts'
import { distinct, quoted, said } from '../model/said/said.ts'
import { catalogue } from '../model/text/language.ts'
import type { Role } from '../model/vocabulary.ts'
import { type EndCell, holdEnds, type RunCell } from './end-to-end.ts'
import { mergeLoadSeries, mergeRuns } from './merge-runs.ts'
import { findFleet, lateness } from './merged-fleet.ts'

const say = catalogue({
  en: {
    tooFew: '--merge: takes two reports or more',
    differs: (other: string, first: string, what: string, than: string, of: string) =>
      `--merge: ${other} has other ${what} than ${first} (${than}, not ${of}); merge runs of one command line`,
    what: {
      schema: 'schema version',
      tool: 'version of the tool',
      scenarios: 'scenarios',
      transports: 'transports',
      measures: 'measures',
      link: 'link',
      options: 'options of the transports',
      load: 'load',
      ownTarget: 'bound of --own-target',
      kind: 'kind of parts',
      parts: 'number of parts',
      start: 'common start',
      injected: 'injected faults',
      cells: 'cells',
    },
  },
  'zh-TW': {
    tooFew: '--merge：需要兩份以上的報告',
    differs: (other, first, what, than, of) =>
      `--merge：${other} 的${what}與 ${first} 不同（${than}，而不是 ${of}）；請合併同一個命令列的測量`,
    what: {
      schema: '格式版本',
      tool: '工具版本',
      scenarios: '情境',
      transports: '傳輸方式',
      measures: '測量項目',
      link: '鏈路',
      options: '傳輸方式的選項',
      load: '負荷',
      ownTarget: '--own-target 的上限',
      kind: '部分的種類',
      parts: '部分的數目',
      start: '共同的開始時刻',
      injected: '放入的故障',
      cells: '測量項',
    },
  },
})

/**
 * Several runs of one plan as one result: of several workers, machines or days.
 * Latencies are merged as histograms, so that a percentile is that of all
 * messages together; a mean of percentiles would be of none. Counts add up;
 * rates only where the parts ran at one time.
 *
 * What judges the cells is not carried over: `verdicts`, `budgets` and `breakEven` are empty.
 * @throws InstrumentError `usage` for parts that do not fit together, naming what differs
 */
export function mergeReports(parts: readonly NamedReport[]): Report {
  const [first, ...others] = parts
  const isPartOfFleet = first?.report.plan.part !== undefined
  if (first === undefined || (others.length === 0 && !isPartOfFleet)) {
    throw new InstrumentError('usage', say.tooFew)
  }
  for (const other of others) {
    requireSamePlan(first, other)
    const peer = parts.find(({ report }) => report.plan.role === other.report.plan.role)
    if (peer !== undefined && peer !== other) requireSamePlan(peer, other)
  }
  const reports = parts.map(({ report }) => report)
  const { breakEven: _, headerSets: _ofOnePart, budgets: _too, ...base } = first.report
  const finished = reports.flatMap(({ finishedAt }) => finishedAt ?? [])
  const fleet = findFleet(parts)
  const { part: _part, role: _role, ...plan } = first.report.plan
  const partial = reports.find((report) => report.partial)
  const isPartial = partial !== undefined || fleet.missing !== null
  const cells = Array.from(first.report.cells.keys(), (index) => {
    const ofParts = parts.map(({ name, report }) => ({
      ...{ name, cell: report.cells[index] as Cell, lateMs: lateness(report) },
      ...{ role: report.plan.role, number: report.plan.part?.number ?? 0 },
    }))
    return withEnds(mergeCells(ofParts), ofParts, isPartial)
  })
  // What both ends cannot say together is no whole either.
  const untold = cells.find(
    (cell) => cell.status !== 'skipped' && cell.endToEnd?.delivered === null,
  )
  return {
    ...base,
    plan:
      fleet.missing !== null && fleet.present.length > 0 ? { ...plan, parts: fleet.present } : plan,
    startedAt: reports.map(({ startedAt }) => startedAt).sort()[0] as string,
    finishedAt: finished.length < reports.length ? null : (finished.sort().at(-1) ?? null),
    partial: isPartial || untold !== undefined,
    partialReason:
      fleet.missing ??
      partial?.partialReason ??
      (untold?.status === 'measured' ? (untold.endToEnd?.unknown[0] ?? null) : null),
    cells,
    verdicts: [],
    warnings: [...fleet.warnings, ...distinct(reports.flatMap(({ warnings }) => warnings))],
    merged: reports.map(({ startedAt, finishedAt, environment, plan: { part, role } }) => ({
      ...{ startedAt, finishedAt },
      ...(part !== undefined && { part: part.number }),
      ...(role !== undefined && { role }),
      cpuModel: environment.cpuModel,
      node: environment.node,
    })),
  }
}

/** @throws InstrumentError `usage` */
function requireSamePlan(first: NamedReport, other: NamedReport): void {
  const [a, b] = [first.report, other.report]
  const compared: readonly (readonly [string, unknown, unknown])[] = [
    [say.what.schema, a.schemaVersion, b.schemaVersion],
    [say.what.tool, a.tool.version, b.tool.version],
    [say.what.scenarios, comparable(a), comparable(b)],
    [say.what.transports, a.plan.transports, b.plan.transports],
    [say.what.measures, a.plan.measures, b.plan.measures],
    [say.what.link, a.plan.link, b.plan.link],
    [say.what.options, a.plan.options, b.plan.options],
    [say.what.load, a.plan.load, b.plan.load],
    [say.what.ownTarget, a.plan.targets?.map(lifted), b.plan.targets?.map(lifted)],
    [say.what.kind, a.plan.role === undefined, b.plan.role === undefined],
    ...(a.plan.role === b.plan.role
      ? [[say.what.parts, a.plan.part?.of, b.plan.part?.of] as const]
      : []),
    [say.what.start, a.plan.startAt, b.plan.startAt],
    [say.what.injected, a.plan.injected, b.plan.injected],
    [say.what.cells, a.cells.map(identityOf), b.cells.map(identityOf)],
  ]
  for (const [what, of, than] of compared) {
    if (isDeepStrictEqual(of, than)) continue
    throw new InstrumentError(
      'usage',
      say.differs(other.name, first.name, what, brief(than), brief(of)),
    )
  }
}

/** At servers that were there each run has a client id of its own, unless one was given. */
const comparable = ({ plan }: Report): unknown =>
  plan.targets === undefined
    ? plan.scenarios
    : plan.scenarios.map((scenario) => ({ ...scenario, mqtt: { ...scenario.mqtt, clientId: '' } }))

const lifted = (target: ReportedTarget) => target.lifted ?? null

const identityOf = ({ scenario, transport, client, completion, flow }: Cell): string =>
  `${scenario} on ${transport} (${client}, ${flow}, ${completion})`

const MOST_SHOWN = 60

function brief(value: unknown): string {
  const names = Array.isArray(value) && value.every(hasName) ? value.map(({ name }) => name) : value
  const text = JSON.stringify(names) ?? 'none'
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

const hasName = (value: unknown): value is { name: string } =>
  typeof value === 'object' && value !== null && 'name' in value

interface NamedCell {
  name: string
  cell: Cell
}

function mergeCells(parts: readonly NamedCell[]): Cell {
  const [first] = parts
  if (first === undefined) throw new InstrumentError('internal', 'there is no cell to merge')
  const ran = parts.flatMap(({ name, cell }) => (cell.status === 'skipped' ? [] : [{ name, cell }]))
  if (ran.length === 0) return first.cell
  const cells = ran.map(({ cell }) => cell)
  const { scenario, transport, client, protocol, flow, completion, link } = first.cell
  const { legs, subscribers } = first.cell
  const skipped = parts.length - ran.length
  const figures = {
    ...{ scenario, transport, client, protocol, flow, completion, link },
    ...(legs !== undefined && { legs }),
    ...(subscribers !== undefined && { subscribers }),
    bytes: mergeBytes(ran),
    latency: mergeLatency(cells.flatMap(({ latency }) => latency ?? [])),
    ...mergeLoad(cells),
    ...mergeMachine(cells),
    counts: mergeCounts(cells.flatMap(({ counts }) => counts ?? [])),
    warnings: [
      ...distinct(cells.flatMap(({ warnings }) => warnings)),
      ...(skipped > 0 ? [said('skippedInParts', { skipped, of: parts.length })] : []),
    ],
  }
  const failed = ran.find(({ cell }) => cell.status === 'failed')
  if (failed?.cell.status !== 'failed') return { ...figures, status: 'measured' }
  return {
    ...figures,
    status: 'failed',
    reason: said('inPart', { name: failed.name, why: quoted(failed.cell.reason) }),
  }
}

/** Of publishers and subscribers: what both say together. */
function withEnds(
  cell: Cell,
  parts: readonly (NamedCell & { role: Role | undefined } & Omit<EndCell, 'role'>)[],
  isPartial: boolean,
): Cell {
  const ends = parts.flatMap(({ role, ...part }) => (role === undefined ? [] : [{ ...part, role }]))
  if (ends.length === 0 || cell.status === 'skipped') return cell
  const { warnings, ...held } = holdEnds(ends, !isPartial)
  return { ...cell, ...held, warnings: [...cell.warnings, ...warnings] }
}

/** Bytes are exact: parts that have other ones did not measure the same thing. */
function mergeBytes(parts: readonly { name: string; cell: RunCell }[]): BytesResult | null {
  const [first, ...others] = parts.filter(({ cell }) => cell.bytes !== null)
  if (first === undefined) return null
  for (const { name, cell } of others) {
    if (isDeepStrictEqual(cell.bytes?.ledger, first.cell.bytes?.ledger)) continue
    throw new InstrumentError(
      'usage',
      `--merge: ${name} has other bytes of ${cell.scenario} on ${cell.transport} than ${first.name}; compare them instead`,
    )
  }
  return first.cell.bytes
}

const mergeLoad = (cells: readonly RunCell[]): { load?: LoadResult } => {
  const results = cells.flatMap(({ load }) => load ?? [])
  return results.length === 0 ? {} : { load: { runs: mergeRuns(results.map(({ runs }) => runs)) } }
}

/** A machine that was busy in one part has its share in the figures of all. */
function mergeMachine(cells: readonly RunCell[]): Pick<RunCell, 'machine'> {
  const [bytes, latency] = (['bytes', 'latency'] as const).map((pass) =>
    worstOf(cells.flatMap(({ machine }) => machine?.[pass] ?? [])),
  )
  if (!bytes && !latency) return {}
  return { machine: { ...(bytes && { bytes }), ...(latency && { latency }) } }
}

function mergeCounts(all: readonly Counts[]): Counts | null {
  if (all.length === 0) return null
  const sum = (of: 'sent' | 'completed'): number =>
    all.reduce((total, counts) => total + counts[of], 0)
  // What one of the parts could not be told is known of none.
  const told = (of: keyof Counts): number | null =>
    all.reduce<number | null>((total, counts) => {
      const part = counts[of]
      return total === null || part === null ? null : total + part
    }, 0)
  return {
    ...{ sent: sum('sent'), completed: sum('completed'), delivered: told('delivered') },
    ...{ lost: told('lost'), duplicated: told('duplicated'), corrupted: told('corrupted') },
  }
}

function mergeLatency(all: readonly LatencyResult[]): LatencyResult | null {
  const [first] = all
  if (first === undefined) return null
  const of = (series: 'response' | 'delivery' | 'sendDelay') =>
    mergeSeries(all.flatMap((latency) => latency[series] ?? []))
  const fanouts = all.flatMap(({ fanout }) => fanout ?? [])
  return {
    ...first,
    rounds: all.reduce((sum, { rounds }) => sum + rounds, 0),
    ...{ response: of('response'), delivery: of('delivery'), sendDelay: of('sendDelay') },
    ...(fanouts.length > 0 && {
      fanout: {
        first: mergeSeries(fanouts.flatMap(({ first }) => first ?? [])),
        last: mergeSeries(fanouts.flatMap(({ last }) => last ?? [])),
      },
    }),
  }
}

/** The interval of the median came from the rounds of one run: of several there is none. */
function mergeSeries(all: readonly Series[]): Series | null {
  if (all.length === 1) return all[0] as Series
  const merged = mergeLoadSeries(all)
  return merged && { ...merged, medianIntervalUs: null }
}
