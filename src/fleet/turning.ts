import type { FleetFile, Policy } from '../model/fleet/fleet-file.ts'
import type { FleetReport, Turning } from '../model/fleet/fleet-report.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'
import { type Month, monthOf, reshaping, type Scripts } from './month.ts'
import { withPayload } from './reshape.ts'
import { ipBytes } from './volume.ts'

interface Case {
  readonly fleet: FleetFile
  readonly scripts: Scripts
}

/** From how short to how long an interval is looked at. */
const LEAST_S = 1
const MOST_S = 7 * SECONDS_PER_DAY
const STEPS = 96
/** Of a bisection: a turning point to a thousandth. */
const CLOSE = 1e-4

const at = (fleet: FleetFile, seconds: number): FleetFile => ({
  ...fleet,
  schedule: { every: seconds },
})

/** The name of a row, as it was asked for. */
export interface Named {
  readonly transport: string
  readonly policy: Month['way']['policy']
}

const bytesOf = ({ fleet, scripts }: Case, { transport, policy }: Named): number => {
  const month = monthOf(fleet, transport, policy, scripts)
  return month === null ? Number.POSITIVE_INFINITY : ipBytes(month.volume)
}

/** Where a sign changes between two values of an input, which is halved until they are close. */
function turn(isThere: (value: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to]
  while (Math.abs(high - low) > CLOSE * Math.abs(low)) {
    const middle = (low + high) / 2
    if (isThere(middle)) high = middle
    else low = middle
  }
  return high
}

const intervals = Array.from(
  { length: STEPS + 1 },
  (_, step) => LEAST_S * (MOST_S / LEAST_S) ** (step / STEPS),
)

/** From which interval on a kept connection takes more than opening one for each message. */
export function breakEvensOf(
  fleet: FleetFile,
  scripts: Scripts,
  rows: readonly Named[],
): FleetReport['breakEvens'] {
  const both = rows.filter(
    ({ transport, policy }) =>
      policy === 'kept' &&
      rows.some((row) => row.transport === transport && row.policy === 'per-message'),
  )
  return both.map(({ transport }) => {
    const isMore = (seconds: number): boolean => {
      const of = (policy: Policy): number =>
        bytesOf({ fleet: at(fleet, seconds), scripts }, { transport, policy })
      return of('kept') > of('per-message')
    }
    // From the far end: beyond it keeping costs more, whatever it does before.
    const last = intervals.findLastIndex((seconds) => !isMore(seconds))
    if (last === intervals.length - 1) return { transport, keptCostsMoreFromS: null }
    if (last === -1) return { transport, keptCostsMoreFromS: LEAST_S }
    const from = turn(isMore, intervals[last] as number, intervals[last + 1] as number)
    return { transport, keptCostsMoreFromS: from }
  })
}

/** Bytes a month against the interval, for a picture. */
export function curvesOf(
  fleet: FleetFile,
  scripts: Scripts,
  rows: readonly Named[],
): FleetReport['curves'] {
  const some = intervals.filter((seconds) => seconds >= 10)
  return rows.map(({ transport, policy }) => ({
    ...{ transport, policy },
    points: some.map((seconds): [number, number] => [
      seconds,
      bytesOf({ fleet: at(fleet, seconds), scripts }, { transport, policy }),
    ]),
  }))
}

const FACTORS = Array.from({ length: 20 }, (_, step) => 1.4 ** (step + 1))

/** The inputs, one at a time, at which another way takes the fewest bytes: the nearest of each. */
export function turningOf(
  fleet: FleetFile,
  scripts: Scripts,
  rows: readonly Named[],
  payload: number,
): Turning[] {
  if (rows.length < 2) return []
  const { connection, schedule } = fleet
  const inputs: { input: Turning['input']; now: number; of: (value: number) => Case | null }[] = [
    {
      ...{ input: 'interval', now: schedule.every ?? 0 },
      of: (value) => (value > MOST_S ? null : { fleet: at(fleet, value), scripts }),
    },
    {
      ...{ input: 'payload', now: payload },
      of: (value) => {
        if (fleet.batch !== undefined || value > 65_536) return null
        const bytes = Math.round(value)
        return { fleet, scripts: reshaping(scripts, (script) => withPayload(script, bytes)) }
      },
    },
    {
      ...{ input: 'keep-alive', now: connection.keepAlive },
      of: (keepAlive) => ({
        fleet: { ...fleet, connection: { ...connection, keepAlive } },
        scripts,
      }),
    },
    {
      ...{ input: 'reconnects', now: connection.reconnects },
      of: (reconnects) =>
        reconnects > 86_400
          ? null
          : { fleet: { ...fleet, connection: { ...connection, reconnects } }, scripts },
    },
  ]
  const winner = (given: Case | null): Named | null => {
    if (given === null) return null
    const all = rows.map((row) => ({ row, bytes: bytesOf(given, row) }))
    return all.reduce((best, each) => (each.bytes < best.bytes ? each : best)).row
  }
  return inputs
    .filter(({ now }) => now > 0)
    .flatMap(({ input, now, of }): Turning[] => {
      const before = winner(of(now))
      if (before === null) return []
      const isOther = (value: number): boolean => {
        const found = winner(of(value))
        return found !== null && !isSame(found, before)
      }
      const steps = FACTORS.flatMap((factor, index) => {
        const last = FACTORS[index - 1] ?? 1
        return [
          [now * last, now * factor],
          [now / last, now / factor],
        ] as const
      })
      const step = steps.find(([, to]) => isOther(to))
      if (step === undefined) return []
      const value = turn(isOther, ...step)
      const after = winner(of(value))
      return after === null
        ? []
        : [{ input, now, at: value, before: name(before), after: name(after) }]
    })
    .toSorted((a, b) => distance(a) - distance(b))
}

const name = ({ transport, policy }: Named): Named => ({ transport, policy })
const isSame = (a: Named, b: Named): boolean => a.transport === b.transport && a.policy === b.policy
const distance = ({ now, at: value }: Turning): number => Math.abs(Math.log(value / now))
