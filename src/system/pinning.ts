import { execFileSync } from 'node:child_process'
import type { Environment } from '../model/report/report.ts'
import { type Said, said } from '../model/said/said.ts'

export type Pinning = Environment['pinning']

/** Placement is left to the kernel, for this reason. */
export const unpinned = (reason: Said): Pinning => ({
  pinned: false,
  loadCpu: null,
  endpointCpu: null,
  reason,
})

/**
 * Chooses one CPU for the load and another for the endpoints, from those that
 * this process may use. Which two CPUs they are moves a loopback round trip by
 * a factor of several; left to the scheduler, it moves during the run.
 */
export function choosePinning(platform: string = process.platform): Pinning {
  if (platform !== 'linux') return unpinned(said('pinningElsewhere', { platform }))
  const cpus = usableCpus()
  if (cpus === null) return unpinned(said('noTaskset'))
  const loadCpu = cpus[0]
  const endpointCpu = cpus.at(-1)
  if (loadCpu === undefined || endpointCpu === undefined || loadCpu === endpointCpu) {
    return unpinned(said('oneCpu'))
  }
  return {
    pinned: true,
    loadCpu,
    endpointCpu,
    reason: said('pinnedTo', { load: loadCpu, endpoint: endpointCpu }),
  }
}

/** Where several load processes may run: every usable CPU but the endpoints'. None where nothing is pinned. */
export function cpusForLoad({ pinned, endpointCpu }: Pinning): number[] {
  return pinned ? (usableCpus() ?? []).filter((cpu) => cpu !== endpointCpu) : []
}

/** The CPUs that this process may use; null where that cannot be found out. */
function usableCpus(): number[] | null {
  let affinity: string
  try {
    affinity = execFileSync('taskset', ['-cp', String(process.pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2_000,
    })
  } catch {
    return null
  }
  return parseCpuList(affinity.slice(affinity.lastIndexOf(':') + 1))
}

/** Reads the kernel's list form, `0,2-5`. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = []
  for (const item of text.trim().split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(item.trim())
    if (range === null) continue
    const first = Number(range[1])
    const last = Number(range[2] ?? first)
    for (let cpu = first; cpu <= last; cpu += 1) cpus.push(cpu)
  }
  return cpus
}
