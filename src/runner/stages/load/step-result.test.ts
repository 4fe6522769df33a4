import { describe, expect, it } from 'vitest'
import type { LoadTally } from '../../../load/driver/load-driver.ts'
import type { DriveOutcome } from '../../../load/driver/session.ts'
import { saidText } from '../../../model/said/said.ts'
import { LatencyHistogram } from '../../../stats/latency-histogram.ts'
import type { UsageReading } from '../../../system/resource-usage.ts'
import { connectFailure, stretchFailure } from './failures.ts'
import { assembleStretch, type StretchParts } from './step-result.ts'

const IDLE: UsageReading = {
  atNs: 0n,
  own: { userUs: 0, systemUs: 0, loopActiveMs: 0, loopIdleMs: 0 },
  programs: [],
}

function outcomeOf(tally: Partial<LoadTally>, over: Partial<DriveOutcome> = {}): DriveOutcome {
  const histogram = new LatencyHistogram()
  for (let index = 0; index < 100; index += 1) histogram.record(1_000_000)
  const counts = { offered: 1_000, sent: 1_000, completed: 1_000, unacknowledged: 0, refused: 0 }
  return {
    tally: {
      ...counts,
      lostConnections: new Map(),
      reopenedConnections: 0,
      renewedConnections: 0,
      repeatedMessages: 0,
      elapsedNs: 1e9,
      ...tally,
    },
    redirects: new Map(),
    aheadOfServerMs: null,
    startedNs: 0n,
    firstCompletionNs: 1_000_000n,
    response: histogram.toParts(),
    sendDelay: histogram.toParts(),
    serviceNs: 1e6 * 1_000,
    usage: { from: IDLE, to: IDLE },
    ...over,
  }
}

const process = (name: string, userShare: number) => ({
  ...{ name, cpu: null, userShare, systemShare: 0, eventLoopShare: userShare },
})

const stretchOf = (over: Partial<StretchParts> = {}) =>
  assembleStretch({
    startedAt: new Date(0),
    pace: null,
    durationNs: 1e9,
    completion: 'acknowledged',
    outcomes: [outcomeOf({})],
    arrivals: { intact: 1_000, changed: 0, lastNs: 1_000_000_000n },
    capacity: 100,
    generator: [process('load', 0.99)],
    server: [process('endpoint', 0.4)],
    ...over,
  })

const AT_1000 = { pace: { kind: 'constant', perS: 1_000 } as const, text: '1000' }

describe('a stretch at saturation', () => {
  it('carries what was completed and not refused, over all workers', () => {
    const outcomes = [
      outcomeOf({ refused: 100 }),
      outcomeOf({ elapsedNs: 2e9 }, { startedNs: 500_000_000n }),
    ]
    const stretch = stretchOf({ outcomes })
    expect(stretch.elapsedMs).toBe(2_500)
    expect(stretch.messagesPerS).toBe(1_900 / 2.5)
    expect(stretch).toMatchObject({ limit: 'generator', offeredPerS: null, rateMet: null })
    expect(stretch.response?.samples).toBe(200)
  })

  it('counts what has arrived where a completion proves nothing, until it had', () => {
    const stretch = stretchOf({
      completion: 'flushed',
      arrivals: { intact: 900, changed: 0, lastNs: 3_000_000_000n },
    })
    expect(stretch.messagesPerS).toBe(300)
    expect(stretch.response).toBeNull()
    expect(stretch.arrivals).toEqual({ delivered: 900, lost: 100, duplicated: 0, corrupted: 0 })
  })
})

