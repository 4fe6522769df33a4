import { createDecipheriv, type DecipherGCM } from 'node:crypto'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import {
  type CipherSuite,
  deriveTrafficKeys,
  type TrafficKeys,
  updateSecret,
} from './tls-key-schedule.ts'
import { MAX_PLAINTEXT_BYTES, type TlsRecord } from './tls-records.ts'

/** Of every AEAD of TLS 1.3 that is read here (RFC 8446 §B.4). */
export const TAG_BYTES = 16

/** TLSInnerPlaintext (RFC 8446 §5.2). */
export interface InnerPlaintext {
  content: Uint8Array
  contentType: number
  /** Zeros behind the content type (§5.4). */
  paddingBytes: number
}

/** Opens the records of one direction under one secret, in their order. */
export class RecordProtection {
  readonly #suite: CipherSuite
  readonly #secret: Uint8Array
  readonly #keys: TrafficKeys
  #sequence = 0

  constructor(suite: CipherSuite, secret: Uint8Array) {
    this.#suite = suite
    this.#secret = secret
    this.#keys = deriveTrafficKeys(suite, secret)
  }

  /** What protects the records that follow a KeyUpdate. */
  next(): RecordProtection {
    return new RecordProtection(this.#suite, updateSecret(this.#suite, this.#secret))
  }

  /** @throws MalformedBytes where the record is not what its tag vouches for */
  open({ header, fragment }: Pick<TlsRecord, 'header' | 'fragment'>): InnerPlaintext {
    if (fragment.length <= TAG_BYTES) {
      throw new MalformedBytes(
        `a protected record of ${fragment.length} bytes has no room for content type and tag (RFC 8446 §5.2)`,
      )
    }
    const plaintext = this.#decrypt(header, fragment)
    this.#sequence += 1
    return readInnerPlaintext(plaintext)
  }

  #decrypt(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    const { aead } = this.#suite
    const tagStart = fragment.length - TAG_BYTES
    // The types know the mode of a cipher by its name, and ChaCha20-Poly1305 not at all.
    const decipher = createDecipheriv(aead as 'aes-128-gcm', this.#keys.key, this.#nonce(), {
      authTagLength: TAG_BYTES,
    }) as DecipherGCM
    decipher.setAAD(header)
    decipher.setAuthTag(fragment.subarray(tagStart))
    const plaintext = decipher.update(fragment.subarray(0, tagStart))
    try {
      decipher.final()
    } catch {
      throw new MalformedBytes(
        `the authentication tag of record ${this.#sequence} under its key does not fit (RFC 8446 §5.2)`,
      )
    }
    return plaintext
  }

  /** The record's number, as 64 bits at the end of the IV's length, on top of the IV (RFC 8446 §5.3). */
  #nonce(): Buffer {
    const nonce = Buffer.from(this.#keys.iv)
    for (let at = nonce.length - 1, rest = this.#sequence; rest > 0; at -= 1) {
      nonce.writeUInt8(nonce.readUInt8(at) ^ (rest % 256), at)
      rest = Math.floor(rest / 256)
    }
    return nonce
  }
}

function readInnerPlaintext(plaintext: Uint8Array): InnerPlaintext {
  let typeAt = plaintext.length - 1
  while (typeAt >= 0 && plaintext[typeAt] === 0) typeAt -= 1
  const contentType = plaintext[typeAt]
  if (contentType === undefined) {
    throw new MalformedBytes('a protected record has no content type (RFC 8446 §5.4)')
  }
  if (plaintext.length > MAX_PLAINTEXT_BYTES + 1) {
    throw new MalformedBytes(
      `a protected record opens to ${plaintext.length} bytes, above the limit of ${MAX_PLAINTEXT_BYTES + 1} (RFC 8446 §5.4)`,
    )
  }
  return {
    content: plaintext.subarray(0, typeAt),
    contentType,
    paddingBytes: plaintext.length - 1 - typeAt,
  }
}
