import type { Frame, Unexplained } from './frame.ts'
import type { ByteTotals } from './ledger.ts'

/** A frame with the bytes that crossed the wire for it: the ciphertext, where it was encrypted. */
export interface ExchangeFrame extends Frame {
  /** Counted from 1; offsets are those of its own two streams. */
  connection: number
  /** As many as `lengthBytes`; the parts tile them in their order. */
  bytes: Uint8Array
}

/** Bytes of a connection that no rule explains. */
export type ExchangeGap = Unexplained & { connection: number }

/** Everything that was said in one byte pass, in the order in which it was understood. */
export interface Exchange {
  frames: readonly ExchangeFrame[]
  /** Empty where every byte is in a frame. */
  gaps: readonly ExchangeGap[]
  totals: ByteTotals
  connections: number
}
