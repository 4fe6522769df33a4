import { describe, expect, it } from 'vitest'
import {
  cgroupStatFiles,
  type MachineReading,
  machineBetween,
  parseMachineTimes,
  parseThrottledMs,
  readMachine,
} from './machine-load.ts'

const STAT = [
  'cpu  100 20 30 4000 5 6 70 8 90 0',
  'cpu0 50 10 15 2000 5 6 35 4 90 0',
  'cpu1 50 10 15 2000 0 0 35 4 0 0',
  'intr 4690721 0 0',
  'ctxt 1',
].join('\n')

describe('/proc/stat', () => {
  it('tells busy and stolen time, without interrupts', () =>
    expect(parseMachineTimes(STAT)).toEqual({
      ...{ cpus: 2, busyUs: 1_500_000, stealUs: 80_000, totalUs: 42_390_000 },
    }))
  it.each(['', 'nothing of the kind', 'cpu  0 0 0 0 0 0 0 0 0 0'])('%j tells nothing', (text) =>
    expect(parseMachineTimes(text)).toBeNull(),
  )
})

describe('control groups', () => {
  it.each([
    ['0::/\n', [['/sys/fs/cgroup/cpu.stat'], ['/sys/fs/cgroup/unified/cpu.stat']]],
    [
      '0::/a.slice/b\n',
      [
        ['/a.slice/b', '/a.slice', ''].map((path) => `/sys/fs/cgroup${path}/cpu.stat`),
        ['/a.slice/b', '/a.slice', ''].map((path) => `/sys/fs/cgroup/unified${path}/cpu.stat`),
      ],
    ],
    [
      '9:cpuset:/x\n4:cpu,cpuacct:/docker/ab\n',
      [
        ['/docker/ab', '/docker', ''].map((path) => `/sys/fs/cgroup/cpu,cpuacct${path}/cpu.stat`),
        ['/docker/ab', '/docker', ''].map((path) => `/sys/fs/cgroup/cpu${path}/cpu.stat`),
      ],
    ],
    ['1:cpu:/\n', [['/sys/fs/cgroup/cpu/cpu.stat']]],
    ['', []],
  ])('of %j have their files', (text, files) => expect(cgroupStatFiles(text)).toEqual(files))

  it.each([
    ['usage_usec 1\nnr_periods 9\nnr_throttled 2\nthrottled_usec 1500\n', 1.5],
    ['nr_periods 0\nnr_throttled 0\nthrottled_time 2500000\n', 2.5],
    ['usage_usec 1\n', null],
  ])('say %j', (text, ms) => expect(parseThrottledMs(text)).toBe(ms))
})

describe('between two readings', () => {
  const reading = (atMs: number, busyMs: number, oursMs: number | null): MachineReading => ({
    atNs: BigInt(atMs) * 1_000_000n,
    loadAverage: 1.234,
    machine: {
      cpus: 2,
      busyUs: busyMs * 1_000,
      stealUs: atMs * 100,
      totalUs: 2 * atMs * 1_000,
    },
    oursUs: oursMs === null ? null : oursMs * 1_000,
    throttledMs: atMs / 100,
  })

  it('is what others used', () =>
    expect(machineBetween(reading(1_000, 500, 100), reading(3_000, 3_500, 1_100))).toEqual({
      ...{ elapsedMs: 2_000, cpus: 2, loadAverage: 1.23 },
      ...{ othersCpus: 1, stealShare: 0.05, throttledMs: 20 },
    }))

  it('is never less than nothing', () =>
    expect(machineBetween(reading(0, 0, 0), reading(1_000, 10, 20)).othersCpus).toBe(0))

  it('is not told by a moment, nor where we do not know what we used', () => {
    expect(machineBetween(reading(0, 0, 0), reading(50, 50, 0))).toMatchObject({
      ...{ othersCpus: null, stealShare: null, throttledMs: 0.5 },
    })
    expect(machineBetween(reading(0, 0, 0), reading(500, 50, null)).othersCpus).toBeNull()
  })

  it('is not told where the machine tells nothing', () => {
    const nothing = { loadAverage: null, machine: null, oursUs: null, throttledMs: null }
    expect(machineBetween({ atNs: 0n, ...nothing }, { atNs: 1_000_000_000n, ...nothing })).toEqual({
      ...{ elapsedMs: 1_000, cpus: null, loadAverage: null },
      ...{ othersCpus: null, stealShare: null, throttledMs: null },
    })
  })
})

it.skipIf(process.platform !== 'linux')('reads this machine', () => {
  const { loadAverage, oursUs } = readMachine()
  expect(loadAverage).not.toBeNull()
  expect(oursUs).toBeGreaterThan(0)
})
