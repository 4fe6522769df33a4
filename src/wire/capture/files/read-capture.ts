import type { Capture } from './capture.ts'
import { readPcap } from './read-pcap.ts'
import { readPcapng } from './read-pcapng.ts'

/** A capture file as tcpdump and Wireshark write them; null where it is none. */
export const readCapture = (file: Uint8Array): Capture | null => readPcapng(file) ?? readPcap(file)
