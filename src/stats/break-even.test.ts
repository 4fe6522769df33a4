import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../test/fixtures/byte-report.ts'
import { type CostLine, costOf } from '../model/cost-line.ts'
import type { BytesResult, Cell } from '../model/report/report.ts'
import { breakEvenOf, crossingOf } from './break-even.ts'

const line = (first: number, further: number): CostLine => ({ first, further })

describe('where two costs cross', () => {
  it.each([
    ['cheaper from the start and ever after', line(10, 5), line(20, 6), 'left', 1, 0],
    ['dearer at first', line(61, 30), line(50, 36), 'left', 3, 2],
    ['dearer at first, the other way round', line(50, 36), line(61, 30), 'right', 3, 2],
    ['a tie is not cheaper', line(48, 30), line(36, 36), 'left', 4, 2],
    ['equal at one message', line(36, 30), line(36, 36), 'left', 2, 0],
    ['parallel', line(36, 36), line(40, 36), 'left', 1, 0],
    ['the same', line(36, 36), line(36, 36), null, 1, 0],
    ['free from the second on', line(1000, 0), line(1, 1), 'left', 1001, 999],
  ] as const)('%s', (_, left, right, cheaper, fromMessages, otherUpToMessages) => {
    expect(crossingOf(left, right)).toEqual({ cheaper, fromMessages, otherUpToMessages })
  })

  it.each([
    // 61, 91, 121, 151 against 36, 72, 108 + 40, 184.
    [
      'a renewal of the other',
      line(61, 30),
      { ...line(36, 36), renewal: { everyMessages: 2, cost: 40 } },
      'left',
      3,
      2,
    ],
    // 10, 15, 20, 125, 130, 135, 240 against 41 a message: in front, behind for one, and in front for good.
    [
      'a renewal of its own',
      { ...line(10, 5), renewal: { everyMessages: 3, cost: 100 } },
      line(41, 41),
      'left',
      1,
      0,
    ],
    [
      'a large one',
      { ...line(10, 5), renewal: { everyMessages: 3, cost: 100 } },
      line(39, 39),
      'left',
      1,
      0,
    ],
    // 4, 43, 82, 121 against 10, 15, 20, 125; later 238 against 240, and 355 each.
    [
      'one that takes it back',
      { ...line(10, 5), renewal: { everyMessages: 3, cost: 100 } },
      line(4, 39),
      'left',
      11,
      1,
    ],
  ] as const)('with %s', (_, left, right, cheaper, fromMessages, otherUpToMessages) => {
    expect(crossingOf(left, right)).toEqual({ cheaper, fromMessages, otherUpToMessages })
  })

  it('is nobody’s where both rise alike, and take turns', () => {
    const left = { first: 0, further: 17, renewal: { everyMessages: 4, cost: 52 } }
    const right = { first: 0, further: 10, renewal: { everyMessages: 5, cost: 100 } }
    const nobody = { cheaper: null, fromMessages: 1, otherUpToMessages: 0 }
    expect(crossingOf(left, right)).toEqual(nobody)
    expect(crossingOf({ ...left, first: 400 }, right)).toEqual({ ...nobody, cheaper: 'right' })
  })

  it('is what counting finds', () => {
    const renewal = fc.record({ everyMessages: fc.integer({ min: 1, max: 9 }), cost: fc.nat(100) })
    const cost = fc
      .record({ first: fc.nat(200), further: fc.nat(20), renewal: fc.option(renewal) })
      .map(
        ({ renewal: renewed, ...rest }): CostLine =>
          renewed === null ? rest : { ...rest, renewal: renewed },
      )
    fc.assert(
      fc.property(cost, cost, (left, right) => {
        const { cheaper, fromMessages, otherUpToMessages } = crossingOf(left, right)
        const [winner, other] = cheaper === 'right' ? [right, left] : [left, right]
        const differences: number[] = []
        for (let n = 1; n <= 250; n += 1) {
          const difference = costOf(winner, n) - costOf(other, n)
          differences.push(difference)
          if (cheaper === null) continue
          if (n >= fromMessages) expect(difference).toBeLessThan(0)
          else if (n <= otherUpToMessages) expect(difference).toBeGreaterThan(0)
          // Lines that jump may change places before one is in front for good.
          else if (n === fromMessages - 1) expect(difference).toBeGreaterThanOrEqual(0)
          else if (n === otherUpToMessages + 1) expect(difference).toBeLessThanOrEqual(0)
        }
        if (cheaper !== null) return
        // Nobody is ahead for good.
        expect(differences.some((difference) => difference >= 0)).toBe(true)
        expect(differences.some((difference) => difference <= 0)).toBe(true)
      }),
    )
  })
})

