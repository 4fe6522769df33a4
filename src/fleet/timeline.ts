import type { FleetFile } from '../model/fleet/fleet-file.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'

/** So often a month, so long after a message nothing is said but pings. */
export interface Gap {
  readonly seconds: number
  /** A month; gaps are as many as messages. */
  readonly count: number
}

/** The gaps of a month, from the schedule: no sampling, one kind for each that differs. */
export function gapsOf({ schedule, month }: Pick<FleetFile, 'schedule' | 'month'>): Gap[] {
  const { every, bursts, daily, commands } = schedule
  if (every !== undefined) return [{ seconds: every, count: month / every }]
  if (commands !== undefined) {
    const seconds = SECONDS_PER_DAY / commands
    return [{ seconds, count: month / seconds }]
  }
  if (bursts !== undefined) {
    const rounds = month / bursts.every
    const inside = bursts.messages - 1
    return [
      { seconds: bursts.gap, count: rounds * inside },
      { seconds: bursts.every - inside * bursts.gap, count: rounds },
    ]
  }
  return gapsOfDay(daily ?? [], month / SECONDS_PER_DAY)
}

/** What is left of the day is added to the last gap of it. */
function gapsOfDay(parts: readonly { hours: number; every: number }[], days: number): Gap[] {
  const gaps: Gap[] = []
  const spoken = parts.reduce((sum, { hours }) => sum + hours * 3_600, 0)
  parts.forEach(({ hours, every }, at) => {
    const count = (hours * 3_600) / every
    const rest = at === parts.length - 1 ? SECONDS_PER_DAY - spoken : 0
    if (rest === 0) gaps.push({ seconds: every, count: count * days })
    else {
      if (count > 1) gaps.push({ seconds: every, count: (count - 1) * days })
      gaps.push({ seconds: every + rest, count: Math.min(1, count) * days })
    }
  })
  return gaps
}

export const messagesIn = (gaps: readonly Gap[]): number =>
  gaps.reduce((sum, { count }) => sum + count, 0)

export interface Silence {
  /** Seconds from the last packet sent to a ping; 0: none. */
  readonly keepAlive: number
  readonly pings: 'when-silent' | 'always'
  /** Seconds of silence that lose the connection; infinite where none do. */
  readonly limit: number
}

/** What happens on a kept connection between a message and the next. */
export interface GapDeeds {
  /** Pings on the connection that is there. */
  readonly pings: number
  /** Pings that find it lost and open another. */
  readonly pingsThatOpen: number
  /** Whether the next message finds it lost. */
  readonly losesConnection: boolean
}

/** Floating point has 15 min a whole number of times in 30 days. */
const HAIR = 1e-9

/**
 * [MQTT-3.1.2-23]: a client sends a control packet within the keep-alive; a ping
 * is due when it has sent nothing else for so long. At the instant of a message
 * that one is sent.
 */
export function deedsOf(seconds: number, { keepAlive, pings, limit }: Silence): GapDeeds {
  if (keepAlive === 0) {
    return { pings: 0, pingsThatOpen: 0, losesConnection: seconds >= limit }
  }
  const due = pings === 'always' ? seconds / keepAlive : Math.ceil(seconds / keepAlive - HAIR) - 1
  if (keepAlive < limit) {
    return { pings: due, pingsThatOpen: 0, losesConnection: due < 1 && seconds >= limit }
  }
  const rest = due < 1 ? seconds : seconds - Math.floor(due) * keepAlive
  return { pings: 0, pingsThatOpen: due, losesConnection: rest >= limit }
}
