import { InstrumentError } from '../model/errors.ts'
import type { Befallen, LoadRun, LoadSeries, LoadStretch } from '../model/report/load-result.ts'
import { countSaid } from '../model/said/count-said.ts'
import type { Said } from '../model/said/said.ts'
import { distinct } from '../model/said/said.ts'
import { catalogue } from '../model/text/language.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { busyShareOfServer, limitAtSaturation } from './limit.ts'
import { summariseHistogram } from './load-series.ts'

const say = catalogue({
  en: {
    otherRates: (one: string, other: string) =>
      `--merge: the parts went at other rates (${one} and ${other} a second); sweep over rates that are named, such as --sweep 100,1000`,
  },
  'zh-TW': {
    otherRates: (one, other) =>
      `--merge：各部分的速率不同（每秒 ${one} 與 ${other}）；請用指定的速率，例如 --sweep 100,1000`,
  },
})

/**
 * Stretches ran at one time where what they have in common is at least this much
 * of the longest of them: machines have clocks of their own, and start by hand.
 */
const TOGETHER_SHARE = 0.8

/** The runs of a cell in several reports: client by client. */
export function mergeRuns(parts: readonly (readonly LoadRun[])[]): LoadRun[] {
  const clients = [...new Set(parts.flat().map(({ client }) => client))]
  return clients.map((client) =>
    mergeClient(parts.flatMap((runs) => runs.filter((run) => run.client === client))),
  )
}

