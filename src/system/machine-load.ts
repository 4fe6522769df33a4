import { availableParallelism, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import type { MachineLoad } from '../model/report/machine.ts'
import { type Said, said } from '../model/said/said.ts'
import { nowNs } from './clock.ts'
import { familyCpuUs, TICK_US } from './resource-usage.ts'
import { textOf } from './text-of.ts'

/** What the machine and we had used at some moment; null where nothing tells. */
export interface MachineReading {
  readonly atNs: bigint
  readonly loadAverage: number | null
  readonly machine: MachineTimes | null
  /** CPU time of this process and all below it, also of those that have ended. */
  readonly oursUs: number | null
  readonly throttledMs: number | null
}

export interface MachineTimes {
  readonly cpus: number
  /** By programs, without interrupts. */
  readonly busyUs: number
  readonly stealUs: number
  /** Of all that is counted, idle time included. */
  readonly totalUs: number
}

/** The kernel counts in hundredths of a second: below this, shares are its rounding. */
const SHORTEST_MS = 200

const CGROUPS = '/sys/fs/cgroup'

export function readMachine(): MachineReading {
  const stat = textOf('/proc/stat')
  return {
    atNs: nowNs(),
    loadAverage: process.platform === 'win32' ? null : currentLoadAverage(),
    machine: stat === null ? null : parseMachineTimes(stat),
    oursUs: familyCpuUs(),
    throttledMs: readThrottledMs(),
  }
}

/** What there was between two readings. */
export function machineBetween(from: MachineReading, to: MachineReading): MachineLoad {
  const elapsedMs = Number(to.atNs - from.atNs) / 1e6
  const [before, after] = [from.machine, to.machine]
  const isTold =
    elapsedMs >= SHORTEST_MS && before !== null && after !== null && after.totalUs > before.totalUs
  const ours = difference(from.oursUs, to.oursUs)
  return {
    elapsedMs: rounded(elapsedMs, 1),
    cpus: after?.cpus ?? null,
    loadAverage: to.loadAverage === null ? null : rounded(to.loadAverage, 2),
    othersCpus:
      isTold && ours !== null
        ? rounded(Math.max(0, after.busyUs - before.busyUs - ours) / (elapsedMs * 1_000), 3)
        : null,
    stealShare: isTold
      ? rounded(
          Math.min(
            1,
            Math.max(0, after.stealUs - before.stealUs) / (after.totalUs - before.totalUs),
          ),
          4,
        )
      : null,
    throttledMs: difference(from.throttledMs, to.throttledMs),
  }
}

/** Never less than nothing; null where one of the two is not known. */
const difference = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : rounded(Math.max(0, to - from), 3)

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

/**
 * `/proc/stat`, proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
 * Time in interrupts is left out: our own packets over loopback are handled
 * there, and kernels differ in whether they charge a process for it; so what
 * others used comes out too low rather than too high, by a tenth of a CPU. Null where it is something else, or
 * a sandbox that counts nothing.
 */
export function parseMachineTimes(text: string): MachineTimes | null {
  const line = /^cpu +(.*)$/m.exec(text)?.[1]
  if (line === undefined) return null
  // Guests, in the fields after these, are counted in user and nice already.
  const ticks = line.trim().split(/\s+/).map(Number).slice(0, 8)
  const [user = 0, nice = 0, system = 0] = ticks
  const total = ticks.reduce((sum, each) => sum + each, 0)
  if (!(total > 0)) return null
  return {
    cpus: Math.max(1, text.match(/^cpu\d+ /gm)?.length ?? 1),
    busyUs: (user + nice + system) * TICK_US,
    stealUs: (ticks[7] ?? 0) * TICK_US,
    totalUs: total * TICK_US,
  }
}

/**
 * The `cpu.stat` of every control group that a process is in, as `/proc/self/cgroup`
 * names them, from the group up: a limit may be set on any of them. One list for
 * each place that they may be mounted at. In a container the path may be the
 * host's, and its own group is then the root.
 */
export function cgroupStatFiles(text: string): string[][] {
  return text.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (match === null) return []
    const [, controllers = '', path = '/'] = match
    // Version 2 has one hierarchy, and its line names no controllers.
    const isCpu = controllers === '' || controllers.split(',').includes('cpu')
    const mounts = controllers === '' ? ['', 'unified'] : [controllers, 'cpu']
    return (isCpu ? [...new Set(mounts)] : []).map((mount) =>
      foldersUpFrom(path).map((folder) => join(CGROUPS, mount, folder, 'cpu.stat')),
    )
  })
}

function foldersUpFrom(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [path] : [path, ...foldersUpFrom(parent)]
}

/** For how long a group was held back; null where the file does not say. */
export function parseThrottledMs(text: string): number | null {
  const v2 = /^throttled_usec (\d+)$/m.exec(text)?.[1]
  if (v2 !== undefined) return Number(v2) / 1e3
  const v1 = /^throttled_time (\d+)$/m.exec(text)?.[1]
  return v1 === undefined ? null : Number(v1) / 1e6
}

/** Found once: a process stays where it is. */
let throttleFiles: readonly string[] | null = null

function readThrottledMs(): number | null {
  throttleFiles ??= findThrottleFiles()
  const known = throttleFiles.flatMap((file) => parseThrottledMs(textOf(file) ?? '') ?? [])
  return known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0)
}

/** Of one place only: what is mounted at two would count twice. */
function findThrottleFiles(): readonly string[] {
  const isTelling = (file: string): boolean => parseThrottledMs(textOf(file) ?? '') !== null
  const places = cgroupStatFiles(textOf('/proc/self/cgroup') ?? '')
  return places.map((files) => files.filter(isTelling)).find((files) => files.length > 0) ?? []
}

/** Why something did not get on, as far as the machine tells, and what may help. */
export function blameMachine(): Said {
  const cpus = availableParallelism()
  const average = currentLoadAverage()
  const isBusy = average > cpus
  return said(isBusy ? 'machineBusy' : 'machineCalm', { load: average.toFixed(1), cpus })
}

/** Over the last minute. */
const currentLoadAverage = (): number => loadavg()[0] ?? 0
