import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from './jitter.ts'
import { type DirectionShape, LinkSchedule } from './schedule.ts'

const MS = 1e6
const shape = (given: Partial<DirectionShape> = {}): DirectionShape => ({
  bitsPerS: 800_000,
  delayNs: 75 * MS,
  jitterNs: 0,
  queueBytes: 15_000,
  ...given,
})
const noJitter = (): number => 0.5

/** Packets as [enqueued in ms, bytes], and when each leaves and arrives, in ms. */
function passages(
  given: Partial<DirectionShape>,
  packets: readonly [number, number][],
): number[][] {
  const schedule = new LinkSchedule(shape(given), noJitter)
  return packets.map(([atMs, bytes]) => {
    const { departsNs, arrivesNs } = schedule.schedule(atMs * MS, bytes)
    return [departsNs / MS, arrivesNs / MS]
  })
}

describe('the schedule of a link', () => {
  // 800 kbit/s are 100 bytes a millisecond.
  it.each<[string, Partial<DirectionShape>, [number, number][], number[][]]>([
    ['a packet is sent bit by bit, then travels', {}, [[0, 1_500]], [[15, 90]]],
    [
      'one behind another waits for it',
      {},
      [
        [0, 1_500],
        [1, 100],
      ],
      [
        [15, 90],
        [16, 91],
      ],
    ],
    [
      'an idle link keeps nothing back',
      {},
      [
        [0, 100],
        [50, 100],
      ],
      [
        [1, 76],
        [51, 126],
      ],
    ],
    [
      'without a rate there is only delay',
      { bitsPerS: null },
      [
        [0, 1e6],
        [0, 9],
      ],
      [
        [0, 75],
        [0, 75],
      ],
    ],
    ['without a delay there is only the rate', { delayNs: 0 }, [[3, 300]], [[6, 6]]],
    ['a packet of nothing but its header', { delayNs: 0 }, [[0, 52]], [[0.52, 0.52]]],
  ])('%s', (_what, given, packets, expected) => {
    expect(passages(given, packets)).toEqual(expected)
  })

  it.each<[string, number, number, number]>([
    // After 3,000 bytes at 0 ms, all of which are sent at 30 ms.
    ['has room at once for what fits beside what waits', 10_000, 1_500, -55],
    ['has room once enough has left', 4_000, 1_500, 5],
    ['that is smaller than the packet takes it when empty', 1_000, 1_500, 30],
  ])('a queue %s', (_what, queueBytes, bytes, expectedMs) => {
    const schedule = new LinkSchedule(shape({ queueBytes }), noJitter)
    schedule.schedule(0, 3_000)
    expect(schedule.roomAtNs(bytes) / MS).toBeCloseTo(expectedMs, 9)
  })

  it('jitters by as much as it is told, the same for the same seed', () => {
    const run = (seed: number): number[] => {
      const schedule = new LinkSchedule(shape({ jitterNs: 20 * MS }), seededRandom(seed))
      // Far enough apart not to hold each other back.
      return Array.from({ length: 500 }, (_, index) => {
        const { departsNs, arrivesNs } = schedule.schedule(index * 100 * MS, 100)
        return (arrivesNs - departsNs) / MS
      })
    }
    const delays = run(7)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(55)
    expect(Math.min(...delays)).toBeLessThan(57)
    expect(Math.max(...delays)).toBeLessThanOrEqual(95)
    expect(Math.max(...delays)).toBeGreaterThan(93)
    expect(delays.reduce((sum, delay) => sum + delay) / delays.length).toBeCloseTo(75, -0.5)
    expect(run(7)).toEqual(delays)
    expect(run(8)).not.toEqual(delays)
  })

  const traffic = fc.array(
    fc.record({ gapNs: fc.nat(5 * MS), bytes: fc.integer({ min: 20, max: 1_500 }) }),
    { minLength: 1, maxLength: 60 },
  )
  const shapes = fc.record({
    bitsPerS: fc.option(fc.integer({ min: 1_000, max: 100_000_000 }), { nil: null }),
    delayNs: fc.nat(700 * MS),
    jitterNs: fc.nat(100 * MS),
    queueBytes: fc.integer({ min: 1, max: 100_000 }),
  })

  it('never reorders, and never arrives before delay and rate allow', () => {
    fc.assert(
      fc.property(shapes, traffic, fc.nat(), (given, packets, seed) => {
        const schedule = new LinkSchedule(given, seededRandom(seed))
        let atNs = 0
        let before = { departsNs: 0, arrivesNs: 0 }
        for (const { gapNs, bytes } of packets) {
          atNs += gapNs
          const passage = schedule.schedule(atNs, bytes)
          const sendingNs = given.bitsPerS === null ? 0 : (bytes * 8e9) / given.bitsPerS
          expect(passage.departsNs).toBeGreaterThanOrEqual(atNs)
          expect(passage.departsNs - before.departsNs).toBeGreaterThanOrEqual(sendingNs - 1)
          expect(passage.arrivesNs).toBeGreaterThanOrEqual(before.arrivesNs)
          const leastNs = Math.max(0, given.delayNs - given.jitterNs)
          expect(passage.arrivesNs - passage.departsNs).toBeGreaterThanOrEqual(leastNs - 1)
          before = passage
        }
      }),
    )
  })

  it('never sends more in a stretch of time than its rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 1e8 }), traffic, (bitsPerS, packets) => {
        const schedule = new LinkSchedule(shape({ bitsPerS }), noJitter)
        let atNs = 0
        const sent = packets.map(({ gapNs, bytes }) => {
          atNs += gapNs
          return { bytes, ...schedule.schedule(atNs, bytes) }
        })
        const first = sent[0] as (typeof sent)[number]
        const last = sent.at(-1) as (typeof sent)[number]
        const bytes = sent.slice(1).reduce((sum, packet) => sum + packet.bytes, 0)
        const seconds = (last.departsNs - first.departsNs) / 1e9
        expect(bytes * 8).toBeLessThanOrEqual(bitsPerS * seconds * (1 + 1e-6) + 1e-3)
      }),
    )
  })
})
