import { patienceOf } from '../../delivery/patience.ts'
import type { LinkPassOutcome } from '../../load/passes/link/link-pass.ts'
import { said } from '../../model/said/said.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import { MAX_LINKS, type NamespaceLink } from '../../system/namespace/namespace-link.ts'
import { NamespacePair } from '../../system/namespace/namespace-pair.ts'
import { WorkerProcess } from '../../system/worker-process.ts'
import type { LinkProcess } from '../../worker.ts'
import { EndpointHandle } from '../endpoint-handle.ts'

const LIVENESS_MS = 30_000
/** TCP acknowledges what nothing answers after 40 to 200 ms; a busy machine is slower. */
const QUIET_MS = 1_000

export interface LinkCell {
  transport: string
  planned: PlannedScenario
}

/**
 * Measures what the network adds, on links between two namespaces: devices in
 * one process, endpoints in another, a cell on each link at a time.
 */
export class LinkMeter implements AsyncDisposable {
  readonly #pair: NamespacePair
  readonly #devices: WorkerProcess<LinkProcess>
  readonly #endpoints: WorkerProcess<LinkProcess>

  private constructor(pair: NamespacePair) {
    this.#pair = pair
    this.#devices = processIn(pair.device.enter, 'devices')
    this.#endpoints = processIn(pair.endpoint.enter, 'endpoints')
  }

  /** @throws InstrumentError `namespace-unavailable` with the reason in words */
  static async open(): Promise<LinkMeter> {
    return new LinkMeter(await NamespacePair.open(MAX_LINKS))
  }

  get links(): readonly NamespaceLink[] {
    return this.#pair.links
  }

  get pair(): NamespacePair {
    return this.#pair
  }

  /**
   * One cell on one link, which must be free.
   * @param messages of the scenario's, how many are sent
   * @throws InstrumentError where a process died or did not answer
   */
  async measure(
    { transport, planned }: LinkCell,
    link: NamespaceLink,
    messages: number,
    { options, injection }: Pick<Plan, 'options' | 'injection'>,
  ): Promise<LinkPassOutcome> {
    const scenario = { ...planned.scenario, messages }
    const { index, deviceInterface, deviceAddress, endpointAddress } = link
    const endpoint = new EndpointHandle(this.#endpoints, `${transport} on link ${index}`)
    const served = await endpoint.request(
      'serve',
      { transport, scenario, options, host: endpointAddress, injection },
      LIVENESS_MS,
    )
    try {
      const { address, certificate } = served
      const { fileBytes } = planned
      return await this.#devices.request(
        'linkPass',
        {
          cell: { transport, scenario, fileBytes, options, address, certificate, injection },
          patience: patienceOf({ injection, wayMs: QUIET_MS }),
          place: {
            ...{ deviceInterface, deviceAddress, endpointAddress },
            devicePid: this.#pair.device.pid,
            endpointPid: this.#pair.endpoint.pid,
          },
        },
        LIVENESS_MS + messages * QUIET_MS,
      )
    } finally {
      await endpoint.request('stop', undefined, LIVENESS_MS)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#devices, this.#endpoints].map((each) => each[Symbol.asyncDispose]()))
    await this.#pair[Symbol.asyncDispose]()
  }
}

const processIn = (enter: readonly string[], who: string): WorkerProcess<LinkProcess> =>
  new WorkerProcess<LinkProcess>({
    title: said('linkProcess', { who }),
    role: 'link',
    label: `link-${who}`,
    cpu: null,
    enter,
    diedCode: 'load-died',
  })
