/** How much a fork of the latency gate sends. */
export interface ForkAmounts {
  /** Per arm, before the first round; excluded. */
  warmupMessages: number
  rounds: number
  messagesPerBlock: number
}

/** At least 8,000 messages until the compilers of both processes have settled. */
export const FORK_AMOUNTS: ForkAmounts = {
  warmupMessages: 8_000,
  rounds: 16,
  messagesPerBlock: 60,
}
