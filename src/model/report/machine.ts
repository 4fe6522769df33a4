import * as z from 'zod'
import { catalogue, plural } from '../text/language.ts'

const loadMs = z.number().min(0)

/** What else there was while something was measured. */
export const machineSchema = z.strictObject({
  elapsedMs: loadMs,
  cpus: z.int().min(1).nullable().describe('of the machine'),
  loadAverage: z.number().min(0).nullable().describe('over the last minute, at the end of it'),
  othersCpus: z
    .number()
    .min(0)
    .nullable()
    .describe('CPUs that other programs used; null where that is not known or the time too short'),
  stealShare: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('of the machine’s CPU time: what its host gave to others'),
  throttledMs: loadMs
    .nullable()
    .describe('for which a limit on CPU time (cgroup) kept us from going on'),
})

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

const say = catalogue({
  en: {
    others: (used: string, cpus: number | null, average: string | null) =>
      `other programs used ${used} ${cpus === null ? 'CPUs' : `of ${cpus} ${plural(cpus, 'CPU', 'CPUs')}`}${average === null ? '' : ` (load average ${average})`}`,
    steal: (percent: string) => `the host gave ${percent} % of the CPU time to other machines`,
    throttled: (ms: string, of: string) =>
      `a limit on CPU time held the processes back for ${ms} of ${of} ms`,
    advice: {
      others: 'run again when it is quieter, or fewer transports at a time',
      steal: 'run again when the host is quieter, or on another',
      throttled: 'raise the limit (cgroup cpu.max), or fewer transports at a time',
    },
    measuredWhile: (what: readonly string[], advice: readonly string[]) =>
      `measured while ${what.join(', and ')}: ${advice.join('; ')}`,
  },
  'zh-TW': {
    others: (used, cpus, average) =>
      `其他程式用了${cpus === null ? '' : ` ${cpus} 個 CPU 中的`} ${used} 個 CPU${average === null ? '' : `（平均負載 ${average}）`}`,
    steal: (percent) => `主機把 ${percent} % 的 CPU 時間給了其他機器`,
    throttled: (ms, of) => `CPU 時間的上限使程序在 ${of} ms 中停了 ${ms} ms`,
    advice: {
      others: '等較安靜時再測，或一次少測幾種傳輸方式',
      steal: '等主機較閒時再測，或換一台',
      throttled: '提高上限（cgroup cpu.max），或一次少測幾種傳輸方式',
    },
    measuredWhile: (what, advice) => `測量時${what.join('，而且')}：${advice.join('；')}`,
  },
})

/**
 * What disturbed a measurement, and what to do about it; null where nothing did.
 * `measured while other programs used 1.4 of 2 CPUs: run again when it is quieter, or fewer transports at a time`
 */
export function describeDisturbance(machine: MachineLoad): string | null {
  const causes = causesOf(machine)
  if (causes.length === 0) return null
  const { othersCpus, cpus, stealShare, throttledMs, elapsedMs, loadAverage } = machine
  const texts = {
    others: say.others((othersCpus ?? 0).toFixed(1), cpus, loadAverage?.toFixed(1) ?? null),
    steal: say.steal(((stealShare ?? 0) * 100).toFixed(0)),
    throttled: say.throttled((throttledMs ?? 0).toFixed(0), elapsedMs.toFixed(0)),
  }
  return say.measuredWhile(
    causes.map((cause) => texts[cause]),
    causes.map((cause) => say.advice[cause]),
  )
}
