import type { ArrivalColumns } from '../../delivery/arrival-recorder.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import { nowNs } from '../../system/clock.ts'
import type { Peer, Producer } from '../../transports/transport.ts'
import { runClosedLoop } from '../loops/closed-loop.ts'
import type { MessageWatch } from '../loops/record.ts'
import type { Flow, FlowSession } from './flow.ts'
import { Subscribers } from './subscribers.ts'
import { openProducer } from './uplink.ts'

/**
 * A publisher and its subscribers, each connected on its own: every message is
 * sent when all subscribers have the one before it. There is no waiting
 * exchange: who waits how long is another question.
 */
export const fanout: Flow = async (parties) => {
  const { scenario, injection } = parties.cell
  const { connect, patience } = parties
  const subscribers = await Subscribers.open({ scenario, injection, connect, patience })
  try {
    const publisher = await connect(scenario)
    const producer = await openProducer(publisher, parties).catch(async (error: unknown) => {
      await publisher[Symbol.asyncDispose]()
      throw error
    })
    return new FanoutSession(subscribers, publisher, producer)
  } catch (error) {
    await subscribers[Symbol.asyncDispose]()
    throw error
  }
}

class FanoutSession implements FlowSession {
  readonly connections = 'kept'
  readonly answeredBytes = 0
  readonly #subscribers: Subscribers
  readonly #publisher: Peer
  readonly #producer: Producer

  constructor(subscribers: Subscribers, publisher: Peer, producer: Producer) {
    this.#subscribers = subscribers
    this.#publisher = publisher
    this.#producer = producer
  }

  get producer(): Producer['kind'] {
    return this.#producer.kind
  }

  startBlock(): void {
    this.#subscribers.startBlock()
  }

  tallyInto(tallies: readonly DeliveryTally[]): void {
    this.#subscribers.tallyInto(tallies)
  }

  async send(
    messages: Iterable<Uint8Array>,
    _firstIndex: number,
    watch: MessageWatch,
  ): Promise<void> {
    await runClosedLoop(this.#producer, messages, nowNs, watch, this.#subscribers.notices)
  }

  collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns[]> {
    return this.#subscribers.collect(expected, signal)
  }

  async waitOnce(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]()
    await this.#publisher[Symbol.asyncDispose]()
    await this.#subscribers[Symbol.asyncDispose]()
  }
}
