import { describe, expect, it } from 'vitest'
import { type LaneRecord, runLanes } from './concurrent-loop.ts'

const payloads = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => Uint8Array.of(index))
const empty = (): LaneRecord => ({ sent: 0, completed: 0, lastCompletedNs: null })
const NEVER_UP = 1n << 62n

/** Lanes whose messages take so many ticks each, on a clock of their own. */
function lanesOf(count: number, sent: number[], clock: { ns: bigint }) {
  let inFlight = 0
  let most = 0
  const lane = async (payload: Uint8Array): Promise<void> => {
    sent.push(payload[0] as number)
    inFlight += 1
    most = Math.max(most, inFlight)
    await new Promise((resolve) => setImmediate(resolve))
    clock.ns += 1n
    inFlight -= 1
  }
  return { lanes: Array.from({ length: count }, () => lane), most: () => most }
}

describe('lanes', () => {
  it('send each message once, as many at a time as there are lanes', async () => {
    const [sent, clock, record] = [[] as number[], { ns: 0n }, empty()]
    const { lanes, most } = lanesOf(3, sent, clock)
    await runLanes(lanes, payloads(10), () => clock.ns, NEVER_UP, record)
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(most()).toBe(3)
    expect(record).toEqual({ sent: 10, completed: 10, lastCompletedNs: 10n })
  })

  it('begin no message once the time is up, and finish those in flight', async () => {
    const [sent, clock, record] = [[] as number[], { ns: 0n }, empty()]
    const { lanes } = lanesOf(2, sent, clock)
    await runLanes(lanes, payloads(100), () => clock.ns, 6n, record)
    expect(record.sent).toBe(record.completed)
    expect(record.sent).toBeGreaterThanOrEqual(6)
    expect(record.sent).toBeLessThanOrEqual(8)
  })

  it('reject with what the first failed with, and tell what was done', async () => {
    const record = empty()
    const fail = (): Promise<void> => Promise.reject(new Error('gone'))
    const work = runLanes([fail], payloads(3), () => 0n, NEVER_UP, record)
    await expect(work).rejects.toThrow('gone')
    expect(record).toEqual({ sent: 1, completed: 0, lastCompletedNs: null })
  })
})
