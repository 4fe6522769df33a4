import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Peer, ServerTrust, TransportTraits } from '../../transports/transport.ts'
import type { LoadDriver, LoadShape } from './load-driver.ts'

/** From 1, among the connections of all parts. */
export type TopicNumber = (index: number) => number

export type OpenDriver = (request: DriverRequest) => Promise<LoadDriver>

/** Everything that a driver may need; each takes what it has use for. */
export interface DriverRequest {
  readonly transport: string
  readonly traits: TransportTraits
  readonly address: URL
  readonly trust: ServerTrust
  readonly scenario: Scenario
  readonly shape: LoadShape
  /** Of connection n of all that are open at once, from 0: no two have the same. */
  readonly clientId: (index: number) => string
  /** Of the topic of connection n, where each has one of its own; all have the scenario's if left out. */
  readonly topicNumber?: TopicNumber | undefined
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  /** Connects one device of the transport, as the latency pass does. */
  readonly connectPeer: (index: number) => Promise<Peer>
  readonly signal: AbortSignal
  /** HTTP: an answer led elsewhere. Libraries are told of it as they connect. */
  readonly onRedirect: (status: number) => void
  /** HTTP: the `Date` of an answer, of a driver that reads answers itself. */
  readonly onDate: (value: string) => void
}
