import type { Direction } from '../../vocabulary.ts'
import type { ByteTotals, LedgerEntry } from '../../wire/ledger.ts'
import type { CountedOutcome } from '../outcomes.ts'
import type { CountedWireRemark, Remark } from '../remarks.ts'
import type { SubjectCount } from '../subjects.ts'

/** Bytes of a stream that are in no layer. */
export interface UnreadBytes {
  direction: Direction
  bytes: number
  reason: string
}

/** A kind of protocol unit, and how often it crossed the wire. */
export interface UnitCount {
  label: string
  direction: Direction
  count: number
}

/**
 * One TCP connection of a capture. For each direction, the wire bytes of the
 * ledger and the unread ones are together what its packets carried, each byte
 * once; with the `network` layer they are the total length of its IP packets.
 */
export interface CapturedConnection {
  /** Counted from 1, in the order in which they begin. */
  number: number
  /** `192.0.2.1:49152`, IPv6 in brackets. */
  client: string
  server: string
  /** What it spoke; null where that was not recognised. */
  protocol: string | null
  /** Whether its protocol was inside TLS, and whether that could be opened. */
  tls: 'none' | 'opened' | 'closed'
  /** `joined`: it began before the capture. */
  beginning: 'captured' | 'joined'
  /** `missing`: it went on after the capture. */
  ending: 'finished' | 'reset' | 'missing'
  packets: ByteTotals
  /** By layer, `network` among them: headers, and what was sent again. */
  ledger: LedgerEntry[]
  /** Messages of the steady phase, by who sent them; null where they cannot be seen. */
  messages: ByteTotals | null
  units: UnitCount[]
  unread: UnreadBytes[]
  /** Rules that were broken, though what was said could be read. */
  remarks: CountedWireRemark[]
  /** What was accepted, refused, not answered, sent again. */
  outcomes: CountedOutcome[]
  /** What the messages were about, most bytes first. */
  subjects: SubjectCount[]
  /** Bytes of the streams that crossed and that the capture does not have. */
  missingBytes: ByteTotals
  /** Payload of segments that had come before; it is in `network`. */
  repeatedBytes: ByteTotals
}

/** Bytes that are in no layer, of all connections, for one reason. */
export interface UnreadReason extends UnreadBytes {
  connections: number
}

/** All connections that spoke one protocol. */
export interface CapturedProtocol
  extends Pick<
    CapturedConnection,
    'messages' | 'ledger' | 'units' | 'remarks' | 'outcomes' | 'subjects' | 'missingBytes'
  > {
  /** `mqtt/3.1.1`, `http/1.1 in TLS`, `TLS`, `not recognised`. */
  protocol: string
  connections: number
  unread: UnreadReason[]
}

/** Everything that could be read of a capture file, and what could not. */
export interface CaptureLedger {
  file: string
  format: 'pcap' | 'pcapng'
  packets: number
  /** Those whose messages can be seen first, then by bytes. */
  protocols: readonly CapturedProtocol[]
  connections: readonly CapturedConnection[]
  remarks: readonly Remark[]
}
