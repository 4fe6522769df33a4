import { setTimeout } from 'node:timers/promises'
import { type ArrivalColumns, ArrivalRecorder } from '../../delivery/arrival-recorder.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { Injection } from '../../model/injection.ts'
import type { PacedProducer, Peer } from '../../transports/transport.ts'
import { AirConditioner } from './air-conditioner.ts'

/**
 * The device of a `roundtrip`: stamps each command, applies it and reports its
 * state, each report after the one before it. Faults that are put in on purpose
 * happen here, where commands arrive.
 */
export class CommandedDevice implements AsyncDisposable {
  readonly #peer: Peer
  readonly #states: PacedProducer
  readonly #recorder: ArrivalRecorder
  readonly #airConditioner = new AirConditioner()
  readonly #working = new Set<Promise<void>>()
  #consumer: AsyncDisposable | null = null
  #reportedBytes = 0
  #failure: unknown = null
  #polling: { stop: AbortController; ended: Promise<void> } | null = null

  private constructor(peer: Peer, states: PacedProducer, injection: Injection) {
    this.#peer = peer
    this.#states = states
    this.#recorder = new ArrivalRecorder(injection, (command) => this.#act(command))
  }

  /**
   * @returns when no command can be missed any more
   * @throws InstrumentError `connection`; `internal` for a transport without the flow
   */
  static async open(peer: Peer, injection: Injection): Promise<CommandedDevice> {
    const states = await peer.openProducer()
    if (states.kind !== 'paced' || peer.openConsumer === undefined) {
      throw new InstrumentError('internal', 'a device that cannot receive has no roundtrip flow')
    }
    const device = new CommandedDevice(peer, states, injection)
    device.#consumer = await peer.openConsumer((command) => device.#receive(command))
    return device
  }

  /** Bytes of all states reported so far. */
  get reportedBytes(): number {
    return this.#reportedBytes
  }

  startBlock(): void {
    this.#recorder.startBlock()
  }

  /** From now on commands are held against those that were sent, and let go. */
  tallyInto(tally: DeliveryTally): void {
    this.#recorder.tallyInto(tally)
  }

  /** Commands of the block, once that are so many or the signal aborts. */
  collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns> {
    return this.#recorder.collect(expected, signal)
  }

  /** Asks for a command now; nothing where commands are pushed. */
  async poll(): Promise<void> {
    await this.#peer.poll?.()
  }

  /** From now on it asks by itself: at once, and then each time so long after it was answered. */
  startPolling(intervalMs: number): void {
    const stop = new AbortController()
    const ended = this.#pollUntil(stop.signal, intervalMs).catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#polling = { stop, ended }
  }

  /** Resolves when a poll that was under way is answered. */
  async stopPolling(): Promise<void> {
    this.#polling?.stop.abort()
    await this.#polling?.ended
    this.#polling = null
  }

  /**
   * Resolves when everything that arrived so far is applied and reported.
   * @throws what receiving or reporting failed with
   */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working)
    if (this.#failure !== null) throw this.#failure
  }

  /** The peer is not the device's to dispose. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopPolling()
    await this.#consumer?.[Symbol.asyncDispose]()
    await this.#states[Symbol.asyncDispose]()
  }

  async #pollUntil(signal: AbortSignal, intervalMs: number): Promise<void> {
    while (!signal.aborted) {
      await this.poll()
      await setTimeout(intervalMs, undefined, { signal }).catch(() => {})
    }
  }

  #receive(command: Uint8Array): void {
    const held = this.#recorder.handle(command)
    if (held !== undefined) this.#track(held)
  }

  #act(command: Uint8Array): void {
    this.#airConditioner.apply(command)
    const { state } = this.#airConditioner
    this.#reportedBytes += state.length
    this.#track(this.#states.send(state))
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#working.delete(tracked))
    this.#working.add(tracked)
  }
}
