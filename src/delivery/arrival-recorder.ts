import type { Injection } from '../model/injection.ts'
import { nowNs, spinFor, waitAtLeast } from '../system/clock.ts'
import type { ArrivalHandler } from '../transports/transport.ts'
import type { ArrivalCounter } from './arrival-counter.ts'
import type { DeliveryTally } from './delivery-tally.ts'
import { digestPayload } from './digest.ts'

/** Arrivals of one block, as they cross the process boundary: two columns, in order of arrival. */
export interface ArrivalColumns {
  digests: BigUint64Array
  deliveredNs: BigInt64Array
}

/** The application behind an endpoint, or in a device: stamps each arrival and keeps what it held. */
export class ArrivalRecorder {
  #injection: Injection
  readonly #onRecorded: (payload: Uint8Array) => void
  #instants: bigint[] = []
  #payloads: Uint8Array[] = []
  #messageNumber = 0
  #counter: ArrivalCounter | null = null
  #tally: DeliveryTally | null = null
  #awaited: { count: number; resolve: () => void } | null = null

  /** @param onRecorded called after each stamp: where arrival notices are sent from, or a device acts */
  constructor(injection: Injection, onRecorded: (payload: Uint8Array) => void) {
    this.#injection = injection
    this.#onRecorded = onRecorded
  }

  readonly handle: ArrivalHandler = (payload) => {
    const stalled = this.#counter?.stall() ?? null
    const { delayMs } = this.#injection
    if (delayMs === 0 && stalled === null) {
      this.#take(payload)
      return undefined
    }
    const held = Promise.all([stalled, delayMs === 0 ? null : waitAtLeast(delayMs)])
    return held.then(() => this.#take(payload))
  }

  /** Under load arrivals are counted only; null: they are recorded again. */
  countInto(counter: ArrivalCounter | null): void {
    this.#counter = counter
  }

  /** From now on arrivals are held against what was sent, and let go. */
  tallyInto(tally: DeliveryTally): void {
    this.#tally = tally
  }

  /** From now on, computing time before each message is delivered. */
  slowDown(busyUs: number): void {
    this.#injection = { ...this.#injection, busyUs }
  }

  /** From now on arrivals are kept, each with its instant; hashing them waits until they are collected. */
  startBlock(): void {
    this.#tally = null
    this.#instants = []
    this.#payloads = []
  }

  /** Resolves when so many arrivals stand in the block, or when `signal` aborts: the rest is then missing. */
  async collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns> {
    if (this.#instants.length < expected && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#awaited = { count: expected, resolve }
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      this.#awaited = null
    }
    const columns = {
      digests: BigUint64Array.from(this.#payloads, digestPayload),
      deliveredNs: BigInt64Array.from(this.#instants),
    }
    this.startBlock()
    return columns
  }

  #take(payload: Uint8Array): void {
    this.#messageNumber += 1
    const { busyUs, drop, double, change } = this.#injection
    if (busyUs > 0) spinFor(busyUs)
    if (this.#messageNumber === drop) return
    const kept = this.#messageNumber === change ? changePayload(payload) : payload
    this.#record(kept)
    if (this.#messageNumber === double) this.#record(kept)
  }

  #record(payload: Uint8Array): void {
    if (this.#counter !== null) {
      this.#counter.take(payload)
      return
    }
    if (this.#tally !== null) {
      this.#tally.take(payload)
      this.#onRecorded(payload)
      return
    }
    this.#instants.push(nowNs())
    this.#onRecorded(payload)
    this.#payloads.push(payload)
    if (this.#awaited !== null && this.#instants.length >= this.#awaited.count) {
      this.#awaited.resolve()
    }
  }
}

function changePayload(payload: Uint8Array): Uint8Array {
  if (payload.length === 0) return Uint8Array.of(0x21)
  const changed = Uint8Array.from(payload)
  changed[0] = (changed[0] ?? 0) ^ 0xff
  return changed
}
