import { NoticeReader } from '../../delivery/arrival-notices.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { createPayloads, type PayloadSource } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { considerate } from '../../targets/answer-deadline.ts'
import type { Target } from '../../targets/target.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { TransportOptions } from '../../transports/run-options.ts'
import type { Peer, Producer } from '../../transports/transport.ts'
import { connectDevice } from '../flows/connect.ts'
import { type LoopRecord, runClosedLoop } from '../loops/closed-loop.ts'
import { describeFailure, type PassFailure } from './byte-pass.ts'

export interface OpenCellRequest {
  transport: string
  scenario: Scenario
  options: TransportOptions
  fileBytes: Uint8Array | null
  address: string
  certificate: string | null
  noticePort: number
  /** Loopback if left out. */
  noticeHost?: string
  /** How long an arrival may take; 1.5 s if left out. */
  noticeDeadlineMs?: number
  deadlineMs: number
  /** The server, where it is not an endpoint of ours. */
  target?: Target | undefined
}

export interface BlockRequest {
  transport: string
  firstIndex: number
  count: number
  deadlineMs: number
}

export interface BlockOutcome {
  dueNs: BigInt64Array
  sentNs: BigInt64Array
  completedNs: BigInt64Array
  /** Who decided when the next message goes: the loop, or the client, which opens its connection anew for each block. Of an uplink. */
  producer?: Producer['kind']
  failure: PassFailure | null
}

/** How long the closed loop waits for the arrival of a message that is only flushed. */
const NOTICE_DEADLINE_MS = 1_500

/** The load's side of one cell in the latency pass: a connection straight to the endpoint, kept over all rounds. */
export class LatencyCell implements AsyncDisposable {
  readonly #peer: Peer
  readonly #producer: Producer
  readonly #payloads: PayloadSource
  readonly #notices: NoticeReader | null
  readonly #abort: AbortController
  readonly #target: Target | undefined

  private constructor(
    peer: Peer,
    producer: Producer,
    payloads: PayloadSource,
    notices: NoticeReader | null,
    abort: AbortController,
    target: Target | undefined,
  ) {
    this.#target = target
    this.#peer = peer
    this.#producer = producer
    this.#payloads = payloads
    this.#notices = notices
    this.#abort = abort
  }

  static async open(request: OpenCellRequest): Promise<LatencyCell> {
    const transport = await loadTransport(request.transport)
    const abort = new AbortController()
    using deadline = new Deadline(request.deadlineMs)
    const opening = deadline.bound(async () => {
      const { address, scenario, options, certificate, target } = request
      const peer = await connectDevice(transport, {
        address: new URL(address),
        endpoint: new URL(address),
        scenario,
        options,
        certificate,
        target,
        signal: abort.signal,
      })
      const opened = await peer.openProducer()
      const producer = target === undefined ? opened : considerate(opened, target, target.pauseMs)
      const notices =
        transport.traits.completion === 'flushed'
          ? await NoticeReader.open(
              request.noticePort,
              request.noticeDeadlineMs ?? NOTICE_DEADLINE_MS,
              request.noticeHost,
            )
          : null
      const payloads = createPayloads(request.scenario, request.fileBytes ?? undefined)
      return new LatencyCell(peer, producer, payloads, notices, abort, target)
    })
    return await opening.catch((error: unknown) => {
      // What is half connected must not stay behind.
      abort.abort(error)
      throw error
    })
  }

  async runBlock(request: BlockRequest): Promise<BlockOutcome> {
    const payloads = Array.from({ length: request.count }, (_, offset) =>
      this.#payloads.payload(request.firstIndex + offset),
    )
    const record: LoopRecord = { dueNs: [], sentNs: [], completedNs: [] }
    this.#notices?.reset()
    let failure: PassFailure | null = null
    try {
      using deadline = new Deadline(request.deadlineMs)
      await deadline.bound(() =>
        runClosedLoop(this.#producer, payloads, nowNs, record, this.#notices),
      )
    } catch (error) {
      failure = describeFailure(error, this.#target)
    }
    return {
      dueNs: BigInt64Array.from(record.dueNs),
      sentNs: BigInt64Array.from(record.sentNs),
      completedNs: BigInt64Array.from(record.completedNs),
      producer: this.#producer.kind,
      failure,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#notices?.[Symbol.dispose]()
    await this.#producer[Symbol.asyncDispose]()
    await this.#peer[Symbol.asyncDispose]()
    this.#abort.abort()
  }
}