describe('a stretch at a rate', () => {
  it('is met however long a message takes', () => {
    // 1,000 messages due from 0 to 999 ms, each completed 500 ms later.
    const slow = outcomeOf({ elapsedNs: 1_499e6 }, { firstCompletionNs: 500_000_000n })
    const stretch = stretchOf({ pace: AT_1000, outcomes: [slow] })
    expect(stretch).toMatchObject({ offeredPerS: 1_000, messagesPerS: 1_000, rateMet: 'met' })
    expect(stretch.limit).toBe('neither')
  })

  it.each([
    ['what takes longer and longer', { elapsedNs: 1_010e6 }, 'not met'],
    ['what is within half a per cent', { elapsedNs: 1_003e6 }, 'met'],
    ['what was not sent', { sent: 990, completed: 990, elapsedNs: 990e6 }, 'not met'],
  ] as const)('with %s', (_, tally, rateMet) => {
    expect(stretchOf({ pace: AT_1000, outcomes: [outcomeOf(tally)] }).rateMet).toBe(rateMet)
  })

  it('says why it was not: a generator with room in flight, or none', () => {
    const late = outcomeOf({ elapsedNs: 2e9 })
    expect(stretchOf({ pace: AT_1000, outcomes: [late] }).limit).toBe('generator')
    const waiting = outcomeOf({ elapsedNs: 2e9 }, { serviceNs: 0.2e9 * 1_000 })
    expect(stretchOf({ pace: AT_1000, outcomes: [waiting] }).limit).toBe('neither')
    const server = [process('endpoint', 0.95)]
    expect(stretchOf({ pace: AT_1000, outcomes: [late], server }).limit).toBe('server')
  })

  it.each([1, 2, 7])('of one part of three is a third of it: %i workers', (workers) => {
    const outcome = outcomeOf({ offered: 334, sent: 334, completed: 334, elapsedNs: 1_000e6 })
    const share = { index: 1, of: 3, workers }
    const { offeredPerS } = stretchOf({ pace: AT_1000, outcomes: [outcome], share })
    expect(Math.abs((offeredPerS ?? 0) - 1_000 / 3)).toBeLessThan(5)
  })

  it('of several workers is one rate', () => {
    const halves = [0, 1].map(() => outcomeOf({ offered: 500, sent: 500, completed: 500 }))
    const stretch = stretchOf({ pace: AT_1000, outcomes: halves })
    expect(stretch).toMatchObject({ offered: 1_000, offeredPerS: 1_000, rateMet: 'met' })
  })
})

it('has no rate of what was only flushed where nobody tells what arrived', () => {
  for (const pace of [null, AT_1000]) {
    const stretch = stretchOf({
      ...{ pace, completion: 'flushed', arrivals: null },
      outcomes: [outcomeOf({})],
    })
    expect(stretch).toMatchObject({ messagesPerS: null, rateMet: null, limit: null })
  }
})

describe('what happened in a stretch', () => {
  const failureOf = (tally: Partial<LoadTally>, arrivals = {}) =>
    stretchFailure(
      stretchOf({
        outcomes: [outcomeOf(tally)],
        arrivals: { intact: 1_000, changed: 0, lastNs: null, ...arrivals },
      }),
      10,
    )
  it.each<[string, Partial<LoadTally>, object, string | null]>([
    ['nothing', {}, {}, null],
    [
      'lost connections',
      { completed: 970, unacknowledged: 30, lostConnections: new Map([['was reset', 3]]) },
      {},
      '3 of 10 connections were lost: was reset (3); 1,000 sent = 970 completed + 30 unacknowledged',
    ],
    [
      'connections that were lost and opened again',
      { lostConnections: new Map([['was reset', 3]]), reopenedConnections: 2 },
      {},
      '3 of 10 connections were lost, and 2 opened again: was reset (3); 1,000 sent = 1,000 completed + 0 unacknowledged',
    ],
    [
      'more losses than connections',
      { lostConnections: new Map([['was reset', 12]]), reopenedConnections: 12 },
      {},
      'connections were lost 12 times, and 12 opened again: was reset (12); 1,000 sent = 1,000 completed + 0 unacknowledged',
    ],
    [
      'silence',
      { completed: 0, unacknowledged: 1_000 },
      {},
      'nothing was completed; 1,000 sent = 0 completed + 1,000 unacknowledged',
    ],
    [
      'stragglers',
      { completed: 999, unacknowledged: 1 },
      {},
      'not everything was answered in time: 1,000 sent = 999 completed + 1 unacknowledged',
    ],
    ['refusals', { refused: 5 }, {}, '5 of 1,000 messages were refused'],
    ['other bytes', {}, { intact: 998, changed: 2 }, '2 messages arrived with other bytes'],
  ])('%s', (_, tally, arrivals, failure) => {
    const told = failureOf(tally, arrivals)
    expect(told && saidText(told)).toBe(failure)
  })

  it('before it: connections that did not open', () => {
    expect(connectFailure(10, 10, [])).toBeNull()
    const failed = [{ what: 'ECONNREFUSED', connections: 4 }]
    expect(saidText(connectFailure(10, 6, failed) ?? '')).toBe(
      '4 of 10 connections could not be opened: ECONNREFUSED (4)',
    )
    expect(saidText(connectFailure(4, 0, failed) ?? '')).toBe(
      'no connection could be opened: ECONNREFUSED (4)',
    )
  })
})
