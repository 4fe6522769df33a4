import type { CloudMeter } from '../model/fleet/cloud-file.ts'
import { tieredCost } from '../model/fleet/figure.ts'
import type { FleetRow } from '../model/fleet/fleet-report.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'
import type { Range } from './bill.ts'
import type { Month } from './month.ts'
import { wireBytes } from './volume.ts'

/** What of a message a cloud sees. */
export interface SeenMessage {
  readonly payloadBytes: number
  readonly topicBytes: number
  /** Of the body that an HTTP answer has. */
  readonly responseBytes: number
  readonly isHttp: boolean
}

/** What one device's month comes to at one cloud service. */
export type CloudBill = FleetRow['clouds'][number]

const KIB = 1_024
const MILLION = 1e6

/** How much of what a message is metered as: units of so many bytes, at least one. */
const unitsOf = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit))

type Metering = NonNullable<CloudMeter['messages']>

/** Of one device a month: from, where answers do not count, to, where they do. */
export function metered(month: Month, meter: Metering, seen: SeenMessage): Range {
  const size = (bytes: number): number =>
    meter.minimumBytes === undefined
      ? unitsOf(bytes, meter.unitBytes)
      : Math.max(bytes, meter.minimumBytes)
  const { payloadBytes, topicBytes, responseBytes, isHttp } = seen
  const batch = month.way.batch?.as === 'message' ? month.way.batch.size : 1
  const content =
    payloadBytes * batch + (meter.content === 'payload+topic' && !isHttp ? topicBytes : 0)
  const connects = !isHttp && meter.connect ? month.connections : 0
  const pings = !isHttp && meter.ping ? month.pings : 0
  const counted = month.messages * size(content) + (connects + pings) * size(0)
  const answers = isHttp ? month.messages * size(responseBytes) : 0
  if (meter.response === 'unknown') return [counted, counted + answers]
  const all = counted + (meter.response ? answers : 0)
  return [all, all]
}

export function cloudBill(
  month: Month,
  meter: CloudMeter,
  seen: SeenMessage,
  { devices, month: monthS }: { devices: number; month: number },
): CloudBill {
  const { messages, price, connection, traffic, quota = [] } = meter
  const count = messages === undefined ? null : metered(month, messages, seen)
  const isByVolume = messages?.minimumBytes !== undefined
  const cost = (units: number): number => {
    if (price === undefined) return 0
    const size =
      price.per === 'million messages' ? MILLION : price.per === 'MB' ? KIB ** 2 : KIB ** 3
    return tieredCost(Math.max(0, (units * devices) / size - price.free), price.tiers) / devices
  }
  const messageCost: Range | null =
    count === null || price === undefined ? null : [cost(count[0]), cost(count[1])]
  const minutes =
    connection === undefined || seen.isHttp
      ? null
      : connectionMinutes(month, monthS, connection.roundTo)
  const connectionCost =
    connection === undefined || minutes === null
      ? null
      : (Math.max(0, minutes * devices - connection.freeMinutes) * connection.perMillionMinutes) /
        MILLION /
        devices
  const trafficCost =
    traffic === undefined
      ? null
      : (Math.max(0, (wireBytes(month.volume) * devices) / KIB ** 3 - traffic.freeGigabytes) *
          traffic.perGigabyte) /
        devices
  const costs = [connectionCost, trafficCost].filter((each) => each !== null)
  const besides = costs.reduce((sum, each) => sum + each, 0)
  const total: Range | null =
    messageCost === null && costs.length === 0
      ? null
      : [(messageCost?.[0] ?? 0) + besides, (messageCost?.[1] ?? 0) + besides]
  const days = monthS / SECONDS_PER_DAY
  return {
    ...{ cloud: meter.id, metered: count, unit: isByVolume ? 'bytes' : 'messages' },
    currency: price?.currency ?? connection?.currency ?? traffic?.currency ?? null,
    ...{ messageCost, connectionMinutes: minutes, connectionCost, trafficCost, total },
    fleetTotal: total === null ? null : [total[0] * devices, total[1] * devices],
    quota: quota.map(({ name, messagesADay, currency = null, aMonth }) => {
      const units = Math.max(1, Math.ceil(((count?.[1] ?? 0) * devices) / days / messagesADay))
      return { name, units, currency, cost: aMonth === undefined ? null : units * aMonth }
    }),
  }
}

/** A kept connection is there all the month; one for each message is done within a step. */
function connectionMinutes(month: Month, monthS: number, stepS: number): number | null {
  const { policy } = month.way
  if (policy === 'no-connection') return null
  return policy === 'kept' ? monthS / 60 : (month.connections * stepS) / 60
}
