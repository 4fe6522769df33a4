import { describe, expect, it } from 'vitest'
import type { ProcessUsage } from '../model/report/load-result.ts'
import {
  busyShareOfGenerator,
  busyShareOfServer,
  limitAtRate,
  limitAtSaturation,
  type OpenLoopFigures,
} from './limit.ts'

const used = (
  userShare: number,
  systemShare: number,
  eventLoopShare: number | null = null,
  cpu: number | null = null,
): ProcessUsage => ({ name: 'a process', cpu, userShare, systemShare, eventLoopShare })

describe('the limit at saturation', () => {
  it.each([
    [0.99, 0.4, 'generator'],
    [0.3, 0.97, 'server'],
    [0.95, 0.95, 'both'],
    [0.5, 0.6, 'neither'],
    [0.899, 0.901, 'server'],
    [null, 0.99, null],
    [0.99, null, null],
  ])('with the generator busy %s and the server %s is %s', (generator, server, limit) => {
    expect(limitAtSaturation(generator, server)).toBe(limit)
  })
})

describe('the limit at a rate', () => {
  const late: OpenLoopFigures = {
    rateMet: 'not met',
    serverBusy: 0.3,
    capacity: 100,
    messagesPerS: 5_000,
    serviceS: 0.001,
    lostConnections: 0,
  }
  it.each([
    ['met', { rateMet: 'met', serverBusy: 0.99 }, 'neither'],
    ['a busy server', { serverBusy: 0.95 }, 'server'],
    ['a server of which nothing is known', { serverBusy: null }, null],
    // 5,000/s × 1 ms: 5 of 100 in flight, and still late.
    ['a generator with room in flight', {}, 'generator'],
    // 5,000/s × 20 ms: all 100, waiting for answers.
    ['nothing but the messages in flight', { serviceS: 0.02 }, 'neither'],
    ["lost connections, which are no side's limit", { lostConnections: 1 }, null],
    ['no answers to wait for', { serviceS: null }, 'generator'],
  ] as const)('%s', (_, figures, limit) => {
    expect(limitAtRate({ ...late, ...figures })).toBe(limit)
  })
})

describe('how busy a side was', () => {
  it('adds up what shares a CPU: a broker and the application behind it', () => {
    const share = busyShareOfServer([used(0.3, 0.2, 0.5, 1), used(0.2, 0.25, null, 1)])
    expect(share).toBeCloseTo(0.95)
  })

  it('does not add up what does not', () => {
    expect(busyShareOfServer([used(0.3, 0.2, 0.5), used(0.2, 0.25)])).toBeCloseTo(0.5)
  })

  it('counts an event loop that never waits, also where its CPU was taken from it', () => {
    expect(busyShareOfServer([used(0.4, 0.1, 0.99)])).toBe(0.99)
  })

  it('is the mean of the load processes: one of them with nothing to do is room left', () => {
    const busy = [used(0.9, 0.1, 1, 0), used(0.1, 0.1, 0.2, 1)]
    expect(busyShareOfGenerator(busy)).toBeCloseTo(0.6)
  })

  it('counts workers on one CPU as that CPU', () => {
    const halves = [used(0.4, 0.1, 0.5, 0), used(0.4, 0.1, 0.5, 0)]
    expect(busyShareOfGenerator(halves)).toBeCloseTo(1)
  })

  it('is not known of nobody', () => {
    expect([busyShareOfGenerator([]), busyShareOfServer([])]).toEqual([null, null])
  })
})
