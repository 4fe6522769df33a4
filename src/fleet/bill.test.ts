import { describe, expect, it } from 'vitest'
import { cellsOf, fleetOf } from '../../test/support/fleet.ts'
import type { DataPlan } from '../model/fleet/plan-file.ts'
import { planFileSchema } from '../model/fleet/plan-file.ts'
import { billedBytes, countedBytes, planBill } from './bill.ts'
import { dataNames, readPlans } from './load-data.ts'
import { monthOf } from './month.ts'
import { ipBytes, NOTHING, packets } from './volume.ts'

const wakeUps = cellsOf('wake-ups.json')
const readings = cellsOf('readings.json')
/** As the report was made: it has the first words of a device in the packet of its handshake's end. */
const METERS = {
  ...{ devices: 5000, month: '30.4375d', schedule: { every: '10m' } },
  count: { firstWords: 'in-one-packet' },
}
const MONTH_S = 30.4375 * 86_400

const SOURCE = { source: 'a test', readOn: '2026-11-28' }
const plan = (given: Record<string, unknown>): DataPlan =>
  planFileSchema.parse({
    ...{ id: 'test', title: 'test', kilobyte: 1000 },
    counting: { what: 'ip', direction: 'both', ...SOURCE },
    ...given,
  })
const perSession = (to: number, minimum = 0): DataPlan =>
  plan({ rounding: { to, per: 'session', minimum, ...SOURCE } })

const WAYS = [
  ['https1', 'resumed'],
  ['mqtts-qos1', 'resumed'],
  ['https1', 'full'],
  ['mqtts-qos1', 'full'],
] as const

function wakeUpMonth(transport: string, session: string) {
  const fleet = fleetOf({ ...METERS, transports: [transport], connection: { session } })
  const month = monthOf(fleet, transport, 'per-message', wakeUps.script)
  if (month === null) throw new Error('means nothing')
  return month
}

const megabytes = ([bytes]: readonly [number, number]): string => (bytes / 1e6).toFixed(2)

