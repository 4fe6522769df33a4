import type { EndpointCommands } from './endpoint/commands.ts'
import type { ShaperCommands } from './endpoint/shaper.ts'
import type { LoadCommands } from './load/commands.ts'
import type { runLinkPass } from './load/passes/link/link-pass.ts'
import { answerRequests, type Commands, leaveSignalsToParent } from './system/worker-channel.ts'
import type { WorkerRole } from './system/worker-process.ts'

/** A transport without a wire has its endpoint in the process that sends. */
export type LoadProcess = LoadCommands & EndpointCommands
/** In a network namespace: devices in one, endpoints in the other, for several links at once. */
export type LinkProcess = EndpointCommands & { linkPass: typeof runLinkPass }

const endpoints = async (): Promise<EndpointCommands> =>
  (await import('./endpoint/commands.ts')).endpointCommands()

/**
 * The one file that every process of ours starts from: the role stands in its
 * first argument, so that a process loads what its role needs and no more. What
 * a process can be asked is put together here, and so neither side of the
 * measurement knows the other.
 */
const ROLES: Record<WorkerRole, () => Promise<Commands>> = {
  load: async (): Promise<LoadProcess> => ({
    ...(await import('./load/commands.ts')).loadCommands,
    ...(await endpoints()),
  }),
  endpoint: endpoints,
  link: async (): Promise<LinkProcess> => {
    const { stopTailProbes } = await import('./load/passes/link/tail-probes.ts')
    stopTailProbes()
    return {
      ...(await endpoints()),
      // Not loaded where only endpoints are.
      linkPass: async (request) =>
        (await import('./load/passes/link/link-pass.ts')).runLinkPass(request),
    }
  },
  shaper: async (): Promise<ShaperCommands> =>
    (await import('./endpoint/shaper.ts')).shaperCommands,
}

leaveSignalsToParent()
answerRequests(await ROLES[process.argv[2] as WorkerRole]())
