import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import type { ProcessUsage } from '../model/report/load-result.ts'
import { nowNs } from './clock.ts'
import { textOf } from './text-of.ts'

/** What a process and those below it have used since they began. */
export interface UsageReading {
  atNs: bigint
  /** This process: CPU time in microseconds, event loop in milliseconds. */
  own: { userUs: number; systemUs: number; loopActiveMs: number; loopIdleMs: number }
  /** Programs that it has started, a broker for one, by process id. */
  programs: { pid: number; name: string; userUs: number; systemUs: number }[]
}

/** Linux counts process times in hundredths of a second for everybody (proc(5), sysconf(_SC_CLK_TCK)). */
export const TICK_US = 10_000

/** Reads what this process has used, and where there is a `/proc` the programs below it. */
export function readUsage(): UsageReading {
  const { user, system } = process.cpuUsage()
  const { active, idle } = performance.eventLoopUtilization()
  return {
    atNs: nowNs(),
    own: { userUs: user, systemUs: system, loopActiveMs: active, loopIdleMs: idle },
    programs: process.platform === 'linux' ? descendantsOf(process.pid) : [],
  }
}

/**
 * What was used between two readings, as shares of one CPU.
 * @param name what the process is called; programs have their own names
 */
export function usageBetween(
  name: string,
  cpu: number | null,
  from: UsageReading,
  to: UsageReading,
): ProcessUsage[] {
  const elapsedUs = Number(to.atNs - from.atNs) / 1_000
  const share = (later: number, earlier: number): number =>
    elapsedUs <= 0 ? 0 : Math.max(0, later - earlier) / elapsedUs
  const active = to.own.loopActiveMs - from.own.loopActiveMs
  const idle = to.own.loopIdleMs - from.own.loopIdleMs
  return [
    {
      name,
      cpu,
      userShare: share(to.own.userUs, from.own.userUs),
      systemShare: share(to.own.systemUs, from.own.systemUs),
      eventLoopShare: active + idle <= 0 ? 0 : Math.max(0, active) / (active + idle),
    },
    ...to.programs.flatMap((program) => {
      const earlier = from.programs.find(({ pid }) => pid === program.pid)
      if (earlier === undefined) return []
      return {
        name: program.name,
        cpu,
        userShare: share(program.userUs, earlier.userUs),
        systemShare: share(program.systemUs, earlier.systemUs),
        eventLoopShare: null,
      }
    }),
  ]
}

interface ProcessStat {
  pid: number
  parent: number
  name: string
  userUs: number
  systemUs: number
  /** What children that have ended, and theirs, had used. */
  endedUs: number
}

/** Shells that only keep a program are no programs that do anything. */
const KEEPERS: readonly string[] = ['sh', 'cat', 'taskset']

function descendantsOf(ancestor: number): UsageReading['programs'] {
  return familyOf(ancestor)
    .filter(({ pid, name }) => pid !== ancestor && !KEEPERS.includes(name))
    .map(({ pid, name, userUs, systemUs }) => ({ pid, name, userUs, systemUs }))
}

/** CPU time of this process and of all that it has started, ended ones included; null without a `/proc`. */
export function familyCpuUs(): number | null {
  if (process.platform !== 'linux') return null
  return familyOf(process.pid).reduce(
    (sum, { userUs, systemUs, endedUs }) => sum + userUs + systemUs + endedUs,
    0,
  )
}

/** A process and those below it. */
function familyOf(ancestor: number): ProcessStat[] {
  const children = childrenOf(ancestor)
  if (children === null) return familyAmongAll(ancestor)
  const own = readStat(ancestor)
  return [...(own === null ? [] : [own]), ...children.flatMap(familyOf)]
}

/** Null where a kernel was built without that list, or a thread ended meanwhile. */
function childrenOf(pid: number): number[] | null {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .flatMap((child) => (child === '' ? [] : Number(child))),
    )
  } catch {
    return null
  }
}

/** By reading of every process whose child it is, which takes longer the more there are. */
function familyAmongAll(ancestor: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => readStat(Number(pid)) ?? [])
  const family = new Set([ancestor])
  // A process may be listed before its parent: a generation a turn.
  for (let known = 0; known < family.size; ) {
    known = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return all.filter(({ pid }) => family.has(pid))
}

/** Null where it has ended meanwhile. */
const readStat = (pid: number): ProcessStat | null => parseStat(textOf(`/proc/${pid}/stat`) ?? '')

/** `/proc/<pid>/stat`, proc(5): the name stands in parentheses and may hold any of them. */
export function parseStat(text: string): ProcessStat | null {
  const match = /^(\d+) \((.*)\) (.*)$/s.exec(text.trim())
  const fields = match?.[3]?.split(' ') ?? []
  // Counted from the state, which is field 3: ppid is 4, utime 14, stime 15, cutime 16, cstime 17.
  const [parent, userTicks, systemTicks, endedUserTicks, endedSystemTicks] = [
    fields[1],
    ...fields.slice(11, 15),
  ].map(Number)
  if (match === null || parent === undefined || userTicks === undefined) return null
  return {
    pid: Number(match[1]),
    parent,
    name: match[2] as string,
    userUs: userTicks * TICK_US,
    systemUs: (systemTicks ?? 0) * TICK_US,
    endedUs: ((endedUserTicks ?? 0) + (endedSystemTicks ?? 0)) * TICK_US,
  }
}
