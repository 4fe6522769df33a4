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
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgement: (flags & TCP_FLAGS.ack) !== 0 ? view.getUint32(8) : null,
    isSyn: (flags & TCP_FLAGS.syn) !== 0,
    isFin: (flags & TCP_FLAGS.fin) !== 0,
    isReset: (flags & TCP_FLAGS.rst) !== 0,
    isPush: (flags & TCP_FLAGS.psh) !== 0,
    checksum: view.getUint16(16),
    payloadBytes: payloadBytes - headerBytes,
    payload: bytes.subarray(headerBytes),
  }
}
