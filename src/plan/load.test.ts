import { describe, expect, it } from 'vitest'
import { defaultMeasures, planLoad } from './load.ts'
import type { LoadOptions } from './options.ts'

const plan = (options: LoadOptions, quick = false) =>
  planLoad({ ...options, quick }, ['throughput'])

describe('what a run does under load', () => {
  it('is bounded, and the same for every transport, where nothing is said', () => {
    expect(plan({})).toMatchObject({
      ...{ connections: 10, inFlight: 10, workers: 1, durationMs: 3_000, warmupMs: 1_000 },
      ...{ pace: null, sweep: null, messages: null, clients: 'all' },
    })
    expect(plan({}, true)).toMatchObject({ durationMs: 1_500, warmupMs: 500 })
    expect(plan({ sweep: 'saturation' })).toMatchObject({ durationMs: 2_000 })
  })

  it('follows its options', () => {
    const options = { connections: 200, 'in-flight': 1, workers: 4, duration: '500ms', messages: 7 }
    expect(plan({ ...options, rate: 'ramp:10..20', 'connect-rate': 50 })).toMatchObject({
      ...{ connections: 200, inFlight: 1, workers: 4, durationMs: 500, messages: 7 },
      pace: { pace: { kind: 'ramp', fromPerS: 10, toPerS: 20 }, text: 'ramp:10..20' },
      connectPerS: 50,
    })
    expect(plan({ sweep: '10, 20' })?.sweep).toEqual({ kind: 'rates', rates: [10, 20] })
  })

  it('is nothing where throughput is not measured', () => {
    expect(planLoad({ quick: false }, ['bytes', 'latency'])).toBeNull()
  })

  it('is what is measured where one of its options is given', () => {
    expect(defaultMeasures({})).toBe('bytes,latency')
    expect(defaultMeasures({ rate: '10' })).toBe('throughput')
    expect(defaultMeasures({ 'in-flight': 1 })).toBe('throughput')
  })

  it.each<[LoadOptions, RegExp]>([
    [
      { rate: 'fast' },
      /^--rate: fast is no rate; give messages a second: 1000, poisson:1000, or ramp:100\.\.5000$/,
    ],
    [{ rate: '10', sweep: '10,20' }, /^--sweep: has rates of its own; leave out --rate$/],
    [{ sweep: '20,10' }, /^--sweep: 20,10 is no list of rising rates; /],
    [{ sweep: 'json' }, /^--sweep: json is no list/],
    [{ connections: 0 }, /^--connections: 0 is not a whole number from 1 to/],
    [{ 'in-flight': 1.5 }, /^--in-flight: 1\.5 is not a whole number/],
    [{ connections: 2, workers: 3 }, /^--workers: 3 workers cannot share 2 connections/],
    [{ duration: '3' }, /^--duration: 3 is no duration from/],
    [{ duration: '2s', messages: Number.NaN }, /^--messages: NaN is not/],
  ])('is refused for %j', (options, message) => expect(() => plan(options)).toThrow(message))

  it('is refused beside other measures alone', () => {
    const options = { rate: '10', quick: false }
    expect(() => planLoad(options, ['bytes'])).toThrow(/^--rate: .* add throughput to --measure$/)
  })
})
