import type { FleetRow } from '../model/fleet/fleet-report.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'
import type { RadioModel } from '../model/fleet/radio-file.ts'
import type { LinkProfile } from '../model/link/profile.ts'
import type { Month } from './month.ts'
import { ipBytes } from './volume.ts'

const MS_PER_S = 1_000
const BITS = 8
const MC_PER_MAH = 3_600

/** What a device takes a day by one radio model. */
type Energy = FleetRow['radios'][number]

/** Seconds that a wake-up keeps the link: its round trips, and its bytes at the link's rates. */
export function activeSeconds({ wakeUp, roundTrips }: Month, link: LinkProfile): number {
  const atRate = (bytes: number, bitsPerS: number | null): number =>
    bitsPerS === null ? 0 : (bytes * BITS) / bitsPerS
  return (
    (roundTrips * link.rttMs) / MS_PER_S +
    atRate(ipBytes(wakeUp, ['up']), link.upBitsPerS) +
    atRate(ipBytes(wakeUp, ['down']), link.downBitsPerS)
  )
}

export function energyOf(month: Month, model: RadioModel, link: LinkProfile | null): Energy {
  const {
    perWakeUp,
    perByteUp = 0,
    perByteDown = 0,
    perActiveSecond = 0,
    sleepMilliamps = 0,
  } = model
  const active = link === null ? 0 : activeSeconds(month, link)
  const charge =
    perWakeUp +
    perByteUp * ipBytes(month.wakeUp, ['up']) +
    perByteDown * ipBytes(month.wakeUp, ['down']) +
    perActiveSecond * active
  const asleep = (sleepMilliamps * SECONDS_PER_DAY) / MC_PER_MAH
  const tellsByTime = perActiveSecond > 0 && link !== null
  const tellsMore = perByteUp > 0 || perByteDown > 0 || tellsByTime
  return {
    radio: model.id,
    mAhADay: (charge * month.wakeUpsADay) / MC_PER_MAH + asleep,
    // What it can tell ways of talking apart by; without a rate by byte or by time, wake-ups alone.
    tells: tellsMore ? 'bytes' : perWakeUp > 0 ? 'wake-ups' : 'nothing',
  }
}
