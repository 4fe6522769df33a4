import {
  type EndpointAnswer,
  type EndpointCommands,
  endpointCommands,
  type HostCommand,
} from '../endpoint/commands.ts'
import type { EndpointHost } from '../endpoint/host.ts'
import type { InstrumentError } from '../model/errors.ts'
import { localWorker, type Worker } from '../system/worker.ts'

/** One endpoint, in whichever process it lives. */
export class EndpointHandle {
  readonly #worker: Worker<EndpointCommands>
  readonly #cell: string

  /** @param cell its name among those of the process */
  constructor(worker: Worker<EndpointCommands>, cell: string) {
    this.#worker = worker
    this.#cell = cell
  }

  /** Why its process is gone; null while it lives. */
  get death(): InstrumentError | null {
    return this.#worker.death
  }

  /** @throws InstrumentError what the endpoint threw, `deadline`, or the death of its process */
  request<K extends HostCommand>(
    command: K,
    input: Parameters<EndpointHost[K]>[0],
    deadlineMs: number,
  ): Promise<EndpointAnswer<K>> {
    return this.#worker.request(
      'endpoint',
      { cell: this.#cell, command, input },
      deadlineMs,
    ) as Promise<EndpointAnswer<K>>
  }
}

/** An endpoint in this process: bytes do not depend on placement. */
export const localEndpoint = (cell: string): EndpointHandle =>
  new EndpointHandle(localWorker(endpointCommands()), cell)
