import type { Injection } from '../../model/injection.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { nowNs } from '../../system/clock.ts'
import type { Target } from '../../targets/target.ts'
import type { TransportOptions } from '../../transports/run-options.ts'
import type { App, Peer, Transport, Waiting } from '../../transports/transport.ts'
import type { CommandLink } from '../loops/command-loop.ts'
import { StateInbox } from '../loops/state-inbox.ts'
import { CommandedDevice } from './commanded-device.ts'
import { connectApp, connectDevice } from './connect.ts'

export interface RoundtripConnection {
  /** Where the device connects: the endpoint's address, or that of a relay before it. */
  deviceAddress: URL
  /** The endpoint's own address: there the app connects. */
  endpoint: URL
  scenario: Scenario
  options: TransportOptions
  certificate: string | null
  signal: AbortSignal
  onTlsSecret?: (line: string) => void
  injection: Injection
  /** The broker, where it is not an endpoint of ours. */
  target?: Target | undefined
}

/** How long a state may take to come back over a pushed transport, and what a polled one adds. */
const STATE_DEADLINE_MS = 1_500

/** Device and app of one cell, connected. Both live in this process, and share its event loop and its clock. */
export class Roundtrip implements AsyncDisposable {
  readonly peer: Peer
  readonly device: CommandedDevice
  readonly app: App
  readonly states: StateInbox

  private constructor(peer: Peer, device: CommandedDevice, app: App) {
    this.peer = peer
    this.device = device
    this.app = app
    this.states = new StateInbox(nowNs)
    app.onState = this.states.take
  }

  /** @throws InstrumentError `connection`; `internal` for a transport without the flow */
  static async open(transport: Transport, request: RoundtripConnection): Promise<Roundtrip> {
    const { deviceAddress, endpoint, injection, ...rest } = request
    const peer = await connectDevice(transport, { ...rest, address: deviceAddress, endpoint })
    try {
      const device = await CommandedDevice.open(peer, injection)
      const app = await connectApp(transport, { ...rest, endpoint })
      return new Roundtrip(peer, device, app)
    } catch (error) {
      await peer[Symbol.asyncDispose]()
      throw error
    }
  }

  /**
   * @param asking `now`: a polled device asks as soon as the server has the
   *   command, so that bytes do not depend on time; `by-clock`: it asks by itself
   */
  link(waiting: Waiting, { delayMs }: Injection, asking: 'now' | 'by-clock'): CommandLink {
    const { app, device, states } = this
    const pollMs = waiting.delivery === 'polled' ? (waiting.everyS ?? 0) * 1_000 : 0
    return {
      states,
      stateDeadlineMs: STATE_DEADLINE_MS + delayMs + pollMs,
      command: (payload) => app.command(payload),
      onTaken: () => (asking === 'now' ? device.poll() : Promise.resolve()),
      settled: () => device.settled(),
    }
  }

  /** One waiting exchange, whoever's clock begins it; nothing where a waiting connection is silent. */
  async waitOnce(): Promise<void> {
    const waited = this.peer.keepAlive?.()
    // Whichever fails first is the reason; the other is its consequence.
    waited?.catch(() => {})
    await this.app.endWait?.()
    await waited
  }

  /** The device's goodbye, which is measured, then the app's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.device[Symbol.asyncDispose]()
    await this.peer[Symbol.asyncDispose]()
    await this.app[Symbol.asyncDispose]()
  }
}