describe('what is billed', () => {
  it.each(WAYS)('%s, %s: the same bill where a session is rounded up to 1 kB', (...way) => {
    const month = wakeUpMonth(...way)
    expect(megabytes(billedBytes(month, perSession(1000), MONTH_S))).toBe('13.15')
    expect(megabytes(billedBytes(month, perSession(1, 10_000), MONTH_S))).toBe('43.83')
  })

  it('falls by a third where 20 bytes less fit one KiB less', () => {
    const month = wakeUpMonth('mqtts-qos1', 'resumed')
    const [bytes] = countedBytes(month.wakeUp, plan({}))
    expect(bytes - 2 * 1_024).toBe(7)
    const [before] = billedBytes(month, perSession(1024), MONTH_S)
    const [after] = billedBytes(month, perSession(1024), MONTH_S, [-20, -20])
    expect([before / 4_383, after / 4_383]).toEqual([3 * 1_024, 2 * 1_024])
  })

  it('tells where what was measured crosses a step', () => {
    const month = wakeUpMonth('mqtts-qos1', 'resumed')
    const [from, to] = billedBytes(month, perSession(1024), MONTH_S, [-35, 17])
    expect([from / 4_383, to / 4_383]).toEqual([2 * 1_024, 3 * 1_024])
  })

  it('makes plaintext HTTP and MQTT cost the same with a session for each reading', () => {
    const bills = ['http1', 'mqtt-qos1'].map((transport) => {
      const fleet = fleetOf({ transports: [transport] })
      const month = monthOf(fleet, transport, 'per-message', readings.script)
      return month && billedBytes(month, perSession(1000), fleet.month)
    })
    expect(bills).toEqual([
      [43_200_000, 43_200_000],
      [43_200_000, 43_200_000],
    ])
  })

  it.each([
    [134, 2, [234, 242]],
    [192, 3, [342, 354]],
    [520, 3, [670, 682]],
  ])('counts the tunnel of each packet: Soracom, %i link bytes in %i', async (bytes, count, to) => {
    const [soracom] = (await readPlans(['soracom-us'], 'test')) as [DataPlan]
    const volume = { ...NOTHING, up: { ...NOTHING.up, headers: bytes, packets: count } }
    expect(countedBytes(volume, soracom)).toEqual(to)
  })

  it.each([
    ['mqtt-qos0', 134, 2],
    ['mqtt-qos1', 192, 3],
    ['http1', 517, 3],
  ])('%s: a reading of 14 bytes on a kept connection has %i bytes in %i packets', (...each) => {
    const [transport, bytes, count] = each
    const fleet = fleetOf({ transports: [transport], connection: { serverIdle: '1h' } })
    const month = monthOf(fleet, transport, 'kept', readings.script)
    if (month === null) throw new Error('means nothing')
    // One set-up in 43,200 readings is less than half a byte of each.
    expect(Math.round(ipBytes(month.volume) / 43_200)).toBe(bytes)
    expect(Math.round(packets(month.volume) / 43_200)).toBe(count)
  })

  it('follows each field of a plan', () => {
    const month = wakeUpMonth('https1', 'resumed')
    const of = (given: Record<string, unknown>) =>
      planBill(month, plan(given), { devices: 5000, month: MONTH_S })
    const money = { currency: 'EUR', perMegabyte: [{ price: 2 }], ...SOURCE }
    const bytes = 2_132 * 4_383
    expect(of({ price: money }).total?.[0]).toBeCloseTo((bytes / 1e6) * 2)
    expect(of({ price: money, kilobyte: 1024 }).total?.[0]).toBeCloseTo((bytes / 1_024 ** 2) * 2)
    const tiered = { ...money, perMegabyte: [{ upTo: 5, price: 2 }, { price: 1 }] }
    expect(of({ price: tiered }).total?.[0]).toBeCloseTo(10 + (bytes / 1e6 - 5))
    const pooled = { ...tiered, volumeOf: 'fleet' }
    const all = (bytes * 5000) / 1e6
    expect(of({ price: pooled }).fleetTotal?.[0]).toBeCloseTo(10 + (all - 5))
    const fee = { currency: 'EUR', amount: 0.1, per: 'day', ...SOURCE }
    expect(of({ fee, price: money }).fee).toBeCloseTo(3.04375)
    const prepaid = { currency: 'EUR', amount: 10, megabytes: 500, years: 10, ...SOURCE }
    expect(of({ prepaid }).prepaid?.months[0]).toBeCloseTo(500e6 / bytes)
    const up = { counting: { what: 'payload', direction: 'up', ...SOURCE } }
    expect(of(up).billedBytes[0]).toBe(60 * 4_383)
  })

  it('cuts kept sessions where the operator does', () => {
    const fleet = fleetOf({ ...METERS, transports: ['mqtts-qos1'] })
    const month = monthOf(fleet, 'mqtts-qos1', 'kept', wakeUps.script)
    const to = 1_000_000
    const rounding = { to, per: 'record', recordEvery: '6h', ...SOURCE }
    const [bytes] = billedBytes(month as never, plan({ rounding }), MONTH_S)
    expect(bytes / to).toBeCloseTo(30.4375 * 4)
  })
})

describe('data files', () => {
  it('are all readable, each under its own name', async () => {
    const plans = await readPlans(dataNames('plan'), 'test')
    expect(plans.map(({ id }) => id)).toEqual(dataNames('plan'))
    expect(plans.length).toBeGreaterThan(8)
  })

  it.each([
    [{ rounding: { to: 0, per: 'session', ...SOURCE } }, /no step of bytes/],
    [{ counting: { what: 'ip', direction: 'both', readOn: '2026-11-28' } }, /source/],
    [{ price: { currency: 'USD', perMegabyte: [{ price: -1 }], ...SOURCE } }, /negative/],
    [
      {
        price: {
          ...{ currency: 'USD', ...SOURCE },
          perMegabyte: [{ upTo: 5, price: 1 }, { upTo: 2, price: 1 }, { price: 1 }],
        },
      },
      /put tiers in order/,
    ],
    [
      { counting: { what: 'ip+tunnel', direction: 'both', ...SOURCE } },
      /tunnelBytes|bytes a packet/,
    ],
  ])('refuse %j', (given, reason) => {
    expect(() => plan(given)).toThrow(reason)
  })
})
