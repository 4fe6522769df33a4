import type { Remarks } from '../../../model/report/remarks.ts'

/** A packet as it stands in a capture file. */
export interface CapturedPacket {
  /** What its bytes begin with; the registry of tcpdump.org. */
  linkType: number
  /** Nanoseconds since 1970; null where the file does not say. */
  atNs: bigint | null
  /** What was kept of it. */
  bytes: Uint8Array
  /** How long it was on the wire. */
  wireBytes: number
}

/**
 * A capture file while it is read, piece by piece: what is held is at most one
 * packet that is not all there yet.
 */
export interface CaptureReader {
  readonly format: 'pcap' | 'pcapng'
  /**
   * The next bytes of the file, which must not be changed afterwards.
   * @returns the packets that are complete with them
   */
  read(bytes: Uint8Array): Iterable<CapturedPacket>
  /** The file has ended. */
  end(): void
}

/** Where a reader tells of what is no packet. */
export interface CaptureSink {
  /** What could not be read. */
  readonly remarks: Remarks
  /** A line of a TLS key log that the file holds. */
  secret(line: string): void
}
