import type * as z from 'zod'
import { type Saying, said } from '../said/said.ts'
import type { machineSchema } from './machine-schema.ts'

export type MachineLoad = z.output<typeof machineSchema>

/** More than this of one CPU, and a latency is another's as well. */
const MOST_OTHERS_CPUS = 0.25
const MOST_STEAL_SHARE = 0.05

/** Whether times measured under it are to be trusted. */
export const isDisturbed = (machine: MachineLoad): boolean => causesOf(machine).length > 0

function causesOf({ othersCpus, stealShare, throttledMs }: MachineLoad) {
  return [
    ...((othersCpus ?? 0) > MOST_OTHERS_CPUS ? (['others'] as const) : []),
    ...((stealShare ?? 0) > MOST_STEAL_SHARE ? (['steal'] as const) : []),
    ...((throttledMs ?? 0) > 0 ? (['throttled'] as const) : []),
  ]
}

/** The worst of several, each figure by itself; null of none. */
export function worstOf(all: readonly MachineLoad[]): MachineLoad | null {
  const [first] = all
  if (first === undefined) return null
  const most = (of: (machine: MachineLoad) => number | null): number | null => {
    const known = all.flatMap((machine) => of(machine) ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  return {
    elapsedMs: Math.max(...all.map(({ elapsedMs }) => elapsedMs)),
    cpus: first.cpus,
    loadAverage: most(({ loadAverage }) => loadAverage),
    othersCpus: most(({ othersCpus }) => othersCpus),
    stealShare: most(({ stealShare }) => stealShare),
    throttledMs: most(({ throttledMs }) => throttledMs),
  }
}

/**
 * What disturbed a measurement, and what to do about it; null where nothing did.
 * `measured while other programs used 1.4 of 2 CPUs: run again when it is quieter, or fewer transports at a time`
 */
export function describeDisturbance(machine: MachineLoad): Saying | null {
  const causes = causesOf(machine)
  if (causes.length === 0) return null
  const { othersCpus, cpus, stealShare, throttledMs, elapsedMs, loadAverage } = machine
  const what = {
    others: said('othersUsed', {
      used: (othersCpus ?? 0).toFixed(1),
      cpus: cpus ?? 0,
      load: loadAverage?.toFixed(1) ?? '',
    }),
    steal: said('stolen', { percent: ((stealShare ?? 0) * 100).toFixed(0) }),
    throttled: said('throttled', {
      ms: (throttledMs ?? 0).toFixed(0),
      of: elapsedMs.toFixed(0),
    }),
  }
  const advice = {
    others: said('whenQuieter'),
    steal: said('whenHostIsQuieter'),
    throttled: said('raiseLimit'),
  }
  return said('measuredWhile', {
    what: causes.map((cause) => what[cause]),
    advice: causes.map((cause) => advice[cause]),
  })
}
