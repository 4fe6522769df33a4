import type { FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { securityPart } from '../tls/tls-records.ts'

/** RFC 6347 §4.1: type, version, epoch, sequence number, length. */
const RECORD_HEADER_BYTES = 13
/** RFC 6347 §4.2.2: type, length, message_seq, fragment_offset, fragment_length. */
export const HANDSHAKE_HEADER_BYTES = 12

export interface DtlsRecord {
  /** As in TLS. */
  readonly contentType: number
  readonly header: Uint8Array
  /** 0 before change_cipher_spec: what comes is in the clear. */
  readonly epoch: number
  readonly fragment: Uint8Array
}

/**
 * The records of one datagram, which holds whole ones alone (RFC 6347 §4.1.1).
 * @throws MalformedBytes where it holds something else
 */
export function readRecords(datagram: Uint8Array): DtlsRecord[] {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length)
  const records: DtlsRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.subarray(at, at + RECORD_HEADER_BYTES)
    // DTLS 1.0 is what a client says before a version is agreed, and a server in HelloVerifyRequest.
    if (header.length < RECORD_HEADER_BYTES || header[1] !== 0xfe) {
      throw new MalformedBytes('no record of DTLS 1.0 or 1.2 begins here (RFC 6347 §4.1)')
    }
    const end = at + RECORD_HEADER_BYTES + header.readUInt16BE(11)
    if (end > bytes.length) {
      throw new MalformedBytes('a record is longer than its datagram (RFC 6347 §4.1.1)')
    }
    const fragment = bytes.subarray(at + RECORD_HEADER_BYTES, end)
    records.push({
      contentType: header.readUInt8(0),
      header,
      epoch: header.readUInt16BE(3),
      fragment,
    })
    at = end
  }
  return records
}

/** Each field of a record's header. */
export function recordHeaderParts({ header, epoch }: DtlsRecord): FramePart[] {
  const clause = 'RFC 6347 §4.1'
  const version = header[2] === 0xfd ? 'DTLS 1.2' : header[2] === 0xff ? 'DTLS 1.0' : undefined
  const number = Buffer.from(header.subarray(5, 11)).readUIntBE(0, 6)
  return [
    securityPart('type', 1, clause, String(header[0])),
    securityPart('version', 2, clause, version),
    securityPart('epoch', 2, clause, String(epoch)),
    securityPart('sequence_number', 6, clause, String(number)),
    securityPart('length', 2, clause),
  ]
}
