import type { ArrivalColumns } from '../../delivery/arrival-recorder.ts'
import type { CellSpec } from '../../delivery/cell-spec.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import type { Patience } from '../../delivery/patience.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Peer, Producer, Transport } from '../../transports/transport.ts'
import type { MessageWatch } from '../loops/record.ts'

/**
 * How messages travel in a scenario: from a device to the server (`uplink`), from
 * an app to the device and back (`roundtrip`), from one to many (`fanout`). Each
 * is one file that fulfils this, and every pass takes any of them: it connects all
 * who take part on the load's side.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export type Flow = (parties: FlowParties) => Promise<FlowSession>

/** A cell whose parties are to be connected. */
export interface FlowParties {
  readonly cell: CellSpec
  readonly transport: Transport
  /** Connects one more party whose path is measured, under a scenario of its own. */
  connect(scenario: Scenario): Promise<Peer>
  readonly signal: AbortSignal
  readonly patience: Patience
  /**
   * - `at-once`: bytes are counted. Nothing waits for a clock: a device that
   *   polls asks as soon as there is something to fetch.
   * - `by-clock`: time is measured. Devices poll by themselves, and a message
   *   that is only flushed is done when the endpoint tells of its arrival.
   */
  readonly tempo: 'at-once' | 'by-clock'
  /** Where the endpoint tells of arrivals; needed by the clock. */
  readonly notices?: { readonly port: number; readonly host?: string }
}

/** All who take part, connected. Disposing says goodbye as each protocol does. */
export interface FlowSession extends AsyncDisposable {
  /** Who decides when the next message goes. */
  readonly producer: Producer['kind']
  /** Whether each message has a connection of its own. */
  readonly connections: 'kept' | 'own'
  /** Where one is for several messages: how many. */
  readonly messagesPerWake?: number | undefined
  /** From now on what arrives on this side is kept, each with its instant. */
  startBlock(): void
  /** From now on what arrives on this side is held against what was sent, and let go: a tally for each place. */
  tallyInto(tallies: readonly DeliveryTally[]): void
  /**
   * Sends messages, one in flight. Ends early where nothing arrives any more.
   * @param firstIndex of the scenario's messages, which the first of these is
   * @throws whatever the transport rejects with; `watch` was told what was done until then
   */
  send(messages: Iterable<Uint8Array>, firstIndex: number, watch: MessageWatch): Promise<void>
  /**
   * What arrived on this side since the block began, once that are so many messages
   * or the signal aborts: columns for each place. Null where messages arrive at the endpoint.
   */
  collect(expected: number, signal: AbortSignal): Promise<ArrivalColumns[] | null>
  /** One waiting exchange, where the protocol has one. */
  waitOnce(): Promise<void>
  /** Bytes of payloads that went over the measured path besides the messages: states of a device. */
  readonly answeredBytes: number
  /** Seconds between waiting exchanges, where the server asks for others than the scenario; null: there are none. */
  readonly askedEveryS?: number | null
}
