import type { Remark } from '../../../model/report/remarks.ts'

/** A packet as it stands in a capture file. */
export interface CapturedPacket {
  /** What its bytes begin with; the registry of tcpdump.org. */
  linkType: number
  /** Nanoseconds since 1970; null where the file does not say. */
  atNs: bigint | null
  /** What was kept of it. */
  bytes: Uint8Array
}

/** A capture file, as far as it could be read. */
export interface Capture {
  format: 'pcap' | 'pcapng'
  packets: CapturedPacket[]
  /** Lines of TLS key logs that the file holds. */
  secrets: string[]
  /** What could not be read. */
  remarks: Remark[]
}
