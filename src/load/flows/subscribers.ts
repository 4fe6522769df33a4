import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'
import { type ArrivalColumns, ArrivalRecorder } from '../../delivery/arrival-recorder.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import type { Patience } from '../../delivery/patience.ts'
import { InstrumentError } from '../../model/errors.ts'
import { type Injection, NO_INJECTION } from '../../model/injection.ts'
import { subscribersOf } from '../../model/scenario/fan-out-family.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Peer } from '../../transports/transport.ts'
import { DeliveryBarrier } from './delivery-barrier.ts'

/** Of the number in a client id: as wide for the first subscriber as for the thousandth. */
const NUMBER_DIGITS = 4

export interface SubscribersOptions {
  scenario: Scenario
  /** Faults of the applications behind the subscribers. */
  injection: Injection
  /** How long a message may take to the last of them. */
  patience: Pick<Patience, 'arrivalMs'>
  /** Connects one subscriber. */
  connect(scenario: Scenario): Promise<Peer>
}

/**
 * The subscribers of a fan-out: each a connection of its own, under a client id
 * of its own, and behind it an application that stamps what it is handed.
 */
export class Subscribers implements AsyncDisposable {
  readonly #peers: Peer[] = []
  readonly #recorders: ArrivalRecorder[] = []
  readonly #barrier: DeliveryBarrier

  private constructor(subscribers: number, deadlineMs: number) {
    this.#barrier = new DeliveryBarrier(subscribers, deadlineMs)
  }

  /**
   * Connects them one after another, so that the broker knows them in the same
   * order in every run. Resolves when none can miss a message any more.
   * @throws InstrumentError `connection`
   */
  static async open({
    scenario,
    injection,
    patience,
    connect,
  }: SubscribersOptions): Promise<Subscribers> {
    const subscribers = subscribersOf(scenario) ?? 0
    const all = new Subscribers(subscribers, patience.arrivalMs)
    try {
      for (let subscriber = 0; subscriber < subscribers; subscriber += 1) {
        const peer = await connect(subscriberScenario(scenario, subscriber))
        await all.#seat(peer, faultsOf(injection, subscriber))
      }
    } catch (error) {
      await all[Symbol.asyncDispose]()
      throw error
    }
    return all
  }

  async #seat(peer: Peer, faults: Injection): Promise<void> {
    const subscriber = this.#peers.length
    const recorder = new ArrivalRecorder(faults, () => this.#barrier.arrived(subscriber))
    this.#peers.push(peer)
    this.#recorders.push(recorder)
    if (peer.openConsumer === undefined) {
      throw new InstrumentError('internal', 'a peer without a consumer was asked to subscribe')
    }
    await peer.openConsumer((payload) => {
      // Nobody waits for a subscriber's application: a failure in it is a lost message.
      recorder.handle(payload)?.catch(() => {})
    })
  }

  /** Tells when each message has reached all of them. */
  get notices(): ArrivalNotices {
    return this.#barrier
  }

  startBlock(): void {
    this.#barrier.reset()
    for (const recorder of this.#recorders) recorder.startBlock()
  }

  /** From now on what each subscriber gets is held against what was sent, by a tally each. */
  tallyInto(tallies: readonly DeliveryTally[]): void {
    this.#barrier.reset()
    for (const [index, recorder] of this.#recorders.entries()) {
      recorder.tallyInto(tallies[index] as DeliveryTally)
    }
  }

  /** What each subscriber got in this block, once that are so many messages or the signal aborts. */
  collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns[]> {
    return Promise.all(this.#recorders.map((recorder) => recorder.collect(expected, signal)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer[Symbol.asyncDispose]()))
  }
}

/** The scenario under the client id of one subscriber, counted from 0: `sensor-0001-s0001`. */
function subscriberScenario(scenario: Scenario, subscriber: number): Scenario {
  const number = String(subscriber + 1).padStart(NUMBER_DIGITS, '0')
  const clientId = `${scenario.mqtt.clientId}-s${number}`
  return { ...scenario, mqtt: { ...scenario.mqtt, clientId } }
}

/** What happens to one message happens at the first subscriber; what slows down, slows down all. */
function faultsOf(injection: Injection, subscriber: number): Injection {
  const { delayMs, busyUs } = injection
  return subscriber === 0 ? injection : { ...NO_INJECTION, delayMs, busyUs }
}
