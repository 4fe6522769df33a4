import {
  ArrivalCounter,
  type ArrivalTally,
  type CollectCountRequest,
  type CountingRequest,
} from '../delivery/arrival-counter.ts'
import { NoticeServer } from '../delivery/arrival-notices.ts'
import { type ArrivalColumns, ArrivalRecorder } from '../delivery/arrival-recorder.ts'
import type { CellSpec } from '../delivery/cell-spec.ts'
import type { DeliveryTally } from '../delivery/delivery-tally.ts'
import { Reception, type ReceptionRequest, type ReceptionTally } from '../delivery/reception.ts'
import { InstrumentError } from '../model/errors.ts'
import { type Injection, NO_INJECTION } from '../model/injection.ts'
import { Deadline } from '../system/deadline.ts'
import { readUsage } from '../system/resource-usage.ts'
import { loadTransport } from '../transports/registry.ts'
import { optionsFor } from '../transports/run-options.ts'
import type { ArrivalHandler, Endpoint } from '../transports/transport.ts'
import { type WatchedEndpoint, watchTarget } from './watch-target.ts'

/** Where there is a `target`, it is watched, and nothing is served. */
export interface ServeRequest extends Omit<CellSpec, 'fileBytes' | 'address' | 'certificate'> {
  host: string
  /** Where arrival notices are told; loopback if left out. */
  noticeHost?: string
}

export interface ServedAddress {
  /** For `connect`. */
  address: string
  /** PEM of the certificate to trust; null where there is no TLS. */
  certificate: string | null
  /** Where arrival notices are told. */
  noticePort: number
  /** `untold`: nobody knows what arrived. `told` if left out. */
  arrivals?: 'told' | 'untold'
}

export interface CollectRequest {
  expected: number
  /** How long to wait for stragglers before they count as lost. */
  deadlineMs: number
}

/** One endpoint with the application behind it: serves a scenario, records its arrivals, stops. */
export class EndpointHost {
  #endpoint: Endpoint | null = null
  #notices: NoticeServer | null = null
  #recorder: ArrivalRecorder | null = null
  #watched: WatchedEndpoint | null = null
  /** Of a target. */
  #watch: (() => Promise<WatchedEndpoint>) | null = null
  #counter: ArrivalCounter | null = null
  /** Of a part that only subscribes. */
  #reception: Reception | null = null
  #injection: Injection = NO_INJECTION
  #abort = new AbortController()

  async serve(request: ServeRequest): Promise<ServedAddress> {
    await this.stop()
    try {
      return await this.#open(request)
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async #open({ injection, noticeHost, ...request }: ServeRequest): Promise<ServedAddress> {
    this.#abort = new AbortController()
    const transport = await loadTransport(request.transport)
    const notices = await NoticeServer.open(noticeHost)
    this.#notices = notices
    this.#injection = injection
    this.#recorder = new ArrivalRecorder(injection, () => notices.notify())
    const { scenario, options, host, target } = request
    const { handle } = this.#recorder
    const onArrival: ArrivalHandler = (payload, topic = '') => {
      if (this.#reception === null) return handle(payload)
      this.#reception.take(payload, topic)
      return undefined
    }
    const context = { scenario, onArrival, signal: this.#abort.signal }
    if (target !== undefined) {
      this.#watch = () => watchTarget(transport, target, { ...context, options })
      this.#watched = await this.#watch()
    }
    this.#endpoint =
      this.#watched ?? (await transport.serve(optionsFor(transport, options), { ...context, host }))
    return {
      address: this.#endpoint.address.href,
      certificate: this.#endpoint.certificate ?? null,
      noticePort: notices.port,
      ...(this.#watched !== null && { arrivals: this.#watched.arrivals }),
    }
  }

  async startBlock(): Promise<void> {
    // One block after another: a broker tells every subscriber, also those of other cells.
    await this.#watched?.listen()
    this.#serving().startBlock()
  }

  /** From now on arrivals are held against what was sent: where whoever sends is in this process. */
  async startTally(tally: DeliveryTally): Promise<void> {
    await this.#watched?.listen()
    this.#serving().tallyInto(tally)
  }

  /** Resolves when so many messages of the tally have arrived, or at the deadline. */
  async collectTally(request: CollectRequest & { tally: DeliveryTally }): Promise<void> {
    // In slices: what has arrived while this process got no CPU is still to be read.
    using over = new Deadline(request.deadlineMs)
    await request.tally.reached(request.expected, over.signal)
    await this.#endWatch()
  }

  /** From now on arrivals are counted, not kept: for a stretch under load. */
  async startCounting(request: CountingRequest): Promise<void> {
    if (this.#watched?.failure()) await this.#watchAgain()
    await this.#watched?.listen()
    this.#counter = new ArrivalCounter(request, this.#injection)
    this.#serving().countInto(this.#counter)
  }

  async collectCount(request: CollectCountRequest): Promise<ArrivalTally> {
    if (this.#counter === null) throw new InstrumentError('internal', 'no arrivals are counted')
    const tally = await this.#counter.collect(request)
    await this.#endWatch()
    return tally
  }

  /** From now on what others publish is counted; resolves when nothing of it can be missed. */
  async startReceiving(request: ReceptionRequest): Promise<void> {
    this.#reception = new Reception(request)
    await this.#watched?.listen(this.#reception.topics)
  }

  /** @throws InstrumentError where what was told may not be all that arrived */
  async received(): Promise<ReceptionTally> {
    const failure = this.#watched?.failure() ?? null
    if (failure !== null) throw failure
    if (this.#reception === null) throw new InstrumentError('internal', 'nothing is received')
    return this.#reception.tally()
  }

  /** What this process, and the broker below it where there is one, have used so far. */
  readonly usage = readUsage

  /** Sets the injected computing time, in microseconds a message: a slowdown that is known only once it runs. */
  slowDown(busyUs: number): void {
    this.#serving().slowDown(busyUs)
  }

  async collect(request: CollectRequest): Promise<ArrivalColumns> {
    const { expected, deadlineMs } = request
    using over = new Deadline(deadlineMs)
    const arrivals = await this.#serving().collect(expected, over.signal)
    await this.#endWatch()
    return arrivals
  }

  /** Under load devices outlive a server that is restarted, and so does who watches them. */
  async #watchAgain(): Promise<void> {
    await this.#watched?.[Symbol.asyncDispose]()
    this.#watched = (await this.#watch?.()) ?? null
    this.#endpoint = this.#watched
  }

  /** @throws InstrumentError where what was told may not be all that arrived */
  async #endWatch(): Promise<void> {
    const failure = this.#endpoint?.failure?.() ?? null
    if (failure !== null) throw failure
    await this.#watched?.pause()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    const endpoint = this.#endpoint
    const notices = this.#notices
    this.#endpoint = null
    this.#notices = null
    this.#recorder = null
    this.#reception = null
    this.#watched = null
    this.#watch = null
    await endpoint?.[Symbol.asyncDispose]()
    await notices?.[Symbol.asyncDispose]()
  }

  #serving(): ArrivalRecorder {
    if (this.#recorder === null)
      throw new InstrumentError('internal', 'the endpoint is not serving')
    return this.#recorder
  }
}
