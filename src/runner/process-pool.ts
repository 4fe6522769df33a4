import type { EndpointCommands } from '../endpoint/commands.ts'
import type { ShaperCommands } from '../endpoint/shaper.ts'
import { said } from '../model/said/said.ts'
import { cpusForLoad, type Pinning } from '../system/pinning.ts'
import { WorkerProcess } from '../system/worker-process.ts'
import type { TurnedAway } from '../transports/own-ports/own-ports.ts'
import type { TransportTraits } from '../transports/transport.ts'
import type { LoadProcess } from '../worker.ts'
import { EndpointHandle } from './endpoint-handle.ts'

/** What is put before a process so that it lives in a network namespace. */
export interface WaysIn {
  load?: readonly string[]
  endpoints?: readonly string[]
}

/** One of the processes that generate load. */
export interface LoadWorker {
  readonly process: WorkerProcess<LoadProcess>
  /** That it is pinned to; null: to none. */
  readonly cpu: number | null
}

const GUARD_DEADLINE_MS = 30_000
const LAST_WORD_MS = 2_000

/** The processes of a run: one load, or several under load, and one for all endpoints, which idle while another is measured. Each is started when it is needed; a dead one is replaced. */
export class ProcessPool implements AsyncDisposable {
  readonly #pinning: Pinning
  readonly #ways: WaysIn
  #endpoints: WorkerProcess<EndpointCommands> | null = null
  /** Whether a process of endpoints died, and with it the count of whom it had turned away. */
  #hasLostACount = false
  readonly #loads = new Map<number, WorkerProcess<LoadProcess>>()
  #links: WorkerProcess<ShaperCommands> | null = null

  /** @param ways into the network namespaces that the processes live in; this one's if left out */
  constructor(pinning: Pinning, ways: WaysIn = {}) {
    this.#pinning = pinning
    this.#ways = ways
  }

  load(): WorkerProcess<LoadProcess> {
    return this.#worker(0, this.#pinning.loadCpu)
  }

  /** So many load processes, spread over the CPUs that the endpoints leave. The first is `load()`. */
  loadWorkers(count: number): LoadWorker[] {
    const cpus = count === 1 ? [] : cpusForLoad(this.#pinning)
    return Array.from({ length: count }, (_, index) => {
      const cpu = cpus[index % cpus.length] ?? this.#pinning.loadCpu
      return { process: this.#worker(index, cpu), cpu }
    })
  }

  #worker(index: number, cpu: number | null): WorkerProcess<LoadProcess> {
    const known = this.#loads.get(index)
    if (known !== undefined && known.death === null) return known
    const worker = new WorkerProcess<LoadProcess>({
      title: index === 0 ? said('loadProcess') : said('loadProcessOf', { number: index + 1 }),
      role: 'load',
      label: index === 0 ? 'load' : `load-${index + 1}`,
      cpu,
      ...(this.#ways.load !== undefined && { enter: this.#ways.load }),
      diedCode: 'load-died',
    })
    this.#loads.set(index, worker)
    return worker
  }

  /** Of a run over a link only. Beside the CPUs of load and endpoints where there is a third. */
  links(): WorkerProcess<ShaperCommands> {
    if (this.#links === null || this.#links.death !== null) {
      this.#links = new WorkerProcess<ShaperCommands>({
        title: said('shapingProcess'),
        role: 'shaper',
        label: 'shaper',
        cpu: null,
        diedCode: 'load-died',
      })
    }
    return this.#links
  }

  /** @param traits of the transport whose endpoint it is, the only one of its name while it is served */
  endpoint(transport: string, traits: TransportTraits): EndpointHandle {
    // Without a wire there is no second process to talk to.
    if (traits.protocol === 'none') return new EndpointHandle(this.load(), transport)
    if (this.#endpoints === null || this.#endpoints.death !== null) {
      this.#hasLostACount ||= this.#endpoints !== null
      this.#endpoints = new WorkerProcess<EndpointCommands>({
        title: said('endpointProcess'),
        role: 'endpoint',
        label: 'endpoints',
        cpu: this.#pinning.endpointCpu,
        ...(this.#ways.endpoints !== undefined && { enter: this.#ways.endpoints }),
        diedCode: 'endpoint-died',
      })
    }
    return new EndpointHandle(this.#endpoints, transport)
  }

  /**
   * Has the endpoints take the connections of these processes and no others.
   * Before the first of them, and again where a process was replaced.
   */
  async guardEndpoints(loads: readonly WorkerProcess<LoadProcess>[]): Promise<void> {
    if (this.#endpoints === null) return
    const place = await this.#endpoints.request('guard', undefined, GUARD_DEADLINE_MS)
    for (const load of loads) await load.request('announceTo', place, GUARD_DEADLINE_MS)
  }

  /** Who came to the endpoints and was not of this run; null where a process of theirs took that with it. */
  async turnedAway(): Promise<readonly TurnedAway[] | null> {
    if (this.#endpoints === null) return []
    if (this.#hasLostACount || this.#endpoints.death !== null) return null
    return this.#endpoints.request('turnedAway', undefined, LAST_WORD_MS).catch(() => null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const workers = [this.#endpoints, ...this.#loads.values(), this.#links].filter(
      (worker) => worker !== null,
    )
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
  }
}
