import type { Injection } from '../model/injection.ts'
import type { LatencyAmounts } from '../model/latency-amounts.ts'
import type { LinkProfile } from '../model/link/profile.ts'
import type { Said } from '../model/said/said.ts'
import type { AnswerSetName, HeaderSetName } from '../model/scenario/header-sets.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import type { LinkBytes, Measure } from '../model/vocabulary.ts'
import type { RecordingMode } from '../model/wire/recording.ts'
import type { Targets } from '../targets/target.ts'
import type { TransportOptions } from '../transports/run-options.ts'
import type { LoadPlan } from './load-plan.ts'

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

export interface PlannedLink {
  profile: LinkProfile
  /** For one cell: so many samples as fit. A slow link has fewer. */
  budgetMs: number
}

export interface PlannedLoss {
  /** Of each packet, in each direction. */
  probability: number
  budgetMs: number
}

export const FULL_LINK_BUDGET_MS = 15_000
export const QUICK_LINK_BUDGET_MS = 5_000

/** In the link pass. The first message may differ from the rest; a run that takes its time shows the mean. */
export const FULL_LINK_MESSAGES = 20
export const QUICK_LINK_MESSAGES = 3

export interface PlannedScenario {
  scenario: Scenario
  fileBytes: Uint8Array | null
  /** Ids, in the order of the tables. */
  transports: readonly string[]
  /** Why some of them cannot be measured on the servers of this plan, by id. */
  unfit?: ReadonlyMap<string, Said>
}

/** Whose request is replayed, and whose answer it is given. */
export interface HeaderPair {
  headerSet: HeaderSetName
  answerSet: AnswerSetName
}

/** Everything a run will do, resolved and checked: nothing in it can turn out to be wrong usage. */
export interface Plan {
  scenarios: readonly PlannedScenario[]
  /** What was asked for by its name, one by one; nothing that a group or `all` stands for. */
  named: { transports: readonly string[]; scenarios: readonly string[] }
  measures: readonly Measure[]
  /** How often each cell's byte pass is run at most; more than one shows whether bytes vary. */
  bytePasses: number
  /** Whether the byte passes keep the bytes themselves, for a capture or to be inspected; `none` if left out. */
  recording?: RecordingMode
  /** Whose heads are replayed in further byte passes of each scenario. */
  headerSets: readonly HeaderPair[]
  /** Where link bytes come from; `where-possible`: measured, and modelled where that cannot be. */
  linkBytes: LinkBytes | 'where-possible'
  /** Messages of a cell in the link pass, 40 ms each. */
  linkMessages: number
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
  /** What the latency pass goes over; straight to the endpoint if left out. */
  link?: PlannedLink
  /** Of every packet in the latency pass; none if left out. Never together with a link. */
  loss?: PlannedLoss
  /** Servers that are there already, in place of the embedded endpoints of a protocol. */
  targets?: Targets
  /** What was chosen in place of what was asked for, one line each; nobody needs them to measure. */
  notes?: readonly string[]
  /** Keep the instants of every measured message. */
  raw: boolean
}
