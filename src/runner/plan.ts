import type { Scenario } from '../model/scenario.ts'
import type { Measure } from '../model/words.ts'
import type { RecordingMode } from './byte-pass.ts'
import type { HeaderPair } from './header-set-stage.ts'
import type { Injection } from './injection.ts'
import type { LoadPlan } from './load/load-plan.ts'
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

/**
 * How many commands the latency pass of a `roundtrip` sends. Where the device
 * polls, each takes about one poll interval, and the budget says how many.
 */
export interface CommandAmounts {
  most: LatencyAmounts
  /** For the measured rounds of one transport; null: as many as `most` says, however long it takes. */
  pollBudgetMs: number | null
}

/** 20 × 60 = 1,200 samples carry a p99 with its interval. */
export const FULL_COMMANDS: CommandAmounts = {
  most: { rounds: 20, messagesPerRound: 60, warmupMessages: 200 },
  pollBudgetMs: 20_000,
}

/** 8 × 48 = 384 samples carry a p99 with its interval (it needs 368). */
export const QUICK_COMMANDS: CommandAmounts = {
  most: { rounds: 8, messagesPerRound: 48, warmupMessages: 100 },
  pollBudgetMs: 8_000,
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
  commands: CommandAmounts
  /** Where throughput is measured. */
  load?: LoadPlan
  host: string
  /** Of the transports, as the command line gave them. */
  options: TransportOptions
  injection: Injection
  /** The words that `injection` was given in, for the report. */
  injected: readonly string[]
  /** Keep the instants of every measured message. */
  raw: boolean
}