/** Two cells whose bytes carry what a run of this version stores. */
function withFirst(change: (bytes: BytesResult, cell: Cell) => BytesResult): Cell[] {
  return cellsOf({ messages: 10 }).map((cell) =>
    cell.status === 'measured' && cell.bytes !== null
      ? { ...cell, bytes: change(cell.bytes, cell) }
      : cell,
  )
}

const roundTrips = (setup: number, steady: number, connections = 1) => ({
  setup,
  steady,
  steadyPerMessage: steady / 10,
  idle: 0,
  close: 0,
  connections,
  tcp: { roundTrips: connections, basis: 'derived' as const },
})

describe('the costs of measured cells', () => {
  it('takes the first message as it was, and spreads the rest over the others', () => {
    const cells = withFirst((bytes) => ({
      ...bytes,
      // A first message that is 12 bytes longer than each of the nine after it.
      ledger: [
        { phase: 'setup', direction: 'up', layer: 'control', bytes: 25, basis: 'measured' },
        { phase: 'steady', direction: 'up', layer: 'framing', bytes: 232, basis: 'measured' },
        { phase: 'idle', direction: 'up', layer: 'control', bytes: 2, basis: 'measured' },
        { phase: 'close', direction: 'up', layer: 'control', bytes: 2, basis: 'measured' },
      ],
      roundTrips: roundTrips(1, 10),
      firstMessage: { connection: 'kept', wireBytes: 25 + 34 + 2, roundTrips: 3 },
    }))
    const { costs } = breakEvenOf(cells)
    expect(costs.map(({ transport }) => transport)).toEqual(['http1', 'mqtt-qos1'])
    expect(costs[0]).toMatchObject({
      connection: 'kept',
      bytes: { first: 61, further: 22 },
      roundTrips: { first: 3, further: 1 },
    })
  })

  it('charges the whole connection to each message that has its own', () => {
    const { costs } = breakEvenOf(
      withFirst((bytes) => ({
        ...bytes,
        ledger: [
          { phase: 'setup', direction: 'up', layer: 'control', bytes: 290, basis: 'measured' },
          { phase: 'steady', direction: 'up', layer: 'framing', bytes: 360, basis: 'measured' },
        ],
        roundTrips: roundTrips(10, 10, 10),
        firstMessage: { connection: 'own', wireBytes: 65, roundTrips: 3 },
      })),
    )
    expect(costs[0]?.bytes).toEqual({ first: 65, further: 65 })
    expect(costs[0]?.roundTrips).toEqual({ first: 3, further: 3 })
  })

  it('leaves out what an older version measured, and what has no bytes', () => {
    expect(breakEvenOf(cellsOf())).toEqual({ costs: [], pairs: [] })
  })

  it('names round trips only where both are known', () => {
    const cells = withFirst((bytes, cell) => {
      const isHttp = cell.transport === 'http1'
      return {
        ...bytes,
        roundTrips: isHttp ? null : roundTrips(1, 10),
        firstMessage: { connection: 'kept', wireBytes: 100, roundTrips: isHttp ? null : 3 },
      }
    })
    const [pair] = breakEvenOf(cells).pairs
    expect(pair).toMatchObject({ between: ['http1', 'mqtt-qos1'], roundTrips: null })
    expect(pair?.bytes.cheaper).toBe('mqtt-qos1')
  })
})
