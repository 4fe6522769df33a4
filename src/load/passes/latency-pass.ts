import type { ArrivalColumns } from '../../delivery/arrival-recorder.ts'
import type { CellSpec } from '../../delivery/cell-spec.ts'
import type { Patience } from '../../delivery/patience.ts'
import type { TimedRenewals } from '../../model/report/report.ts'
import { createPayloads, type PayloadSource } from '../../scenario/payload.ts'
import { Deadline } from '../../system/deadline.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { Producer } from '../../transports/transport.ts'
import { countOf } from '../counting.ts'
import { connectDevice } from '../flows/connect.ts'
import type { FlowSession } from '../flows/flow.ts'
import { FLOWS } from '../flows/index.ts'
import { type LoopRecord, recordInto } from '../loops/record.ts'
import { describeFailure, fellSilent, type PassFailure } from './failure.ts'

export interface OpenCellRequest extends CellSpec {
  patience: Patience
  /** Where the device connects, if not straight to the endpoint: a link on its way. */
  deviceAddress?: string
  /** Where arrival notices are told. */
  noticePort: number
  /** Loopback if left out. */
  noticeHost?: string
}

export interface BlockRequest {
  transport: string
  firstIndex: number
  count: number
}

export interface BlockOutcome {
  dueNs: BigInt64Array
  sentNs: BigInt64Array
  /** `NEVER` where the message was not done. */
  completedNs: BigInt64Array
  /** What arrived on this side, for each place; null where messages arrive at the endpoint. */
  arrivals: ArrivalColumns[] | null
  /** Who decided when the next message goes: the loop, or the client, which opens its connection anew for each block. */
  producer: Producer['kind']
  /** Answers that led elsewhere, by status. */
  redirects: ReadonlyMap<number, number>
  renewals: TimedRenewals
  failure: PassFailure | null
}

const noRenewals = (): TimedRenewals => ({ connections: 0, repeated: 0 })

/**
 * The load's side of one cell in a latency pass: all who take part, connected
 * straight to the endpoint or over a link, and kept over all rounds. Whoever
 * receives on this side is in this process, under one clock.
 */
export class LatencyCell implements AsyncDisposable {
  readonly #request: OpenCellRequest
  readonly #session: FlowSession
  readonly #payloads: PayloadSource
  readonly #abort: AbortController
  /** Of the block that runs. */
  readonly #redirects: Map<number, number>
  readonly #renewals: TimedRenewals

  private constructor(
    request: OpenCellRequest,
    session: FlowSession,
    abort: AbortController,
    { redirects, renewals }: { redirects: Map<number, number>; renewals: TimedRenewals },
  ) {
    this.#redirects = redirects
    this.#renewals = renewals
    this.#request = request
    this.#session = session
    this.#abort = abort
    this.#payloads = createPayloads(request.scenario, request.fileBytes ?? undefined)
  }

  /** @throws InstrumentError `connection`, or `deadline`; nothing stays connected then */
  static async open(request: OpenCellRequest): Promise<LatencyCell> {
    const { patience, noticePort: port, noticeHost: host, ...cell } = request
    const transport = await loadTransport(request.transport)
    const abort = new AbortController()
    const redirects = new Map<number, number>()
    const onRedirect = (status: number): void => countOf(redirects, status)
    const renewals = noRenewals()
    const onServerEnd = (consequence: 'renewed' | 'repeated'): void => {
      renewals[consequence === 'renewed' ? 'connections' : 'repeated'] += 1
    }
    const address = new URL(request.deviceAddress ?? request.address)
    using deadline = Deadline.ofSilence(patience.silenceMs)
    try {
      return await deadline.bound(async () => {
        const session = await FLOWS[request.scenario.flow]({
          ...{ cell, transport, patience, signal: abort.signal, tempo: 'by-clock' },
          notices: { port, ...(host !== undefined && { host }) },
          connect: async (scenario) => {
            const told = { onRedirect, onServerEnd }
            const place = { address, endpoint: address, signal: abort.signal, ...told }
            const peer = await connectDevice(transport, { ...cell, scenario, ...place })
            deadline.renew()
            return peer
          },
        })
        return new LatencyCell(request, session, abort, { redirects, renewals })
      })
    } catch (error) {
      // What is half connected must not stay behind.
      abort.abort(error)
      throw error
    }
  }

  async runBlock({ firstIndex, count }: BlockRequest): Promise<BlockOutcome> {
    const { patience } = this.#request
    const session = this.#session
    const messages = Array.from({ length: count }, (_, offset) =>
      this.#payloads.payload(firstIndex + offset),
    )
    const record: LoopRecord = { dueNs: [], sentNs: [], completedNs: [] }
    let failure: PassFailure | null = null
    Object.assign(this.#renewals, noRenewals())
    this.#redirects.clear()
    session.startBlock()
    try {
      using deadline = Deadline.ofSilence(patience.silenceMs)
      const watch = recordInto(record, deadline.renew)
      await deadline.bound(() => session.send(messages, firstIndex, watch))
      if (record.sentNs.length < count) throw fellSilent(this.#request, record.sentNs.length, count)
    } catch (error) {
      failure = describeFailure(error, secretsOfCell(this.#request))
    }
    using stragglers = new Deadline(patience.stragglerMs)
    const isOver = failure === null ? stragglers.signal : AbortSignal.abort()
    return {
      arrivals: await session.collect(record.sentNs.length, isOver),
      dueNs: BigInt64Array.from(record.dueNs),
      sentNs: BigInt64Array.from(record.sentNs),
      completedNs: BigInt64Array.from(record.completedNs),
      producer: session.producer,
      redirects: new Map(this.#redirects),
      renewals: { ...this.#renewals },
      failure,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
    this.#abort.abort()
  }
}
