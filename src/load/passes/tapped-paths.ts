import type { InstrumentError } from '../../model/errors.ts'
import type { BytesResult } from '../../model/report/report.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { Deadline } from '../../system/deadline.ts'
import type { Target } from '../../targets/target.ts'
import type { TransportOptions } from '../../transports/run-options.ts'
import type { Peer, Transport } from '../../transports/transport.ts'
import type { WireRecorder } from '../../wire/relay/recorder.ts'
import { connectDevice } from '../flows/connect.ts'
import { sumLinks } from './sum-relays.ts'
import { type LinkMessages, TappedLink } from './tapped-path.ts'

/** What the paths of a pass are told of it. */
export interface PathsRequest {
  scenario: Scenario
  options: TransportOptions
  /** The endpoint's. */
  address: string
  /** PEM of the certificate to trust; null where there is no TLS. */
  certificate: string | null
  strayByte: Direction | null
  /** The server, where it is not an endpoint of ours. */
  target?: Target | undefined
}

/**
 * The paths of a pass, one a party, in the order of connecting. In a fan-out
 * these are first the subscribers', last the publisher's; every other flow has one.
 */
export class TappedPaths implements AsyncDisposable {
  readonly transport: Transport
  readonly endpoint: URL
  readonly #request: PathsRequest
  readonly #deadline: Deadline
  /** One for all paths: the order in which they were tapped is kept. */
  readonly #recorder: WireRecorder | null
  readonly #paths: TappedLink[] = []

  constructor(
    transport: Transport,
    request: PathsRequest,
    { deadline, recorder }: { deadline: Deadline; recorder: WireRecorder | null },
  ) {
    this.transport = transport
    this.endpoint = new URL(request.address)
    this.#request = request
    this.#deadline = deadline
    this.#recorder = recorder
  }

  /** A path for one more party, which is not connected yet. */
  async open({ flow }: Scenario): Promise<TappedLink> {
    const path = await TappedLink.open({
      traits: this.transport.traits,
      flow,
      endpoint: this.endpoint,
      deadline: this.#deadline,
      strayByte: this.#paths.length === 0 ? this.#request.strayByte : null,
      recorder: this.#recorder,
    })
    this.#paths.push(path)
    return path
  }

  /** Connects one more party over a path of its own. */
  readonly connect = async (scenario: Scenario): Promise<Peer> => {
    const { options, certificate, target } = this.#request
    const path = await this.open(scenario)
    return connectDevice(this.transport, {
      ...{ address: path.address, endpoint: this.endpoint },
      ...{ scenario, options, certificate, target },
      signal: this.#deadline.signal,
      onTlsSecret: path.learnSecret,
    })
  }

  /** Does the work; what failed on a wire stands for what a client made of it. */
  async explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
      throw this.#failure(error) ?? error
    }
  }

  /**
   * @param sent as much must have crossed every path
   * @throws InstrumentError `unexplained-bytes`, `ledger-mismatch`
   */
  async settle(sent: LinkMessages): Promise<BytesResult> {
    const results = await Promise.all(this.#paths.map((path) => path.settle(sent)))
    const last = results.at(-1) as BytesResult
    return this.#request.scenario.flow === 'fanout' ? sumLinks(last, results.slice(0, -1)) : last
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#paths.map((path) => path[Symbol.asyncDispose]()))
  }

  #failure(seen: unknown): InstrumentError | null {
    const failures = this.#paths.map((path) => path.failure(seen))
    return failures.find((failure) => failure !== null) ?? null
  }
}
