import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planLoad } from './load.ts'
import { type LoadPlan, ownConnections, rankOf } from './load-plan.ts'
import { parsePart, parseStartAt, shareOf } from './part.ts'

const NOW = new Date('2026-12-01T11:00:00Z')

describe('a part of a load', () => {
  it.each([
    ['2/3', {}, { index: 1, of: 3 }],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' },
      { index: 2, of: 4 },
    ],
    ['auto/3', { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_MIN: '1' }, { index: 0, of: 3 }],
    ['auto/3', { JOB_COMPLETION_INDEX: '0' }, { index: 0, of: 3 }],
  ])('%s with %o', (text, environment, part) => expect(parsePart(text, environment)).toEqual(part))

  it.each([
    ['2', {}, /--part: 2 is no part; give 2\/3/],
    ['0/3', {}, /there is no part 0 of 3; they are numbered from 1/],
    ['4/3', {}, /there is no part 4 of 3/],
    ['1/0', {}, /0 parts are not from 1/],
    ['auto', {}, /auto needs a task of an array: SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX/],
    ['auto', { JOB_COMPLETION_INDEX: '1' }, /does not tell how many there are in Kubernetes/],
    ['auto/2', { JOB_COMPLETION_INDEX: 'x' }, /JOB_COMPLETION_INDEX is no number/],
  ])('is refused: %s with %o', (text, environment, problem) =>
    expect(() => parsePart(text, environment)).toThrow(problem),
  )

  it('and the others share everything, and nothing twice', () => {
    const amounts = fc.record({
      connections: fc.integer({ min: 0, max: 500 }),
      workers: fc.integer({ min: 1, max: 5 }),
      of: fc.integer({ min: 1, max: 9 }),
      messages: fc.nat(1_000),
    })
    fc.assert(
      fc.property(amounts, ({ connections, workers, of, messages }) => {
        const parts = Array.from({ length: of }, (_, index) => ({
          ...({ workers, connections } as LoadPlan),
          part: { index, of },
        }))
        const ranks = parts.flatMap((part) =>
          Array.from({ length: workers }, (_, worker) => rankOf(part, worker)),
        )
        expect(new Set(ranks.map(({ index }) => index)).size).toBe(workers * of)
        expect(parts.reduce((sum, part) => sum + ownConnections(part), 0)).toBe(connections)
        expect(ranks.reduce((sum, { index, of }) => sum + shareOf(messages, index, of), 0)).toBe(
          messages,
        )
      }),
    )
  })

  it.each([
    [{ part: '1/3', connections: 2 }, /--part: 3 parts cannot share 2 connections/],
    [{ part: '1/3', workers: 2, connections: 5 }, /3 parts of 2 workers cannot share 5/],
    [{ part: '1/3', sweep: 'saturation' }, /--sweep: each part would find a saturation/],
  ])('needs what can be shared: %o', (options, problem) =>
    expect(() => planLoad(options, ['throughput'], NOW)).toThrow(problem),
  )
})

describe('a common start', () => {
  it('is an instant of any time zone', () => {
    const at = Date.parse('2026-12-01T12:00:00Z')
    expect(parseStartAt('2026-12-01T12:00:00Z', NOW)).toBe(at)
    expect(parseStartAt('2026-12-01T20:00+08:00', NOW)).toBe(at)
  })

  it.each([
    ['2026-12-01T12:00:00', /no instant with its time zone/],
    ['noon', /no instant/],
    ['2026-13-01T12:00:00Z', /no instant/],
    ['2026-12-01T10:59:59Z', /is over; by this clock it is 2026-12-01T11:00:00.000Z/],
    ['2026-12-03T12:00:00Z', /more than 24 hours from now/],
  ])('is refused: %s', (text, problem) => expect(() => parseStartAt(text, NOW)).toThrow(problem))
})
