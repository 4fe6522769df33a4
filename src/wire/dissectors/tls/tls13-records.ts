import { MalformedBytes } from '../parsing/byte-parser.ts'
import { deriveTrafficKeys, type TrafficKeys, updateSecret } from './keys/tls-key-schedule.ts'
import {
  numberedNonce,
  type OpenedRecord,
  openSealed,
  type RecordProtection,
} from './tls-record-protection.ts'
import { MAX_PLAINTEXT_BYTES, securityPart, type TlsRecord } from './tls-records.ts'
import type { CipherSuite } from './tls-suites.ts'

/** Opens the records of one direction under one secret of TLS 1.3. */
export class Tls13Records implements RecordProtection {
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
  next(): Tls13Records {
    return new Tls13Records(this.#suite, updateSecret(this.#suite, this.#secret))
  }

  open({ header, fragment }: Pick<TlsRecord, 'header' | 'fragment'>): OpenedRecord {
    const { tagBytes } = this.#suite
    if (fragment.length <= tagBytes) {
      throw new MalformedBytes(
        `a protected record of ${fragment.length} bytes has no room for content type and tag (RFC 8446 §5.2)`,
      )
    }
    const nonce = numberedNonce(this.#keys.iv, this.#sequence)
    const sealed = { nonce, additionalData: header, sealed: fragment }
    const plaintext = openSealed(this.#suite, this.#keys.key, sealed, this.#sequence)
    this.#sequence += 1
    return readInnerPlaintext(plaintext, tagBytes)
  }
}

/** TLSInnerPlaintext (RFC 8446 §5.2): zeros may stand behind the content type (§5.4). */
function readInnerPlaintext(plaintext: Uint8Array, tagBytes: number): OpenedRecord {
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
  const paddingBytes = plaintext.length - 1 - typeAt
  const padding = securityPart('padding', paddingBytes, 'RFC 8446 §5.4')
  return {
    content: plaintext.subarray(0, typeAt),
    contentType,
    before: [],
    after: [
      securityPart('inner content type', 1, 'RFC 8446 §5.2'),
      ...(paddingBytes > 0 ? [padding] : []),
      securityPart('authentication tag', tagBytes, 'RFC 8446 §5.2'),
    ],
  }
}
