import type { Injection } from '../model/injection.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { Target } from '../targets/target.ts'
import type { TransportOptions } from '../transports/run-options.ts'

/** One scenario on one transport, and the endpoint that serves it: what every pass is told. */
export interface CellSpec {
  transport: string
  scenario: Scenario
  /** What the payload's file holds, where the scenario names one. */
  fileBytes: Uint8Array | null
  options: TransportOptions
  /** The endpoint's. */
  address: string
  /** PEM of the certificate to trust; null where there is no TLS. */
  certificate: string | null
  /** Faults where messages arrive on the load's side: in the device of a `roundtrip`, at the subscribers of a `fanout`. */
  injection: Injection
  /** The server, where it is not an endpoint of ours. */
  target?: Target | undefined
}
