import { leaveSignalsToParent } from './system/worker-channel.ts'
import type { WorkerRole } from './system/worker-role.ts'

/**
 * The one file that every process of ours starts from: the role stands in its
 * first argument, so that a process loads what its role needs and no more.
 */
const ROLES: Record<WorkerRole, () => Promise<unknown>> = {
  load: () => import('./load/process.ts'),
  endpoint: () => import('./endpoint/process.ts'),
  link: () => import('./load/passes/link/process.ts'),
  shaper: () => import('./endpoint/shaper-process.ts'),
}

leaveSignalsToParent()
const role = process.argv[2] as WorkerRole
await ROLES[role]()
