import type { ArrivalColumns } from '../delivery/arrival-recorder.ts'
import { Roundtrip } from '../load/flows/roundtrip.ts'
import { type CommandRecord, recordInto, runCommandLoop } from '../load/loops/command-loop.ts'
import { pollPauseNs } from '../load/loops/poll-pacing.ts'
import { describeFailure, type PassFailure } from '../load/passes/byte-pass.ts'
import type { BlockRequest } from '../load/passes/latency-pass.ts'
import type { Injection } from '../model/injection.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { createPayloads, type PayloadSource } from '../scenario/payload.ts'
import { nowNs, waitUntil } from '../system/clock.ts'
import { Deadline } from '../system/deadline.ts'
import type { Target } from '../targets/target.ts'
import { loadTransport } from '../transports/registry.ts'
import { SILENT_PUSH, type TransportOptions, waitingFor } from '../transports/run-options.ts'
import type { Waiting } from '../transports/transport.ts'

export interface OpenCommandCellRequest {
  transport: string
  scenario: Scenario
  options: TransportOptions
  fileBytes: Uint8Array | null
  address: string
  /** Where the device connects, if not there: a link on its way, and what that adds to a state's way back. */
  deviceLink?: { address: string; addedMs: number }
  certificate: string | null
  injection: Injection
  deadlineMs: number
  /** The broker, where it is not an endpoint of ours. */
  target?: Target | undefined
}

export interface CommandBlockRequest extends BlockRequest {
  /** How long commands may still be under way when the loop has ended. */
  stragglerMs: number
}

export interface CommandBlockOutcome {
  dueNs: BigInt64Array
  sentNs: BigInt64Array
  /** `NEVER` where the state did not come back. */
  completedNs: BigInt64Array
  /** Commands at the device. */
  arrivals: ArrivalColumns
  failure: PassFailure | null
}

/** Device and app of one cell in the latency pass, straight at the endpoint, kept over all rounds. */
export class CommandCell implements AsyncDisposable {
  readonly #roundtrip: Roundtrip
  readonly #waiting: Waiting
  readonly #payloads: PayloadSource
  readonly #request: OpenCommandCellRequest
  readonly #abort: AbortController

  private constructor(
    roundtrip: Roundtrip,
    waiting: Waiting,
    request: OpenCommandCellRequest,
    abort: AbortController,
  ) {
    this.#roundtrip = roundtrip
    this.#waiting = waiting
    this.#payloads = createPayloads(request.scenario, request.fileBytes ?? undefined)
    this.#request = request
    this.#abort = abort
  }

  static async open(request: OpenCommandCellRequest): Promise<CommandCell> {
    const transport = await loadTransport(request.transport)
    const { scenario, options, certificate, injection, target } = request
    const endpoint = new URL(request.address)
    const waiting = waitingFor(transport, options, scenario) ?? SILENT_PUSH
    const abort = new AbortController()
    using deadline = new Deadline(request.deadlineMs)
    return await deadline.bound(async () => {
      const roundtrip = await Roundtrip.open(transport, {
        deviceAddress: new URL(request.deviceLink?.address ?? request.address),
        ...{ endpoint, scenario, options, certificate, injection, target },
        signal: abort.signal,
      })
      return new CommandCell(roundtrip, waiting, request, abort)
    })
  }

  async runBlock(request: CommandBlockRequest): Promise<CommandBlockOutcome> {
    const { device } = this.#roundtrip
    const { firstIndex, count } = request
    const commands = Array.from({ length: count }, (_, offset) =>
      this.#payloads.payload(firstIndex + offset),
    )
    const record: CommandRecord = { dueNs: [], sentNs: [], completedNs: [] }
    let failure: PassFailure | null = null
    device.startBlock()
    const { delivery, everyS } = this.#waiting
    // Only while it is its turn: polls of one device would disturb the others' figures.
    if (delivery === 'polled') device.startPolling((everyS ?? 0) * 1_000)
    try {
      using deadline = new Deadline(request.deadlineMs)
      await deadline.bound(() => this.#loop(commands, firstIndex, record))
    } catch (error) {
      failure = describeFailure(error, this.#request.target)
    }
    const sent = record.sentNs.length
    const arrivals = await device.collect(sent, failure === null ? request.stragglerMs : 0)
    // A poll that hangs must not keep the block from ending.
    const stopped = device.stopPolling()
    if (failure === null) await stopped
    return {
      dueNs: BigInt64Array.from(record.dueNs),
      sentNs: BigInt64Array.from(record.sentNs),
      completedNs: BigInt64Array.from(record.completedNs),
      arrivals,
      failure,
    }
  }

  #loop(commands: readonly Uint8Array[], firstIndex: number, record: CommandRecord): Promise<void> {
    const { delivery, everyS } = this.#waiting
    const { seed } = this.#request.scenario.payload
    const intervalNs = BigInt(Math.round((everyS ?? 0) * 1e9))
    const ownPauseNs = BigInt(Math.round((this.#request.target?.pauseMs ?? 0) * 1e6))
    const link = this.#roundtrip.link(this.#waiting, this.#request.injection, 'by-clock')
    const stateDeadlineMs = link.stateDeadlineMs + (this.#request.deviceLink?.addedMs ?? 0)
    const clock = {
      now: nowNs,
      waitUntil,
      pauseNs: (index: number) =>
        delivery === 'polled' ? pollPauseNs(intervalNs, firstIndex + index, seed) : ownPauseNs,
    }
    return runCommandLoop({ ...link, stateDeadlineMs }, commands, clock, recordInto(record))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#roundtrip[Symbol.asyncDispose]()
    this.#abort.abort()
  }
}
