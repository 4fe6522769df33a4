import type { TapProtocol, TapReport } from '../../model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { type ByteTotals, sumLedger } from '../../model/wire/ledger.ts'

/** When one report ends and the next begins; null where not by that. */
export interface Rotation {
  everyMs: number | null
  /** Wire bytes that crossed, of both directions. */
  everyBytes: number | null
}

/** What is read to its end by a cut, and stays as it is whatever follows. */
export type Settled = readonly TapProtocol[]

interface Cut {
  atMs: number
  report: Pick<TapReport, 'connections' | 'wireBytes'> | null
  settled: Settled
  carried: ByteTotals
}

/**
 * Cuts what a tap sees into reports that add up to the whole: each has what was
 * read since the cut before it. Bytes of units that are not over are carried into
 * the next.
 */
export class Periods {
  #last: Cut = { atMs: 0, report: null, settled: [], carried: { up: 0, down: 0 } }
  #number = 0

  /** @param report of all until now; of its protocols the settled are told of */
  cut(report: TapReport, settled: Settled): TapReport {
    const { atMs, report: before, settled: then, carried: carriedIn } = this.#last
    const protocols = protocolsSince(settled, then)
    const carriedOut = { up: 0, down: 0 }
    const wireBytes = { ...report.wireBytes }
    for (const direction of DIRECTIONS) {
      wireBytes[direction] -= before?.wireBytes[direction] ?? 0
      carriedOut[direction] =
        carriedIn[direction] + wireBytes[direction] - toldBytes(protocols, direction)
    }
    this.#number += 1
    this.#last = { atMs: report.durationMs, report, settled, carried: carriedOut }
    return {
      ...{ ...report, wireBytes, protocols, notable: [], capture: null },
      startedAt: new Date(Date.parse(report.startedAt) + atMs).toISOString(),
      durationMs: Math.round((report.durationMs - atMs) * 1e3) / 1e3,
      connections: connectionsSince(report.connections, before?.connections),
      period: { number: this.#number, carriedIn, carriedOut },
    }
  }
}

function connectionsSince(
  now: TapReport['connections'],
  before: TapReport['connections'] | undefined,
): TapReport['connections'] {
  if (before === undefined) return now
  const since = { ...now }
  for (const each of ['accepted', 'closed', 'broken', 'unreachable', 'lost'] as const) {
    since[each] = now[each] - before[each]
  }
  return since
}

/** Bytes that are in a ledger, or known to be in none. */
export function toldBytes(protocols: readonly TapProtocol[], direction: Direction): number {
  return protocols.reduce((sum, { ledger, unread }) => {
    const lost = unread.filter((each) => each.direction === direction)
    return sum + sumLedger(ledger, { direction }) + lost.reduce((all, { bytes }) => all + bytes, 0)
  }, 0)
}

function protocolsSince(now: Settled, before: Settled): TapProtocol[] {
  return now.flatMap((each) => {
    const was = before.find(({ protocol }) => protocol === each.protocol)
    const since = was === undefined ? each : protocolSince(each, was)
    const { open, closed, broken } = since.connections
    const isSilent = since.wireBytes.up + since.wireBytes.down + open + closed + broken === 0
    return isSilent ? [] : [since]
  })
}

function protocolSince(now: TapProtocol, was: TapProtocol): TapProtocol {
  const ledger = since(now.ledger, was.ledger, ['bytes'])
  const messages = now.messages && {
    up: now.messages.up - (was.messages?.up ?? 0),
    down: now.messages.down - (was.messages?.down ?? 0),
  }
  const count = messages === null ? 0 : messages.up + messages.down
  return {
    protocol: now.protocol,
    connections: {
      open: now.connections.open,
      closed: now.connections.closed - was.connections.closed,
      broken: now.connections.broken - was.connections.broken,
    },
    wireBytes: {
      up: now.wireBytes.up - was.wireBytes.up,
      down: now.wireBytes.down - was.wireBytes.down,
    },
    ...{ messages, ledger },
    steadyWireBytesPerMessage: count === 0 ? null : sumLedger(ledger, { phase: 'steady' }) / count,
    units: since(now.units, was.units, ['count']),
    unread: since(now.unread, was.unread, ['bytes', 'connections']),
    remarks: since(now.remarks, was.remarks, ['count']),
    outcomes: since(now.outcomes, was.outcomes, ['count']),
    subjects: since(now.subjects, was.subjects, ['messages', 'bytes']),
  }
}

/** What each entry has more than the one that is called the same; nothing of those that have no more. */
function since<T extends object, K extends keyof T>(
  now: readonly T[],
  before: readonly T[],
  counts: readonly K[],
): T[] {
  const nameOf = (each: T): string =>
    JSON.stringify(Object.entries(each).filter(([key]) => !counts.includes(key as K)))
  const was = new Map(before.map((each) => [nameOf(each), each]))
  return now.flatMap((each) => {
    const earlier = was.get(nameOf(each))
    if (earlier === undefined) return [each]
    const more = counts.map((key) => [key, Number(each[key]) - Number(earlier[key])] as const)
    if (more.every(([, count]) => count === 0)) return []
    return [{ ...each, ...(Object.fromEntries(more) as Partial<T>) }]
  })
}
