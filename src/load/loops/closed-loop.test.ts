import { describe, expect, it } from 'vitest'
import type { PacedProducer, SelfDrivingProducer } from '../../transports/transport.ts'
import { runClosedLoop } from './closed-loop.ts'
import { type LoopRecord, recordInto } from './record.ts'

const emptyRecord = (): LoopRecord => ({ dueNs: [], sentNs: [], completedNs: [] })
const payloads = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]

/** A clock that only moves when told, and by one nanosecond when read. */
function steppingClock() {
  let time = 0n
  return { now: () => (time += 1n), advance: (by: bigint) => (time += by) }
}

function pacedProducer(send: PacedProducer['send']): PacedProducer {
  return { kind: 'paced', send, async [Symbol.asyncDispose]() {} }
}

describe('runClosedLoop', () => {
  it('makes each message due when the one before it was completed', async () => {
    const clock = steppingClock()
    const record = emptyRecord()
    const producer = pacedProducer(async () => void clock.advance(100n))
    await runClosedLoop(producer, payloads, clock.now, recordInto(record), null)
    expect(record.dueNs.slice(1)).toEqual(record.completedNs.slice(0, -1))
    expect(record.completedNs.map((end, i) => end - (record.dueNs[i] as bigint))).toEqual([
      102n,
      102n,
      102n,
    ])
  })

  it('waits for the arrival of a flushed message before the next is due', async () => {
    const clock = steppingClock()
    const record = emptyRecord()
    const notices = { next: async () => clock.advance(500n) > 0n }
    await runClosedLoop(
      pacedProducer(async () => {}),
      payloads,
      clock.now,
      recordInto(record),
      notices,
    )
    for (const [i, due] of record.dueNs.slice(1).entries()) {
      expect(due - (record.completedNs[i] as bigint)).toBeGreaterThanOrEqual(500n)
    }
  })

  it('waits for what a message leaves behind, and counts it to no latency', async () => {
    const clock = steppingClock()
    const record = emptyRecord()
    const producer: PacedProducer = {
      ...pacedProducer(async () => void clock.advance(100n)),
      settled: async () => void clock.advance(500n),
    }
    await runClosedLoop(producer, payloads, clock.now, recordInto(record), null)
    for (const [i, due] of record.dueNs.slice(1).entries()) {
      expect(due - (record.completedNs[i] as bigint)).toBe(501n)
    }
    expect(record.completedNs.map((end, i) => end - (record.dueNs[i] as bigint))).toEqual([
      102n,
      102n,
      102n,
    ])
  })

  it('gives up when nothing arrives any more', async () => {
    const record = emptyRecord()
    const silent = { next: async () => false }
    const many = Array.from({ length: 50 }, () => Uint8Array.of(0))
    await runClosedLoop(
      pacedProducer(async () => {}),
      many,
      steppingClock().now,
      recordInto(record),
      silent,
    )
    expect(record.completedNs).toHaveLength(3)
  })

  it('keeps what was done before a send failed', async () => {
    const record = emptyRecord()
    let sends = 0
    const producer = pacedProducer(async () => {
      sends += 1
      if (sends === 3) throw new Error('gone')
    })
    const run = runClosedLoop(producer, payloads, steppingClock().now, recordInto(record), null)
    await expect(run).rejects.toThrow('gone')
    expect(record.completedNs).toHaveLength(2)
  })

  it('takes the instants of a client that drives itself', async () => {
    const record = emptyRecord()
    const producer: SelfDrivingProducer = {
      kind: 'self-driving',
      async drive(given, _now, onCompleted) {
        for (const i of given.keys()) onCompleted(BigInt(i * 10 + 5), BigInt(i * 10 + 9))
      },
      async [Symbol.asyncDispose]() {},
    }
    await runClosedLoop(producer, payloads, steppingClock().now, recordInto(record), null)
    expect(record).toEqual({
      dueNs: [5n, 9n, 19n],
      sentNs: [5n, 15n, 25n],
      completedNs: [9n, 19n, 29n],
    })
  })
})
