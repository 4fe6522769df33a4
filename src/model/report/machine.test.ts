import { describe, expect, it } from 'vitest'
import { saidInEnglish } from '../said/said.ts'
import { describeDisturbance, isDisturbed, type MachineLoad, worstOf } from './machine.ts'

const QUIET: MachineLoad = {
  ...{ elapsedMs: 2_000, cpus: 2, loadAverage: 3.14 },
  ...{ othersCpus: 0.25, stealShare: 0.05, throttledMs: 0 },
}

const told = (machine: MachineLoad): string => saidInEnglish(describeDisturbance(machine) ?? '')

describe('a machine', () => {
  it('is quiet up to a limit, and where nothing is known', () => {
    expect(describeDisturbance(QUIET)).toBeNull()
    const unknown = { ...QUIET, othersCpus: null, stealShare: null, throttledMs: null }
    expect(isDisturbed(unknown)).toBe(false)
  })

  it('is told to be busy, with what to do', () => {
    expect(told({ ...QUIET, othersCpus: 1.44 })).toBe(
      'measured while other programs used 1.4 of 2 CPUs (load average 3.1): run again when it is quieter, or fewer transports at a time',
    )
    expect(told({ ...QUIET, stealShare: 0.123, throttledMs: 150 })).toBe(
      'measured while the host gave 12 % of the CPU time to other machines, and a limit on CPU time held the processes back for 150 of 2000 ms: run again when the host is quieter, or on another; raise the limit (cgroup cpu.max), or fewer transports at a time',
    )
  })

  it('is as bad as the worst of several', () => {
    const other = { ...QUIET, othersCpus: null, stealShare: 0.5, loadAverage: 1 }
    expect(worstOf([QUIET, other])).toEqual({ ...QUIET, stealShare: 0.5 })
    expect(worstOf([])).toBeNull()
  })
})
