import type { Scenario } from '../model/scenario.ts'
import type { Measure } from '../model/words.ts'
import type { RecordingMode } from './byte-pass.ts'
import type { HeaderPair } from './header-set-stage.ts'
import type { Injection } from './injection.ts'
import type { TransportOptions } from './transport-options.ts'

/** How much the latency pass sends; counts, not durations, so that two runs do the same. */
export interface LatencyAmounts {
  rounds: number
  messagesPerRound: number
  /** Before the first round, on every transport; excluded from every figure. */
  warmupMessages: number
}

/** 20 × 200 = 4,000 samples carry a p99.9 with its interval (it needs 3,688). */
export const FULL_LATENCY: LatencyAmounts = {
  rounds: 20,
  messagesPerRound: 200,
  warmupMessages: 1_000,
}

/** 8 × 60 = 480 samples carry a p99 with its interval (it needs 368). */
export const QUICK_LATENCY: LatencyAmounts = {
  rounds: 8,
  messagesPerRound: 60,
  warmupMessages: 300,
}

export interface PlannedScenario {
  scenario: Scenario
  fileBytes: Uint8Array | null
  /** Ids, in the order of the tables. */
  transports: readonly string[]
}

/** Everything a run will do, resolved and checked: nothing in it can turn out to be wrong usage. */
export interface Plan {
  scenarios: readonly PlannedScenario[]
  measures: readonly Measure[]
  /** How often each cell's byte pass is run; more than one shows whether bytes vary. */
  bytePasses: number
  /** Whether the byte passes keep the bytes themselves, for a capture or to be inspected; `none` if left out. */
  recording?: RecordingMode
  /** Whose heads are replayed in further byte passes of each scenario. */
  headerSets: readonly HeaderPair[]
  mode: 'full' | 'quick'
  latency: LatencyAmounts
  host: string
  /** Of the transports, as the command line gave them. */
  options: TransportOptions
  injection: Injection
  /** The words that `injection` was given in, for the report. */
  injected: readonly string[]
  /** Keep the instants of every measured message. */
  raw: boolean
}
