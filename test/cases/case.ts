import type { CaptureLedger } from '../../src/model/report/tap/captured.ts'

/** Counts by label. */
export type Counts = Readonly<Record<string, number>>

/** What must be read of one connection of a capture. */
export interface ExpectedConnection {
  /** `http/1.1`; null where it cannot be told. */
  protocol: string | null
  tls?: 'none' | 'opened' | 'closed'
  /** `captured` if left out. */
  beginning?: 'captured' | 'joined'
  /** Every unit that crossed, by its label and who sent it; none is left out. */
  up: Counts
  down: Counts
  messages: { up: number; down: number } | null
  /** Bytes of the streams, up and down, that are in no layer; none if left out. */
  unreadBytes?: number
  /** Bytes of the streams that the capture does not have; none if left out. */
  missingBytes?: number
  /** Times that each clause was broken; none if left out. */
  noted?: Counts
}

/** One file of `test/fixtures/cases`, and what is right. */
export interface Case {
  file: string
  /** What is in it. */
  what: string
  connections: readonly ExpectedConnection[]
  /** Whether tshark, where it is installed, counts the same packets and payload bytes. */
  tshark?: 'mqtt'
  /** What no figure above says. */
  also?(ledger: CaptureLedger): void
}
