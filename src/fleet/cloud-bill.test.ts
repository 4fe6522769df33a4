import { describe, expect, it } from 'vitest'
import { cellsOf, fleetOf } from '../../test/support/fleet.ts'
import { type CloudMeter, cloudFileSchema } from '../model/fleet/cloud-file.ts'
import { type RadioModel, radioFileSchema } from '../model/fleet/radio-file.ts'
import { findLinkProfile } from '../model/link/profiles.ts'
import { cloudBill, metered } from './cloud-bill.ts'
import { activeSeconds, energyOf } from './energy.ts'
import { dataNames, loadData } from './load-data.ts'
import { monthOf } from './month.ts'

const readings = cellsOf('readings.json')
const clouds = await loadData('cloud', dataNames('cloud'), 'test', cloudFileSchema)
const radios = await loadData('radio', dataNames('radio'), 'test', radioFileSchema)
const cloudOf = (id: string): CloudMeter => clouds.find((each) => each.id === id) as CloudMeter
const radioOf = (id: string): RadioModel => radios.find((each) => each.id === id) as RadioModel

/** A device with a reading a minute for 30 days: 43,200. */
function month(transport: string, given: Record<string, unknown> = {}) {
  const fleet = fleetOf({ ...given, transports: [transport] })
  const policy = transport.startsWith('mqtt') ? 'kept' : 'per-message'
  const found = monthOf(fleet, transport, policy, readings.script)
  if (found === null) throw new Error('means nothing')
  return { fleet, month: found }
}

const seen = (isHttp: boolean, payloadBytes = 14) => ({
  ...{ payloadBytes, topicBytes: 12, responseBytes: 0, isHttp },
})

describe('what clouds meter', () => {
  it('AWS: a reading a minute', () => {
    const aws = cloudOf('aws-iot-core')
    const mqtt = month('mqtt-qos0')
    const billed = cloudBill(mqtt.month, aws, seen(false), mqtt.fleet)
    expect(billed.messageCost?.[0].toFixed(4)).toBe('0.0432')
    expect(billed.connectionCost?.toFixed(5)).toBe('0.00346')
    expect(billed.total?.[0].toFixed(4)).toBe('0.0467')
    const http = month('http1')
    const without = { ...aws, connection: undefined }
    const both = cloudBill(http.month, without, seen(true), http.fleet)
    expect(both.total?.map((cost) => cost.toFixed(4))).toEqual(['0.0432', '0.0864'])
  })

  it('ClearBlade: its two worked examples, where each reading is answered', () => {
    const clearblade = cloudOf('clearblade')
    const bytes = (payload: number, devices: number): number => {
      const { month: of } = month('http1', { schedule: { every: '30m' } })
      const [each] = metered(of, clearblade.messages as never, seen(true, payload))
      return each * devices
    }
    expect(bytes(1_024, 10_000)).toBe(29_491_200_000)
    expect((bytes(1_024, 10_000) / 1_024 ** 3).toFixed(4)).toBe('27.4658')
    expect(bytes(5, 50_000)).toBe(147_456_000_000)
    expect((bytes(5, 50_000) / 1_024 ** 3).toFixed(4)).toBe('137.3291')
  })

  it('ClearBlade: a ping a minute costs as much as HTTP’s answers', () => {
    const clearblade = cloudOf('clearblade')
    const meter = clearblade.messages as never
    const mqtt = month('mqtt-qos0', { connection: { keepAlive: '1m', pings: 'always' } })
    const http = month('http1')
    const [pinging] = metered(mqtt.month, meter, seen(false))
    expect(pinging - 1_024).toBe(43_200 * 2 * 1_024)
    expect(metered(http.month, meter, seen(true))[0]).toBe(43_200 * 2 * 1_024)
    const price = { ...(clearblade.price as NonNullable<CloudMeter['price']>), free: 0 }
    const bill = cloudBill(http.month, { ...clearblade, price }, seen(true), http.fleet)
    expect(bill.total?.[0].toFixed(2)).toBe('0.38')
  })

  it('units of 4 KB, minutes of a session, and units that are bought', () => {
    const { month: of, fleet } = month('mqtt-qos0', { devices: 5000 })
    const azure = cloudOf('azure-iot-hub')
    expect(metered(of, azure.messages as never, seen(false, 6_000))[0]).toBe(2 * 43_200)
    const { quota } = cloudBill(of, azure, seen(false), fleet)
    expect(quota.map(({ name, units, cost }) => [name, units, cost])).toEqual([
      ['B1', 18, 18 * 101.76],
      ['S1', 18, 18 * 254.4],
      ['S2', 2, null],
      ['S3', 1, null],
    ])
    const emqx = cloudOf('emqx-serverless')
    const paid = { ...(emqx.connection as NonNullable<CloudMeter['connection']>), freeMinutes: 0 }
    const bill = cloudBill(of, { ...emqx, connection: paid }, seen(false), fleet)
    expect(bill.connectionCost?.toFixed(4)).toBe('0.0864')
  })
})

describe('what radios take', () => {
  it.each([
    ['lte-phone', 1226],
    ['lte-m-nrf9160', 43],
    ['nb-iot', 158],
    ['nb-iot-rai', 11],
  ])('%s: a wake-up a minute takes %i mAh a day', (id, mAh) => {
    const { month: of } = month('mqtt-qos0')
    const { perWakeUp, ...rest } = radioOf(id)
    const asleep = { ...rest, perWakeUp, sleepMilliamps: 0, perByteUp: 0, perByteDown: 0 }
    expect(Math.round(energyOf(of, asleep, null).mAhADay)).toBe(mAh)
  })

  it('says whether a model can tell transports apart', () => {
    const { month: of } = month('mqtt-qos0')
    expect(energyOf(of, radioOf('nb-iot-rai'), null).tells).toBe('wake-ups')
    expect(energyOf(of, radioOf('lte-phone'), null).tells).toBe('bytes')
  })

  it('is on the air a round trip longer where CONNECT is waited for', () => {
    const link = findLinkProfile('NB-IoT')
    const seconds = ['https1', 'mqtts-qos1'].map((transport) => {
      const fleet = fleetOf({ transports: [transport], connection: { session: 'resumed' } })
      const of = monthOf(fleet, transport, 'per-message', readings.script)
      return of === null ? Number.NaN : activeSeconds(of, link)
    })
    const [http = 0, mqtt = 0] = seconds
    expect(mqtt - http).toBeCloseTo(1.6, 1)
  })
})
