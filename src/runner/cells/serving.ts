import { saidOf } from '../../model/errors.ts'
import { asSentBy } from '../../model/scenario/as-sent.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import type { LossyNetwork } from '../../system/namespace/lossy-network.ts'
import { withOwnClientId } from '../../targets/adapt-scenario.ts'
import { type Target, targetOf } from '../../targets/target.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import { askEndpoint } from '../ask.ts'
import type { EndpointHandle } from '../endpoint-handle.ts'
import type { ProcessPool } from '../process-pool.ts'
import { followTarget } from '../targets/follow.ts'
import type { CellDraft } from './cell-builder.ts'
import { ServedCell } from './running-cell.ts'

/** Has the endpoint of each cell started, wherever it is, or the server found that stands in its place. */
export class Serving {
  readonly #plan: Plan
  readonly #traits: ReadonlyMap<string, TransportTraits>
  readonly #signal: AbortSignal
  /** Where packets are lost. */
  network: LossyNetwork | null = null

  constructor(plan: Plan, traits: ReadonlyMap<string, TransportTraits>, signal: AbortSignal) {
    this.#plan = plan
    this.#traits = traits
    this.#signal = signal
  }

  /** Where several transports share a real broker, each connects under a client id of its own. */
  #forCell(shared: PlannedScenario, id: string): PlannedScenario {
    const { protocol } = this.#traits.get(id) as TransportTraits
    const planned = { ...shared, scenario: this.#ofPart(asSentBy(shared.scenario, protocol)) }
    const sharing = planned.transports.filter((other) => {
      const target = this.targetOf(other)
      return target?.reported.kind === 'mqtt' && !planned.unfit?.has(other)
    })
    if (!sharing.includes(id) || sharing.length === 1) return planned
    return { ...planned, scenario: withOwnClientId(planned.scenario, sharing.indexOf(id)) }
  }

  /**
   * Parts share a broker: each has a topic of its own, or its subscriber would count
   * what others send. Of a load with roles each connection has one.
   */
  #ofPart(scenario: Scenario): Scenario {
    const { part = null, role = null } = this.#plan.load ?? {}
    return part !== null && role === null
      ? { ...scenario, topic: `${scenario.topic}/part-${part.index + 1}` }
      : scenario
  }

  /** Who watches for a part has a client id that no other part's has, whoever chose it. */
  #watchedBy(scenario: Scenario): Scenario {
    const part = this.#plan.load?.part ?? null
    if (part === null) return scenario
    const clientId = `${scenario.mqtt.clientId}-p${part.index + 1}`
    return { ...scenario, mqtt: { ...scenario.mqtt, clientId } }
  }

  targetOf(id: string): Target | undefined {
    return targetOf(this.#plan.targets, this.#traits.get(id) as TransportTraits) ?? undefined
  }

  /** In a process of the pool: for what depends on placement. */
  async serveIn(
    pool: ProcessPool,
    planned: PlannedScenario,
    transport: string,
    draft: CellDraft,
  ): Promise<ServedCell | null> {
    const endpoint = pool.endpoint(transport, this.#traits.get(transport) as TransportTraits)
    await this.guardEndpoints(pool)
    return this.serve(planned, transport, draft, endpoint, this.network)
  }

  /** Links are in namespaces of their own, or have a relay in between that opens the connections. */
  async guardEndpoints(pool: ProcessPool): Promise<void> {
    const { load, link } = this.#plan
    if (link !== undefined || this.network !== null || load?.role === 'subscribe') return
    const workers = load === undefined ? [] : pool.loadWorkers(load.workers)
    const loads = new Set([pool.load(), ...workers.map(({ process }) => process)])
    // A process that is gone says so when it is asked for what it is there for.
    await pool.guardEndpoints([...loads]).catch(() => {})
  }

  /**
   * One that cannot start fails its cell alone.
   * @param network where packets are lost; a byte pass stays on loopback
   */
  async serve(
    shared: PlannedScenario,
    transport: string,
    draft: CellDraft,
    endpoint: EndpointHandle,
    network: LossyNetwork | null = null,
  ): Promise<ServedCell | null> {
    const planned = this.#forCell(shared, transport)
    try {
      const target = await followTarget(this.targetOf(transport), planned, draft, this.#signal)
      const served = await askEndpoint({ endpoint, target }, 'serve', {
        transport,
        scenario: target === undefined ? planned.scenario : this.#watchedBy(planned.scenario),
        options: this.#plan.options,
        host: network?.host ?? this.#plan.host,
        ...(network !== null && { noticeHost: network.noticeHost }),
        injection: this.#plan.injection,
        ...(target !== undefined && { target }),
      })
      return new ServedCell({ transport, planned, draft, endpoint, ...served, target })
    } catch (error) {
      draft.fail(saidOf(error))
      return null
    }
  }

  /** Endpoints share a process: one that died under another cell's load is served anew. */
  async stillServed(cell: ServedCell, pool: ProcessPool): Promise<ServedCell | null> {
    const { endpoint, planned, transport, draft } = cell
    return endpoint.death === null ? cell : this.serveIn(pool, planned, transport, draft)
  }
}
