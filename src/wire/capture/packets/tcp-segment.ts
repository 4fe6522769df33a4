import { TCP_FLAGS } from './build-packets.ts'
import type { IpPacket } from './ip-packet.ts'

export interface TcpSegmentHead {
  sourcePort: number
  destinationPort: number
  /** 32 bits, as is `acknowledgement`. */
  sequence: number
  /** Null where the segment has none. */
  acknowledgement: number | null
  isSyn: boolean
  isFin: boolean
  isReset: boolean
  isPush: boolean
  checksum: number
  /** Of the stream, as the headers say, in bytes; more than was captured where it was cut off. */
  payloadBytes: number
  /** What was captured of that. */
  payload: Uint8Array
}

const HEADER_BYTES = 20

/** Reads the header of TCP (RFC 9293 §3.1); null where it was cut off, or contradicts itself. */
export function readTcpSegment({
  payload: bytes,
  payloadBytes,
}: Pick<IpPacket, 'payload' | 'payloadBytes'>): TcpSegmentHead | null {
  if (bytes.length < HEADER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = (view.getUint8(12) >> 4) * 4
  if (headerBytes < HEADER_BYTES || headerBytes > payloadBytes) return null
  const flags = view.getUint8(13)
  const has = (flag: keyof typeof TCP_FLAGS): boolean => (flags & TCP_FLAGS[flag]) !== 0
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgement: has('ack') ? view.getUint32(8) : null,
    isSyn: has('syn'),
    isFin: has('fin'),
    isReset: has('rst'),
    isPush: has('psh'),
    checksum: view.getUint16(16),
    payloadBytes: payloadBytes - headerBytes,
    payload: bytes.subarray(headerBytes),
  }
}
