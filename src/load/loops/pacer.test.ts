import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pacer } from '../driver/load-driver.ts'
import { constantPacer, createPacer, pacerOfWorker, poissonPacer, rampPacer } from './pacer.ts'

const MS = 1e6
const S = 1e9

/** Every due instant up to an end, in nanoseconds. */
function dueUntil(pacer: Pacer, endNs: number): number[] {
  const due: number[] = []
  for (;;) {
    const next = pacer.next(0, due.length)
    if (next === null || next > endNs) return due
    due.push(next)
  }
}

describe('constantPacer', () => {
  it.each([
    [1_000, 0, 0],
    [1_000, 1, MS],
    [1_000, 300, 300 * MS],
    [20_000, 1_000_000, 50 * S],
    [0.5, 3, 6 * S],
    [3, 3, S],
  ])('at %d a second message %d is due at %d ns', (perS, index, dueNs) => {
    expect(constantPacer(perS).next(0, index)).toBe(dueNs)
  })

  it('does not mind how late it is asked', () => {
    expect(constantPacer(10).next(5 * S, 1)).toBe(100 * MS)
  })
})

describe('rampPacer', () => {
  it.each([
    // 100/s rising to 300/s over 10 s: 2,000 messages; half the time has seen 750 of them.
    [100, 300, 0, 0],
    [100, 300, 750, 5 * S],
    [100, 300, 2_000, 10 * S],
    [100, 300, 2_001, null],
    // Falling: the same, mirrored.
    [300, 100, 1_250, 5 * S],
    [300, 100, 2_000, 10 * S],
    [300, 100, 2_001, null],
    [300, 100, 9_999, null],
    [0, 100, 125, 5 * S],
    [100, 0, 500, 10 * S],
    [50, 50, 100, 2 * S],
  ])('from %d to %d a second in 10 s, message %d is due at %s ns', (from, to, index, dueNs) => {
    const due = rampPacer(from, to, 10 * S).next(0, index)
    if (dueNs === null || due === null) expect(due).toBe(dueNs)
    else expect(due).toBeCloseTo(dueNs, 0)
  })
})

describe('poissonPacer', () => {
  it('keeps the rate, and has gaps of an exponential distribution', () => {
    const due = dueUntil(poissonPacer(1_000, 1), 100 * S)
    // Standard deviation of the count is √100,000 = 316.
    expect(Math.abs(due.length - 100_000)).toBeLessThan(1_300)
    const gaps = due.slice(1).map((at, index) => at - (due[index] as number))
    const longerThanMean = gaps.filter((gap) => gap > MS).length / gaps.length
    expect(longerThanMean).toBeCloseTo(Math.exp(-1), 2)
    const longerThanThree = gaps.filter((gap) => gap > 3 * MS).length / gaps.length
    expect(longerThanThree).toBeCloseTo(Math.exp(-3), 2)
  })

  it('is the same in every run, and another for another seed', () => {
    const first = dueUntil(poissonPacer(50, 7), S)
    expect(dueUntil(poissonPacer(50, 7), S)).toEqual(first)
    expect(dueUntil(poissonPacer(50, 8), S)).not.toEqual(first)
  })

  it('can be asked again for an earlier message', () => {
    const pacer = poissonPacer(50, 7)
    const [third, tenth] = [pacer.next(0, 3), pacer.next(0, 10)]
    expect([pacer.next(0, 3), pacer.next(0, 10)]).toEqual([third, tenth])
  })
})

describe('every pace', () => {
  const rate = fc.integer({ min: 1, max: 500 })
  const pace = fc.oneof(
    rate.map((perS) => ({ kind: 'constant' as const, perS })),
    fc.tuple(rate, fc.nat()).map(([perS, seed]) => ({ kind: 'poisson' as const, perS, seed })),
    fc.tuple(rate, rate).map(([fromPerS, toPerS]) => ({ kind: 'ramp' as const, fromPerS, toPerS })),
  )

  it('never goes back in time', () => {
    fc.assert(
      fc.property(pace, (chosen) => {
        const due = dueUntil(createPacer(chosen, 2 * S), 2 * S)
        expect(due).toEqual([...due].sort((a, b) => a - b))
      }),
    )
  })

  it('is shared by workers without a message twice or left out', () => {
    fc.assert(
      fc.property(pace, fc.integer({ min: 1, max: 5 }), (chosen, workers) => {
        const parts = Array.from({ length: workers }, (_, worker) =>
          dueUntil(pacerOfWorker(createPacer(chosen, 2 * S), worker, workers), 2 * S),
        )
        const together = parts.flat().sort((a, b) => a - b)
        expect(together).toEqual(dueUntil(createPacer(chosen, 2 * S), 2 * S))
      }),
    )
  })
})
