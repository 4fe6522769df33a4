import type { ArrivalColumns } from '../delivery/arrival-recorder.ts'
import { connectDevice } from '../load/flows/connect.ts'
import { Audience } from '../load/flows/subscribers.ts'
import { type LoopRecord, runClosedLoop } from '../load/loops/closed-loop.ts'
import { describeFailure } from '../load/passes/byte-pass.ts'
import type { BlockOutcome, BlockRequest, OpenCellRequest } from '../load/passes/latency-pass.ts'
import type { Injection } from '../model/injection.ts'
import { createPayloads, type PayloadSource } from '../scenario/payload.ts'
import { nowNs } from '../system/clock.ts'
import { Deadline } from '../system/deadline.ts'
import { considerate } from '../targets/answer-deadline.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer, Producer } from '../transports/transport.ts'

export interface OpenFanoutRequest extends Omit<OpenCellRequest, 'noticePort'> {
  injection: Injection
}

export interface FanoutBlockRequest extends BlockRequest {
  /** How long to wait for the last deliveries. */
  stragglerMs: number
}

export interface FanoutBlockOutcome extends BlockOutcome {
  /** What each subscriber got. */
  arrivals: ArrivalColumns[]
}

/**
 * The load's side of one fan-out in the latency pass: the publisher and every
 * subscriber, in this process under one clock, connected straight to the
 * endpoint and kept over all rounds.
 */
export class FanoutLatencyCell implements AsyncDisposable {
  readonly #audience: Audience
  readonly #publisher: Peer
  readonly #producer: Producer
  readonly #payloads: PayloadSource
  readonly #abort: AbortController

  private constructor(
    audience: Audience,
    publisher: Peer,
    producer: Producer,
    payloads: PayloadSource,
    abort: AbortController,
  ) {
    this.#audience = audience
    this.#publisher = publisher
    this.#producer = producer
    this.#payloads = payloads
    this.#abort = abort
  }

  /** @throws InstrumentError `connection`, or `deadline`; nothing stays connected then */
  static async open(request: OpenFanoutRequest): Promise<FanoutLatencyCell> {
    const { scenario, options, certificate, injection, target } = request
    const transport = await loadTransport(request.transport)
    const endpoint = new URL(request.address)
    const abort = new AbortController()
    const connect = (of: typeof scenario): Promise<Peer> =>
      connectDevice(transport, {
        address: endpoint,
        endpoint,
        scenario: of,
        options,
        certificate,
        target,
        signal: abort.signal,
      })
    using deadline = new Deadline(request.deadlineMs)
    try {
      return await deadline.bound(async () => {
        const audience = await Audience.open({ scenario, injection, connect })
        const publisher = await connect(scenario)
        const opened = await publisher.openProducer()
        const producer = target === undefined ? opened : considerate(opened, target, target.pauseMs)
        const payloads = createPayloads(scenario, request.fileBytes ?? undefined)
        return new FanoutLatencyCell(audience, publisher, producer, payloads, abort)
      })
    } catch (error) {
      abort.abort(error)
      throw error
    }
  }

  async runBlock(request: FanoutBlockRequest): Promise<FanoutBlockOutcome> {
    const { firstIndex, count, deadlineMs, stragglerMs } = request
    const payloads = Array.from({ length: count }, (_, offset) =>
      this.#payloads.payload(firstIndex + offset),
    )
    const record: LoopRecord = { dueNs: [], sentNs: [], completedNs: [] }
    const audience = this.#audience
    audience.startBlock()
    let failure: BlockOutcome['failure'] = null
    try {
      using deadline = new Deadline(deadlineMs)
      await deadline.bound(() =>
        runClosedLoop(this.#producer, payloads, nowNs, record, audience.notices),
      )
    } catch (error) {
      failure = describeFailure(error)
    }
    const sent = record.completedNs.length
    const isOver = failure === null ? AbortSignal.timeout(stragglerMs) : AbortSignal.abort()
    return {
      dueNs: BigInt64Array.from(record.dueNs),
      sentNs: BigInt64Array.from(record.sentNs),
      completedNs: BigInt64Array.from(record.completedNs),
      failure,
      arrivals: await audience.collect(sent, isOver),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]()
    await this.#publisher[Symbol.asyncDispose]()
    await this.#audience[Symbol.asyncDispose]()
    this.#abort.abort()
  }
}
