import { availableParallelism, loadavg } from 'node:os'

/** `load average 12.1 on 2 CPUs`. */
export function describeLoadAverage(): string {
  const cpus = availableParallelism()
  return `load average ${currentLoadAverage().toFixed(1)} on ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`
}

/** Why something did not get on, as far as the machine tells, and what may help. */
export function blameMachine(): string {
  return currentLoadAverage() > availableParallelism()
    ? `the machine is busy (${describeLoadAverage()}); run again when it is quieter, or with fewer transports at a time`
    : `the machine does not look busy (${describeLoadAverage()}), so a slow disk or a limit on CPU time may be the cause; run again, or with fewer transports at a time`
}

/** Over the last minute. */
const currentLoadAverage = (): number => loadavg()[0] ?? 0
