import { tieredCost } from '../model/fleet/figure.ts'
import type { FleetRow } from '../model/fleet/fleet-report.ts'
import type { DataPlan } from '../model/fleet/plan-file.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'
import { DIRECTIONS, type Direction } from '../model/vocabulary.ts'
import type { Month } from './month.ts'
import { ipBytes, packets, payloadBytes, type Volume, wireBytes } from './volume.ts'

/** From and to: the two are the same where nothing is uncertain. */
export type Range = [number, number]

/** What one device's month comes to under one data plan. */
export type PlanBill = FleetRow['plans'][number]

/** Hairs of floating point must not begin a further step. */
const HAIR = 1e-6
const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step - HAIR) * step

/** What a plan counts of a volume, in bytes, before it rounds. */
export function countedBytes(volume: Volume, { counting }: DataPlan): Range {
  const directions: readonly Direction[] =
    counting.direction === 'both' ? DIRECTIONS : [counting.direction]
  switch (counting.what) {
    case 'payload':
      return same(payloadBytes(volume, directions))
    case 'wire':
      return same(wireBytes(volume, directions))
    case 'ip':
      return same(ipBytes(volume, directions))
    case 'ip+tunnel': {
      const [from, to] = counting.tunnelBytes ?? [0, 0]
      const [ip, count] = [ipBytes(volume, directions), packets(volume, directions)]
      return [ip + from * count, ip + to * count]
    }
  }
}

const same = (value: number): Range => [value, value]
const each = ([from, to]: Range, by: (value: number) => number): Range => [by(from), by(to)]

/**
 * What a month is billed: each session, record or month rounded up by itself.
 * Sessions of one kind are alike; a kept one is cut where the operator does, into equal parts.
 * @param monthS seconds of the month
 * @param spread bytes that one session was measured to have more or less, beside the model
 */
export function billedBytes(
  month: Month,
  plan: DataPlan,
  monthS: number,
  spread: Range = [0, 0],
): Range {
  const { rounding } = plan
  const billed = (volume: Volume, count: number, aside: Range): Range => {
    const [from, to] = countedBytes(volume, plan)
    const bill = (bytes: number): number =>
      rounding === undefined
        ? bytes * count
        : Math.max(roundUp(bytes, rounding.to), rounding.minimum ?? 0) * count
    return [bill(from + aside[0]), bill(to + aside[1])]
  }
  if (rounding === undefined || rounding.per === 'month') {
    const count = month.sessions.reduce((sum, session) => sum + session.count, 0)
    return billed(
      month.volume,
      1,
      each(spread, (bytes) => bytes * count),
    )
  }
  const every = rounding.per === 'record' ? rounding.recordEvery : rounding.sessionEndsAfter
  const least = every === undefined ? 1 : monthS / every
  const isKept = month.way.policy === 'kept' || month.way.policy === 'no-connection'
  let sum: Range = [0, 0]
  for (const { volume, count } of month.sessions) {
    const parts = isKept ? Math.max(count, least) : count
    const cut = scaled(volume, count / parts)
    const [from, to] = billed(cut, parts, spread)
    sum = [sum[0] + from, sum[1] + to]
  }
  return sum
}

/** One session of a way that opens a connection for each message or batch; null where that is not what is rounded. */
function sessionBill(month: Month, plan: DataPlan): PlanBill['session'] {
  const [session] = month.sessions
  const { rounding } = plan
  const { policy } = month.way
  const isOwn = policy === 'per-message' || policy === 'per-batch'
  if (rounding === undefined || rounding.per === 'month' || session === undefined || !isOwn)
    return null
  const [, bytes] = countedBytes(session.volume, plan)
  const minimum = rounding.minimum ?? 0
  const billed = Math.max(roundUp(bytes, rounding.to), minimum)
  const aboveStep = bytes <= minimum ? 0 : bytes - (billed - rounding.to)
  return { bytes, step: rounding.to, aboveStep, billed }
}

const scaled = (volume: Volume, factor: number): Volume => {
  const lane = (direction: Direction) =>
    Object.fromEntries(
      Object.entries(volume[direction]).map(([key, value]) => [key, value * factor]),
    ) as Volume[Direction]
  return { up: lane('up'), down: lane('down') }
}

export function planBill(
  month: Month,
  plan: DataPlan,
  { devices, month: monthS }: { devices: number; month: number },
  spread?: Range,
): PlanBill {
  const billed = billedBytes(month, plan, monthS, spread)
  const sure = billedBytes(month, plan, monthS)
  const megabyte = plan.kilobyte ** 2
  const { price, fee, prepaid, rounding } = plan
  const days = monthS / SECONDS_PER_DAY
  const monthly =
    fee === undefined || fee.per === 'once' ? 0 : fee.amount * (fee.per === 'day' ? days : 1)
  const volumeCost =
    price === undefined
      ? null
      : each(billed, (bytes) => {
          const megabytes = bytes / megabyte
          return price.volumeOf === 'device'
            ? tieredCost(megabytes, price.perMegabyte)
            : tieredCost(megabytes * devices, price.perMegabyte) / devices
        })
  const total = volumeCost === null ? null : each(volumeCost, (cost) => cost + monthly)
  return {
    plan: plan.id,
    billedBytes: billed,
    session: sessionBill(month, plan),
    isOpen: rounding !== undefined && billed.some((bytes, end) => bytes !== sure[end]),
    currency: price?.currency ?? fee?.currency ?? null,
    volumeCost,
    fee: fee === undefined || fee.per === 'once' ? null : monthly,
    total,
    fleetTotal: total === null ? null : each(total, (cost) => cost * devices),
    prepaid:
      prepaid === undefined
        ? null
        : {
            ...{ currency: prepaid.currency, amount: prepaid.amount, years: prepaid.years },
            months: [1, 0].map((end) =>
              Math.min(prepaid.years * 12, (prepaid.megabytes * megabyte) / (billed[end] ?? 1)),
            ) as Range,
          },
    once: fee?.per === 'once' ? fee.amount : null,
  }
}
