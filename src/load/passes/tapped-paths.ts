import type { CellSpec } from '../../delivery/cell-spec.ts'
import type { InstrumentError } from '../../model/errors.ts'
import type { BytesResult } from '../../model/report/report.ts'
import { payloadFieldOf } from '../../model/scenario/http-query.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { Deadline } from '../../system/deadline.ts'
import type { ConnectContext, Peer, Transport } from '../../transports/transport.ts'
import type { IdleBytes } from '../../wire/account/byte-account.ts'
import type { WireRecorder } from '../../wire/relay/recorder.ts'
import { connectDevice } from '../flows/connect.ts'
import { sumLinks } from './sum-relays.ts'
import { type LinkMessages, TappedLink } from './tapped-path.ts'

export interface TappedPathsOptions {
  cell: CellSpec
  /** The fault of a stray byte on the first path, where one is put in. */
  strayByte: Direction | null
  /** Bounds the pass. */
  deadline: Deadline
  /** One for all paths: the order in which they were tapped is kept. */
  recorder: WireRecorder | null
  /** Where the relays listen; loopback if left out. */
  relayHost?: string | undefined
  onRedirect: (status: number) => void
  onServerEnd: NonNullable<ConnectContext['onServerEnd']>
}

/**
 * The paths of a pass, one a party, in the order of connecting. In a fan-out
 * these are first the subscribers', last the publisher's; every other flow has one.
 */
export class TappedPaths implements AsyncDisposable {
  readonly transport: Transport
  readonly #options: TappedPathsOptions
  readonly #paths: TappedLink[] = []

  constructor(transport: Transport, options: TappedPathsOptions) {
    this.transport = transport
    this.#options = options
  }

  /** The idle phase so far, over all paths. */
  get idle(): IdleBytes {
    const all = this.#paths.map(({ account }) => account.idle)
    return {
      wireBytes: all.reduce((sum, { wireBytes }) => sum + wireBytes, 0),
      headerBytes: all.reduce((sum, { headerBytes }) => sum + headerBytes, 0),
    }
  }

  /** Connects one more party over a path of its own. */
  readonly connect = async (scenario: Scenario): Promise<Peer> => {
    const { cell, deadline, recorder, strayByte, relayHost, onServerEnd } = this.#options
    const endpoint = new URL(cell.address)
    const path = await TappedLink.open({
      ...{ traits: this.transport.traits, flow: scenario.flow, endpoint, deadline, recorder },
      count: scenario.count,
      relayHost,
      isMqtt31: scenario.mqtt.version === '3.1',
      payloadField: payloadFieldOf(scenario.http.request),
      strayByte: this.#paths.length === 0 ? strayByte : null,
    })
    this.#paths.push(path)
    return connectDevice(this.transport, {
      ...cell,
      ...{ scenario, endpoint, address: path.address },
      signal: deadline.signal,
      onTlsSecret: path.learnSecret,
      onRedirect: this.#options.onRedirect,
      onServerEnd,
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
    const { flow } = this.#options.cell.scenario
    return flow === 'fanout' ? sumLinks(last, results.slice(0, -1)) : last
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#paths.map((path) => path[Symbol.asyncDispose]()))
  }

  #failure(seen: unknown): InstrumentError | null {
    const failures = this.#paths.map((path) => path.failure(seen))
    return failures.find((failure) => failure !== null) ?? null
  }
}
