import type { EndpointAnswer, HostCommand } from '../endpoint/commands.ts'
import type { EndpointHost } from '../endpoint/host.ts'
import { InstrumentError } from '../model/errors.ts'
import type { WorkerProcess } from '../system/worker-process.ts'
import type { LoadProcess } from '../worker.ts'
import type { ServedCell } from './cells/running-cell.ts'

/**
 * After this long without an answer it is found out whether a process of ours
 * still lives; how long its work may take, the work itself knows.
 */
const LIVENESS_MS = 30_000

/**
 * Asks the load; one that no longer answers is ended, and replaced when it is
 * next needed.
 * @param workMs how long the work takes by itself, where that is known
 * @throws InstrumentError what the load threw, `deadline`, or the load's death
 */
export async function askLoad<K extends keyof LoadProcess & string>(
  load: WorkerProcess<LoadProcess>,
  command: K,
  input: Parameters<LoadProcess[K]>[0],
  workMs = 0,
): Promise<Awaited<ReturnType<LoadProcess[K]>>> {
  try {
    return await load.request(command, input, LIVENESS_MS + workMs)
  } catch (error) {
    if (error instanceof InstrumentError && error.code === 'deadline') load.kill()
    throw error
  }
}

/** @throws InstrumentError what the endpoint threw, `deadline`, or the death of its process */
export const askEndpoint = <K extends HostCommand>(
  { endpoint, target }: Pick<ServedCell, 'endpoint'> & Partial<Pick<ServedCell, 'target'>>,
  command: K,
  input: Parameters<EndpointHost[K]>[0],
  workMs = 0,
): Promise<EndpointAnswer<K>> =>
  endpoint.request(command, input, LIVENESS_MS + workMs + (target?.answerMs ?? 0))
