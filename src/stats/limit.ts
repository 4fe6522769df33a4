import type { SideUsage } from '../model/report/load-result.ts'
import type { Limit } from '../model/vocabulary.ts'

/**
 * From here on a side is called busy all the time. A process that has more to do
 * than it can still loses some per cent to the kernel's own work, which is
 * charged to nobody.
 */
const BUSY_SHARE = 0.9

/** From here on the messages in flight are called exhausted. */
const FULL_SHARE = 0.9

/** What a side of a load run used, before it is judged. */
type Processes = SideUsage['processes']

/** Which side cannot do more at saturation; null where a side is not known. */
export function limitAtSaturation(
  generatorBusy: number | null,
  serverBusy: number | null,
): Limit | null {
  if (generatorBusy === null || serverBusy === null) return null
  const generator = generatorBusy >= BUSY_SHARE
  const server = serverBusy >= BUSY_SHARE
  if (generator && server) return 'both'
  if (generator) return 'generator'
  return server ? 'server' : 'neither'
}

export interface OpenLoopFigures {
  readonly rateMet: 'met' | 'not met'
  readonly serverBusy: number | null
  /** Messages sent and not completed, at most, over all connections. */
  readonly capacity: number
  readonly messagesPerS: number
  /** From sending to completion, on average, in seconds; null where completion is flushed. */
  readonly serviceS: number | null
  /** Connections that were lost: what kept a rate from being met then was neither side's limit. */
  readonly lostConnections: number
}

/**
 * Which side kept an offered rate from being met. A generator that waits for the
 * next due instant turns its event loop all the time, so how busy it is says
 * nothing here. What does: rate times service time is the mean number in flight
 * (Little's law). Where it is all that is allowed, the generator was not late,
 * it had to wait.
 */
export function limitAtRate(figures: OpenLoopFigures): Limit | null {
  const { rateMet, serverBusy, capacity, messagesPerS, serviceS, lostConnections } = figures
  if (rateMet === 'met') return 'neither'
  if (serverBusy === null || lostConnections > 0) return null
  if (serverBusy >= BUSY_SHARE) return 'server'
  const inFlight = serviceS === null ? 0 : messagesPerS * serviceS
  return inFlight >= capacity * FULL_SHARE ? 'neither' : 'generator'
}

/**
 * How busy a server is: as its busiest CPU, where processes share one they are
 * pinned to, or its busiest event loop. An event loop that never waits is busy
 * even where another program takes the CPU from it.
 */
export function busyShareOfServer(processes: Processes): number | null {
  return processes.length === 0 ? null : Math.max(...cpuShares(processes), ...loopShares(processes))
}

/**
 * How busy load processes are on average: each of them sends what it can, so
 * that the generator can do no more only when none of them can.
 */
export function busyShareOfGenerator(processes: Processes): number | null {
  if (processes.length === 0) return null
  const loops = loopShares(processes)
  return Math.max(mean(cpuShares(processes)), loops.length === 0 ? 0 : mean(loops))
}

/** Of each CPU that something is pinned to, and of each process that is not. */
function cpuShares(processes: Processes): number[] {
  const ofCpu = new Map<number, number>()
  const unpinned: number[] = []
  for (const { cpu, userShare, systemShare } of processes) {
    const used = userShare + systemShare
    if (cpu === null) unpinned.push(used)
    else ofCpu.set(cpu, (ofCpu.get(cpu) ?? 0) + used)
  }
  return [...ofCpu.values(), ...unpinned]
}

const loopShares = (processes: Processes): number[] =>
  processes.flatMap(({ eventLoopShare }) => eventLoopShare ?? [])

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
