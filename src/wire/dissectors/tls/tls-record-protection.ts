import { createDecipheriv, type DecipherCCM } from 'node:crypto'
import type { FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { TlsRecord } from './tls-records.ts'
import type { CipherSuite } from './tls-suites.ts'

/** A protected record, opened. */
export interface OpenedRecord {
  content: Uint8Array
  contentType: number
  /** What protection has put around the content, in the order in which it crossed. */
  before: readonly FramePart[]
  after: readonly FramePart[]
}

/** Opens the records of one direction, in their order. */
export interface RecordProtection {
  /** @throws MalformedBytes where the record is not what its tag vouches for */
  open(record: Pick<TlsRecord, 'contentType' | 'header' | 'fragment'>): OpenedRecord
}

/** What one record is opened with. */
export interface SealedRecord {
  readonly nonce: Uint8Array
  /** What the tag vouches for besides. */
  readonly additionalData: Uint8Array
  /** With its tag at the end. */
  readonly sealed: Uint8Array
}

/**
 * @param number of the record under its key, for the reason
 * @throws MalformedBytes where the tag does not fit
 */
export function openSealed(
  { aead, tagBytes }: CipherSuite,
  key: Uint8Array,
  { nonce, additionalData, sealed }: SealedRecord,
  number: number,
): Uint8Array {
  const tagStart = sealed.length - tagBytes
  // The types know the mode of a cipher by its name, and ChaCha20-Poly1305 not at all.
  const decipher = createDecipheriv(aead as 'aes-128-ccm', key, nonce, {
    authTagLength: tagBytes,
  }) as DecipherCCM
  decipher.setAuthTag(sealed.subarray(tagStart))
  decipher.setAAD(additionalData, { plaintextLength: tagStart })
  try {
    const plaintext = decipher.update(sealed.subarray(0, tagStart))
    decipher.final()
    return plaintext
  } catch {
    throw new MalformedBytes(
      `the authentication tag of record ${number} under its key does not fit (RFC 8446 §5.2)`,
    )
  }
}

/** The record's number, as 64 bits at the end of the IV's length, on top of the IV (RFC 8446 §5.3, RFC 7905 §2). */
export function numberedNonce(iv: Uint8Array, number: number): Buffer {
  const nonce = Buffer.from(iv)
  for (let at = nonce.length - 1, rest = number; rest > 0; at -= 1) {
    nonce.writeUInt8(nonce.readUInt8(at) ^ (rest % 256), at)
    rest = Math.floor(rest / 256)
  }
  return nonce
}
