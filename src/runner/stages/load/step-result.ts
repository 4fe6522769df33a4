import type { ArrivalTally } from '../../../delivery/arrival-counter.ts'
import type { DriveOutcome } from '../../../load/driver/session.ts'
import { createPacer } from '../../../load/loops/pacer.ts'
import type { Pace } from '../../../model/pace.ts'
import type {
  Befallen,
  LoadSeries,
  LoadStretch,
  ProcessUsage,
} from '../../../model/report/load-result.ts'
import { countSaid } from '../../../model/said/count-said.ts'
import type { Said } from '../../../model/said/said.ts'
import type { Completion } from '../../../model/vocabulary.ts'
import type { LoadPart } from '../../../plan/part.ts'
import { LatencyHistogram } from '../../../stats/latency-histogram.ts'
import {
  busyShareOfGenerator,
  busyShareOfServer,
  limitAtRate,
  limitAtSaturation,
} from '../../../stats/limit.ts'
import { summariseHistogram } from '../../../stats/load-series.ts'

/** An offered rate is met when what was achieved is not below it by more than this. */
const RATE_TOLERANCE = 0.005

export interface StretchParts {
  startedAt: Date
  /** Null: as much as the messages in flight let through. */
  pace: { pace: Pace; text: string } | null
  durationNs: number
  /** Which share of the pace this generator had. */
  share?: LoadPart & { workers: number }
  completion: Completion
  /** Of all workers. */
  outcomes: readonly DriveOutcome[]
  /** Null where the endpoint cannot tell any more. */
  arrivals: ArrivalTally | null
  /** Messages in flight, at most, over all connections that are open. */
  capacity: number
  generator: readonly ProcessUsage[]
  server: readonly ProcessUsage[]
}

