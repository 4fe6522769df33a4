import type { Direction } from '../vocabulary.ts'

/** Something that a tap saw. Instants are nanoseconds of the machine's monotonic clock. */
export type WireEvent =
  | { kind: 'opened'; connection: number; atNs: bigint }
  | { kind: 'bytes'; connection: number; direction: Direction; atNs: bigint; bytes: Uint8Array }
  /** This direction has said its last byte, in order: TCP's FIN. */
  | { kind: 'finished'; connection: number; direction: Direction; atNs: bigint }
  /** Nothing more comes. Where a direction has not finished, the connection broke. */
  | { kind: 'ended'; connection: number; atNs: bigint }

/** What crossed the wire in one byte pass, byte by byte, in the order in which the relay saw it. */
export interface WireRecording {
  /** Connections are counted from 1. */
  events: readonly WireEvent[]
  /** Lines of the key log of its TLS connections. They open what was recorded: keep them in memory. */
  secrets: readonly string[]
  /** `cut`: it was too large to be kept, and ends before the pass did. */
  extent: 'whole' | 'cut'
}

export type RecordingMode = 'none' | 'bytes'
