import { describe, expect, it } from 'vitest'
import type { Cell } from '../model/report/report.ts'
import { saidInEnglish } from '../model/said/said.ts'
import { type EndCell, holdEnds } from './end-to-end.ts'

const AT = '2026-01-02T03:04:05.000Z'

const publisher = (sent: number): EndCell => ({
  ...{ role: 'publish', number: 1, lateMs: 3_000 },
  cell: {
    ...{ status: 'measured', completion: 'acknowledged' },
    load: { runs: [{ stretches: [{ sent, completed: sent, refused: 0 }] }] },
  } as unknown as Cell,
})

const subscriber = (messages: number, lateMs: number): EndCell => ({
  ...{ role: 'subscribe', number: 1, lateMs },
  cell: {
    ...{ status: 'measured', completion: 'acknowledged' },
    received: {
      ...{ listeningAt: AT, connections: 1, silent: 0, messages, bytes: messages, corrupted: 0 },
      sequence: { repeatsAfter: 100, duplicated: 0, reordered: 0, gaps: 0 },
    },
  } as unknown as Cell,
})

describe('what is missing', () => {
  it.each<[string, number, number, number | null]>([
    ['is lost where the subscriber was there in time', 90, -500, 10],
    ['is not known where it came late', 90, 1, null],
    ['is nothing where all came, late or not', 100, 1, 0],
  ])('%s', (_, came, lateMs, missing) => {
    const { endToEnd, counts } = holdEnds([publisher(100), subscriber(came, lateMs)], true)
    expect(endToEnd).toMatchObject({
      sent: 100,
      missing,
      delivered: missing === null ? null : came,
    })
    expect(counts === null).toBe(missing === null)
    expect(endToEnd.unknown.map(saidInEnglish).join()).toMatch(
      missing === null ? /subscriber 1 was not there at the common start/ : /^no delivery latency/,
    )
  })
})
