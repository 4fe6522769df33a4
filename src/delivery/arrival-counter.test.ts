import { describe, expect, it } from 'vitest'
import { NO_INJECTION } from '../model/injection.ts'
import { ArrivalCounter } from './arrival-counter.ts'

const [a, b, other] = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(9)]
const NOW = { silenceMs: 1, deadlineMs: 1_000 }
const STALL = { ...NO_INJECTION, stall: { durationMs: 30, message: 2 } }

describe('ArrivalCounter', () => {
  it.each([
    ['one payload', [a], [a, a, other], { intact: 2, changed: 1 }],
    ['several', [a, b], [a, b, a, other], { intact: 3, changed: 1 }],
    [
      'payloads of no bytes',
      [new Uint8Array(0)],
      [new Uint8Array(0), a],
      { intact: 1, changed: 1 },
    ],
  ])('knows what was sent, of %s', async (_, payloads, arrivals, counts) => {
    const counter = new ArrivalCounter({ payloads, faults: 'unarmed' }, NO_INJECTION)
    for (const payload of arrivals) counter.take(payload)
    expect(await counter.collect({ expected: 3, ...NOW })).toMatchObject(counts)
  })

  it('waits for what is still to come, and no longer than nothing comes', async () => {
    const counter = new ArrivalCounter({ payloads: [a], faults: 'unarmed' }, NO_INJECTION)
    const collecting = counter.collect({ expected: 2, silenceMs: 10_000, deadlineMs: 10_000 })
    counter.take(a)
    setImmediate(() => counter.take(a))
    const tally = await collecting
    expect(tally.intact).toBe(2)
    expect(tally.lastNs).not.toBeNull()
    const more = await counter.collect({ expected: 5, silenceMs: 5, deadlineMs: 10_000 })
    expect(more.intact).toBe(2)
  })

  it('stalls once, from the message on that it was told', async () => {
    const counter = new ArrivalCounter({ payloads: [a], faults: 'armed' }, STALL)
    expect(counter.stall()).toBeNull()
    const held = [counter.stall(), counter.stall()]
    expect(held[0]).not.toBeNull()
    expect(held[1]).toBe(held[0])
    await held[0]
    expect(counter.stall()).toBeNull()
  })

  it('does not stall in a warm-up', () => {
    const counter = new ArrivalCounter({ payloads: [a], faults: 'unarmed' }, STALL)
    expect([counter.stall(), counter.stall()]).toEqual([null, null])
  })
})
