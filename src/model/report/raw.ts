/** One measured message: its instants, from the start of the run. */
export interface RawMessage {
  scenario: string
  transport: string
  round: number
  message: number
  dueNs: number
  sentNs: number
  /** Null where it did not complete. */
  completedNs: number | null
  /** Null where the message was not seen to arrive. */
  deliveredNs: number | null
}