/** Puts together what the workers, the endpoint and the processes say of one stretch. */
export function assembleStretch(parts: StretchParts): LoadStretch {
  const { pace, completion, outcomes, arrivals, generator, server } = parts
  const isFlushed = completion === 'flushed'
  const sum = (of: (outcome: DriveOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const [offered, sent] = [sum(({ tally }) => tally.offered), sum(({ tally }) => tally.sent)]
  const completed = sum(({ tally }) => tally.completed)
  const refused = sum(({ tally }) => tally.refused)
  const renewedConnections = sum(({ tally }) => tally.renewedConnections)
  const repeatedMessages = sum(({ tally }) => tally.repeatedMessages)
  const delivery = arrivals && countDelivery(sent, arrivals)
  // Of what is only flushed nothing is known where nobody tells what arrived.
  const carried = isFlushed ? (delivery?.delivered ?? null) : completed - refused
  const times = timesOf(parts)
  const messagesPerS = carried === null ? null : carriedPerS(carried, pace !== null, times)
  const offeredPerS = pace && offeredRate(pace.pace, offered, parts)
  const rateMet =
    offeredPerS === null || carried === null || messagesPerS === null
      ? null
      : carried >= offered * (1 - RATE_TOLERANCE) &&
          messagesPerS >= offeredPerS * (1 - RATE_TOLERANCE)
        ? 'met'
        : 'not met'
  const generatorBusy = busyShareOfGenerator([...generator])
  const serverBusy = busyShareOfServer([...server])
  const lostConnections = countBefallen(outcomes.map(({ tally }) => tally.lostConnections))
  const series = (of: 'response' | 'sendDelay'): LoadSeries | null => {
    const all = new LatencyHistogram()
    for (const outcome of outcomes) all.add(LatencyHistogram.fromParts(outcome[of]))
    return summariseHistogram(all)
  }
  return {
    kind: pace === null ? 'saturation' : 'open loop',
    startedAt: parts.startedAt.toISOString(),
    elapsedMs: times.elapsedNs / 1e6,
    rate: pace?.text ?? null,
    offeredPerS,
    messagesPerS,
    rateMet,
    limit:
      messagesPerS === null
        ? null
        : rateMet === null
          ? limitAtSaturation(generatorBusy, serverBusy)
          : limitAtRate({
              ...{ rateMet, serverBusy, messagesPerS, capacity: parts.capacity },
              lostConnections: lostConnections.reduce((total, each) => total + each.connections, 0),
              serviceS:
                isFlushed || completed === 0
                  ? null
                  : sum(({ serviceNs }) => serviceNs) / completed / 1e9,
            }),
    ...{ offered, sent, completed, refused },
    unacknowledged: sent - completed,
    arrivals: delivery,
    response: isFlushed ? null : series('response'),
    sendDelay: pace === null ? null : series('sendDelay'),
    lostConnections,
    reopenedConnections: sum(({ tally }) => tally.reopenedConnections),
    ...(renewedConnections > 0 && { renewedConnections }),
    ...(repeatedMessages > 0 && { repeatedMessages }),
    generator: { processes: [...generator], busyShare: generatorBusy },
    server: { processes: [...server], busyShare: serverBusy },
  }
}

/** By number: payloads repeat under load, so one lost and another doubled is none of either. */
function countDelivery(
  sent: number,
  { intact, changed }: ArrivalTally,
): NonNullable<LoadStretch['arrivals']> {
  return {
    delivered: Math.min(intact, sent),
    lost: Math.max(0, sent - intact - changed),
    duplicated: Math.max(0, intact + changed - sent),
    corrupted: changed,
  }
}

interface Times {
  elapsedNs: number
  /** From the first completion to the last, or to the last arrival. */
  spanNs: number
}

/** From the first message to the last completion; to the last arrival where a completion proves none. */
function timesOf({ outcomes, completion, arrivals }: StretchParts): Times {
  const started = outcomes.map(({ startedNs }) => startedNs)
  const from = started.reduce((least, at) => (at < least ? at : least), started[0] ?? 0n)
  const ends = outcomes.map(
    ({ startedNs, tally }) => startedNs + BigInt(Math.round(tally.elapsedNs)),
  )
  if (completion === 'flushed' && arrivals?.lastNs != null) ends.push(arrivals.lastNs)
  const to = ends.reduce((most, at) => (at > most ? at : most), from)
  const firsts = outcomes.flatMap(({ firstCompletionNs }) => firstCompletionNs ?? [])
  const first = firsts.reduce((least, at) => (at < least ? at : least), firsts[0] ?? from)
  return { elapsedNs: Number(to - from), spanNs: Number(to - first) }
}

const carriedPerS = (messages: number, isPaced: boolean, times: Times): number =>
  isPaced ? rateOfSpan(messages, times) : rate(messages, times.elapsedNs)

const rate = (messages: number, elapsedNs: number): number =>
  elapsedNs <= 0 ? 0 : (messages * 1e9) / elapsedNs

/** n messages have n − 1 gaps: so a latency, however long, is not taken for a slower rate. */
const rateOfSpan = (messages: number, { spanNs, elapsedNs }: Times): number =>
  messages < 2 || spanNs <= 0 ? rate(messages, elapsedNs) : rate(messages - 1, spanNs)

/** What was due, in messages a second, by the same count of gaps. */
function offeredRate(
  pace: Pace,
  offered: number,
  { durationNs, share }: Pick<StretchParts, 'durationNs' | 'share'>,
): number {
  const pacer = createPacer(pace, durationNs)
  const { index, of, workers } = share ?? { index: 0, of: 1, workers: 1 }
  /** Which message of all parts the n-th of this one is. */
  const place = (n: number): number =>
    (Math.floor(n / workers) * of + index) * workers + (n % workers)
  const last = offered < 2 ? null : pacer.next(0, place(offered - 1))
  return last === null
    ? rate(offered, durationNs)
    : rate(offered - 1, last - (pacer.next(0, place(0)) ?? 0))
}

/** What happened to connections, the most frequent first. */
export function countBefallen(maps: readonly ReadonlyMap<Said, number>[]): Befallen {
  const all = new Map<Said, number>()
  for (const map of maps) {
    for (const [what, connections] of map) countSaid(all, what, connections)
  }
  return Array.from(all, ([what, connections]) => ({ what, connections })).sort(
    (one, other) => other.connections - one.connections,
  )
}
