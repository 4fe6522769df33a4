/** How much the latency pass sends; counts, not durations, so that two runs do the same. */
export interface LatencyAmounts {
  rounds: number
  messagesPerRound: number
  /** Before the first round, on every transport; excluded from every figure. */
  warmupMessages: number
}
