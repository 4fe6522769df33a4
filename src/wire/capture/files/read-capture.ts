import { Remarks } from '../../../model/report/remarks.ts'
import type { CapturedPacket, CaptureReader, CaptureSink } from './capture.ts'
import { openPcap } from './read-pcap.ts'
import { openPcapng } from './read-pcapng.ts'

/** As much of a file as tells what it is. */
export const CAPTURE_HEAD_BYTES = 24

export const isCaptureHead = (head: Uint8Array): boolean =>
  openCapture(head, { remarks: new Remarks(), secret: () => undefined }) !== null

/**
 * Reads a capture file as tcpdump and Wireshark write them.
 * @param head the first bytes of the file, which are then read again as the others are
 * @returns null where it is none
 */
export const openCapture = (head: Uint8Array, sink: CaptureSink): CaptureReader | null =>
  openPcapng(head, sink) ?? openPcap(head, sink)

/** A capture file that is in memory, as far as it could be read; null where it is none. */
export function readCapture(file: Uint8Array) {
  const secrets: string[] = []
  const remarks = new Remarks()
  const reader = openCapture(file, { remarks, secret: (line) => secrets.push(line) })
  if (reader === null) return null
  const packets: CapturedPacket[] = [...reader.read(file)]
  reader.end()
  return { format: reader.format, packets, secrets, remarks: remarks.list() }
}

export type Capture = NonNullable<ReturnType<typeof readCapture>>
