import type { Completion, Protocol } from '../../vocabulary.ts'
import type { Exchange } from '../../wire/exchange.ts'

/** One scenario, looked at byte by byte on some transports. */
export interface Inspection {
  scenario: string
  title: string
  /** Messages sent on each transport. */
  messages: number
  cells: readonly InspectedCell[]
}

/** What one transport sent and received, from opening its connections to closing them. */
export interface InspectedCell {
  transport: string
  client: string
  protocol: Protocol
  completion: Completion
  secure: boolean
  /** Null where nothing crossed a wire. */
  exchange: Exchange | null
  /** Why it was skipped or failed, or has no wire; null where every byte was measured. */
  problem: string | null
}
