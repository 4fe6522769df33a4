import type { ArrivalColumns } from '../../delivery/arrival-recorder.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import { nowNs, waitUntil } from '../../system/clock.ts'
import { SILENT_PUSH, waitingFor } from '../../transports/run-options.ts'
import type { App, Peer, Waiting } from '../../transports/transport.ts'
import { type CommandClock, type CommandLink, runCommandLoop } from '../loops/command-loop.ts'
import { pollPauseNs } from '../loops/poll-pacing.ts'
import type { MessageWatch } from '../loops/record.ts'
import { StateInbox } from '../loops/state-inbox.ts'
import { CommandedDevice } from './commanded-device.ts'
import { connectApp } from './connect.ts'
import type { Flow, FlowParties, FlowSession } from './flow.ts'

/**
 * An app that commands a device, and the device's state back. Both live in this
 * process, and share its event loop and its clock; the device's path is the one
 * that is measured, the app is straight at the endpoint.
 */
export const roundtrip: Flow = async (parties) => {
  const { cell, transport, signal } = parties
  const peer = await parties.connect(cell.scenario)
  try {
    const device = await CommandedDevice.open(peer, cell.injection)
    const app = await connectApp(transport, { ...cell, endpoint: new URL(cell.address), signal })
    return new RoundtripSession(parties, peer, device, app)
  } catch (error) {
    await peer[Symbol.asyncDispose]()
    throw error
  }
}

class RoundtripSession implements FlowSession {
  readonly producer = 'paced'
  readonly connections = 'kept'
  readonly askedEveryS?: number | null
  readonly #parties: FlowParties
  readonly #peer: Peer
  readonly #device: CommandedDevice
  readonly #app: App
  readonly #states = new StateInbox(nowNs)
  readonly #waiting: Waiting

  constructor(parties: FlowParties, peer: Peer, device: CommandedDevice, app: App) {
    const { cell, transport } = parties
    this.#parties = parties
    this.#peer = peer
    this.#device = device
    this.#app = app
    this.#waiting = waitingFor(transport, cell.options, cell.scenario) ?? SILENT_PUSH
    app.onState = this.#states.take
    const { serverKeepAliveS } = peer
    if (serverKeepAliveS !== undefined) this.askedEveryS = serverKeepAliveS || null
  }

  get answeredBytes(): number {
    return this.#device.reportedBytes
  }

  startBlock(): void {
    this.#device.startBlock()
    const { delivery, everyS } = this.#waiting
    // Only while it is its turn: polls of one device would disturb the others' figures.
    if (this.#parties.tempo === 'by-clock' && delivery === 'polled') {
      this.#device.startPolling((everyS ?? 0) * 1_000)
    }
  }

  tallyInto([tally]: readonly DeliveryTally[]): void {
    if (tally !== undefined) this.#device.tallyInto(tally)
  }

  async send(
    messages: Iterable<Uint8Array>,
    firstIndex: number,
    watch: MessageWatch,
  ): Promise<void> {
    await runCommandLoop(this.#link(), messages, this.#clock(firstIndex), watch)
  }

  async collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns[]> {
    const arrivals = await this.#device.collect(expected, signal)
    // A poll that hangs must not keep a block from ending that is over.
    const stopped = this.#device.stopPolling()
    if (!signal.aborted) await stopped
    return [arrivals]
  }

  /** Whoever's clock begins it; nothing where a waiting connection is silent. */
  async waitOnce(): Promise<void> {
    const waited = this.#peer.keepAlive?.()
    // Whichever fails first is the reason; the other is its consequence.
    waited?.catch(() => {})
    await this.#app.endWait?.()
    await waited
  }

  /** The device's goodbye, which is measured, then the app's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#device[Symbol.asyncDispose]()
    await this.#peer[Symbol.asyncDispose]()
    await this.#app[Symbol.asyncDispose]()
  }

  #link(): CommandLink {
    const { tempo, patience } = this.#parties
    return {
      states: this.#states,
      stateDeadlineMs: patience.arrivalMs,
      command: (payload) => this.#app.command(payload),
      onTaken: async () => {
        // So that bytes do not depend on time.
        if (tempo === 'at-once') await this.#device.poll()
      },
      settled: () => this.#device.settled(),
    }
  }

  #clock(firstIndex: number): CommandClock {
    const { tempo, cell } = this.#parties
    const { delivery, everyS } = this.#waiting
    const intervalNs = BigInt(Math.round((everyS ?? 0) * 1e9))
    const ownPauseNs = BigInt(Math.round((cell.target?.pauseMs ?? 0) * 1e6))
    const pauseNs = (index: number): bigint => {
      if (tempo === 'at-once') return 0n
      if (delivery !== 'polled') return ownPauseNs
      return pollPauseNs(intervalNs, firstIndex + index, cell.scenario.payload.seed)
    }
    return { now: nowNs, waitUntil, pauseNs }
  }
}