function mergeClient(runs: readonly LoadRun[]): LoadRun {
  const [first] = runs
  if (first === undefined || runs.length === 1) return first as LoadRun
  const sum = (of: (run: LoadRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  const steps = Math.max(...runs.map(({ stretches }) => stretches.length))
  return {
    client: first.client,
    workers: sum(({ workers }) => workers),
    connections: sum(({ connections }) => connections),
    opened: sum(({ opened }) => opened),
    inFlight: first.inFlight,
    failedConnections: addBefallen(runs.flatMap(({ failedConnections }) => failedConnections)),
    failure: runs.find(({ failure }) => failure !== null)?.failure ?? null,
    warnings: distinct(runs.flatMap(({ warnings }) => warnings)),
    ...addWarmUps(runs),
    stretches: Array.from({ length: steps }, (_, step) =>
      mergeStretches(runs.flatMap(({ stretches }) => stretches[step] ?? [])),
    ),
  }
}

/** Absent where a part is of a version that did not count it. */
function addWarmUps(runs: readonly LoadRun[]): Pick<LoadRun, 'warmUp'> {
  const all = runs.flatMap(({ warmUp }) => warmUp ?? [])
  if (all.length < runs.length) return {}
  const sum = (of: 'sent' | 'completed'): number =>
    all.reduce((total, warmUp) => total + warmUp[of], 0)
  return { warmUp: { sent: sum('sent'), completed: sum('completed') } }
}

/** @throws InstrumentError `usage` where the rates are not those of one plan */
function mergeStretches(parts: readonly LoadStretch[]): LoadStretch {
  const [first] = parts
  if (first === undefined || parts.length === 1) return first as LoadStretch
  for (const { kind, rate } of parts) {
    if (kind === first.kind && rate === first.rate) continue
    throw new InstrumentError(
      'usage',
      say.otherRates(String(first.rate ?? 'saturation'), String(rate ?? 'saturation')),
    )
  }
  const sum = (of: (part: LoadStretch) => number): number =>
    parts.reduce((total, part) => total + of(part), 0)
  const isTogether = shareInCommon(parts) >= TOGETHER_SHARE
  const addUp = (of: (part: LoadStretch) => number | null): number | null => {
    const values = parts.map(of)
    return isTogether && values.every((value) => value !== null)
      ? values.reduce((total: number, value) => total + (value as number), 0)
      : null
  }
  const starts = parts.map(({ startedAt }) => Date.parse(startedAt))
  const ends = parts.map(({ startedAt, elapsedMs }) => Date.parse(startedAt) + elapsedMs)
  const generator = parts.flatMap((part) => part.generator.processes)
  const server = parts.flatMap((part) => part.server.processes)
  const series = (of: 'response' | 'sendDelay'): LoadSeries | null =>
    mergeLoadSeries(parts.flatMap((part) => part[of] ?? []))
  const shares = parts.flatMap((part) => part.generator.busyShare ?? [])
  const generatorBusy =
    shares.length < parts.length
      ? null
      : shares.reduce((total, share) => total + share, 0) / shares.length
  const serverBusy = busyShareOfServer(server.map((process) => ({ ...process, cpu: null })))
  const limits = new Set(parts.map(({ limit }) => limit))
  return {
    kind: first.kind,
    startedAt: new Date(Math.min(...starts)).toISOString(),
    elapsedMs: isTogether
      ? Math.max(...ends) - Math.min(...starts)
      : sum(({ elapsedMs }) => elapsedMs),
    rate: first.rate,
    offeredPerS: addUp(({ offeredPerS }) => offeredPerS),
    messagesPerS: addUp(({ messagesPerS }) => messagesPerS),
    rateMet:
      first.rateMet === null
        ? null
        : parts.every(({ rateMet }) => rateMet === 'met')
          ? 'met'
          : 'not met',
    limit:
      limits.size === 1
        ? first.limit
        : first.kind === 'saturation'
          ? limitAtSaturation(generatorBusy, serverBusy)
          : null,
    offered: sum(({ offered }) => offered),
    sent: sum(({ sent }) => sent),
    completed: sum(({ completed }) => completed),
    unacknowledged: sum(({ unacknowledged }) => unacknowledged),
    refused: sum(({ refused }) => refused),
    arrivals: addArrivals(parts),
    response: series('response'),
    sendDelay: series('sendDelay'),
    lostConnections: addBefallen(parts.flatMap(({ lostConnections }) => lostConnections)),
    ...addReopened(parts),
    ...addFollowed(parts, 'renewedConnections'),
    ...addFollowed(parts, 'repeatedMessages'),
    generator: { processes: generator, busyShare: generatorBusy },
    server: { processes: server, busyShare: serverBusy },
    merged: {
      parts: sum(({ merged }) => merged?.parts ?? 1),
      together: isTogether ? 'same interval' : 'apart',
      messagesPerS: parts.flatMap((part) => part.merged?.messagesPerS ?? [part.messagesPerS]),
    },
  }
}

/** Absent where a part is of a version that did not count them. */
function addReopened(parts: readonly LoadStretch[]): Pick<LoadStretch, 'reopenedConnections'> {
  const counts = parts.flatMap(({ reopenedConnections }) => reopenedConnections ?? [])
  if (counts.length < parts.length) return {}
  return { reopenedConnections: counts.reduce((total, each) => total + each, 0) }
}

/** Absent where there were none. */
function addFollowed(
  parts: readonly LoadStretch[],
  name: 'renewedConnections' | 'repeatedMessages',
): Pick<LoadStretch, 'renewedConnections' | 'repeatedMessages'> {
  const count = parts.reduce((total, part) => total + (part[name] ?? 0), 0)
  return count === 0 ? {} : { [name]: count }
}

/** How much of the longest part all parts have in common. */
function shareInCommon(parts: readonly LoadStretch[]): number {
  const from = Math.max(...parts.map(({ startedAt }) => Date.parse(startedAt)))
  const to = Math.min(...parts.map((part) => Date.parse(part.startedAt) + part.elapsedMs))
  const longest = Math.max(...parts.map(({ elapsedMs }) => elapsedMs))
  return longest === 0 ? 0 : Math.max(0, to - from) / longest
}

/** The same percentiles as those of one histogram of all values. */
export function mergeLoadSeries(all: readonly LoadSeries[]): LoadSeries | null {
  const histogram = new LatencyHistogram()
  for (const series of all) histogram.add(LatencyHistogram.decode(series.histogram))
  const summary = summariseHistogram(histogram)
  return (
    summary && {
      ...summary,
      // Stored exactly beside the histogram, which knows three digits of them.
      minUs: Math.min(...all.map(({ minUs }) => minUs)),
      maxUs: Math.max(...all.map(({ maxUs }) => maxUs)),
    }
  )
}

function addArrivals(parts: readonly LoadStretch[]): LoadStretch['arrivals'] {
  const all = parts.flatMap(({ arrivals }) => arrivals ?? [])
  if (all.length < parts.length) return null
  const sum = (of: keyof NonNullable<LoadStretch['arrivals']>): number =>
    all.reduce((total, arrivals) => total + arrivals[of], 0)
  return {
    ...{ delivered: sum('delivered'), lost: sum('lost') },
    ...{ duplicated: sum('duplicated'), corrupted: sum('corrupted') },
  }
}

function addBefallen(all: Befallen): Befallen {
  const sums = new Map<Said, number>()
  for (const { what, connections } of all) countSaid(sums, what, connections)
  return Array.from(sums, ([what, connections]) => ({ what, connections }))
}
